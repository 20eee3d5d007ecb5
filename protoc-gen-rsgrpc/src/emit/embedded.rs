//! Embedded descriptors, as text: bytes that are mostly text themselves.

use crate::layout::Text;
use crate::plan::names::push_byte;
use crate::plan::{Embedded, Scope, Symbol};

/// How long a line is, about.
const WIDTH: usize = 96;

/// The macro that the runtime has for descriptors.
pub(super) fn emit(text: &mut Text, scope: &Scope, embedded: &Embedded) {
    let mut lines = format!("{}::descriptors! {{\n    files: [\n", scope.symbol(Symbol::codegen));
    for file in &embedded.files {
        bytes(file, &mut lines);
    }
    lines += "    ],\n";
    list("imports", &embedded.imports, &mut lines);
    list("messages", &embedded.messages, &mut lines);
    text.verbatim(&(lines + "}\n"));
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
            // A line's first space would be skipped.
            b' ' if column == 10 => *text += "\\x20",
            byte => push_byte(byte, text),
        }
        column += text.len() - before;
    }
    *text += "\",\n";
}
