//! Embedded descriptors, as text: bytes that are mostly text themselves.

use std::fmt::Write;

use quote::ToTokens;

use crate::plan::{Embedded, Package, Symbol};

/// How long a line is, about.
const WIDTH: usize = 96;

/// The macro that the runtime has for descriptors.
pub(super) fn text(embedded: &Embedded, package: &Package) -> String {
    let codegen = package.module.scope.symbol(Symbol::codegen).to_token_stream().to_string().replace(' ', "");
    let mut text = format!("{codegen}::descriptors! {{\n    files: [\n");
    for file in &embedded.files {
        bytes(file, &mut text);
    }
    text += "    ],\n";
    list("imports", &embedded.imports, &mut text);
    list("messages", &embedded.messages, &mut text);
    text + "}\n"
}

/// `name: [a, b],`, on as many lines as it takes.
fn list(name: &str, parts: &[String], text: &mut String) {
    let line = format!("    {name}: [{}],\n", parts.join(", "));
    if line.len() <= WIDTH + 4 {
        *text += &line;
        return;
    }
    *text += &format!("    {name}: [\n");
    let mut line = String::new();
    for part in parts {
        if !line.is_empty() && line.len() + part.len() > WIDTH - 8 {
            *text += &format!("        {}\n", line.trim_end());
            line.clear();
        }
        line += &format!("{part}, ");
    }
    *text += &format!("        {}\n    ],\n", line.trim_end());
}

/// A byte string over many lines: a backslash at the end of one skips the white space before the next.
fn bytes(bytes: &[u8], text: &mut String) {
    *text += "        b\"";
    let mut column = 10;
    for &byte in bytes {
        if column >= WIDTH {
            *text += "\\\n          ";
            column = 10;
        }
        let before = text.len();
        match byte {
            b'"' | b'\\' => text.extend(['\\', char::from(byte)]),
            b' ' if column == 10 => *text += "\\x20",
            b' '..=b'~' => text.push(char::from(byte)),
            b'\n' => *text += "\\n",
            b'\t' => *text += "\\t",
            b'\r' => *text += "\\r",
            0 => *text += "\\0",
            // Writing to a string does not fail.
            _ => _ = write!(text, "\\x{byte:02x}"),
        }
        column += text.len() - before;
    }
    *text += "\",\n";
}
