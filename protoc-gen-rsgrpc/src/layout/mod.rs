//! Lines of Rust to text, laid out as rustfmt would: indented, and broken where they are too long.
//!
//! Emitters write a statement, an item's head or a closing brace on a line each, without caring for indentation or
//! width. Nearly all lines are written as they are; the few that are long are looked at closer, in `line`, and the
//! expressions in them in `expression`. There is no syntax tree, since making one of all lines took most of the plugin's time.

mod expression;
mod line;

use std::fmt::{Arguments, Write};

/// How long a line may be, in characters.
const WIDTH: usize = 100;

/// What one level of braces is indented by.
const INDENT: usize = 4;

/// No line shorter than this, without its indentation, has to be broken.
const SHORT: usize = 60;

/// Text that grows line by line.
#[derive(Debug, Default)]
pub struct Text {
    text: String,
    depth: usize,
    /// What stands before each item.
    attribute: Option<&'static str>,
    /// Lines before they are laid out.
    lines: String,
}

/// Writes lines as `format!` would have them: `lines!(text, "impl {name} {{")`.
macro_rules! lines {
    ($text:expr, $($format:tt)*) => { $text.write(format_args!($($format)*)) };
}
pub(crate) use lines;

/// The same for an item, with a blank line before it: `item!(text, "impl {name} {{}}")`.
macro_rules! item {
    ($text:expr, $($format:tt)*) => {{
        $text.item();
        $text.write(format_args!($($format)*));
    }};
}
pub(crate) use item;

impl Text {
    /// Writes lines. What they are indented by does not matter.
    pub fn write(&mut self, lines: Arguments<'_>) {
        let mut text = std::mem::take(&mut self.lines);
        // Writing to a string does not fail.
        let _ = text.write_fmt(lines);
        text.lines().for_each(|line| self.line(line.trim_start()));
        text.clear();
        self.lines = text;
    }

    /// Begins an item: with a blank line, unless it is the first between braces.
    pub fn item(&mut self) {
        self.blank();
        if let Some(attribute) = self.attribute {
            self.line(attribute);
        }
    }

    /// An attribute for each item that follows.
    pub fn attribute(&mut self, attribute: Option<&'static str>) {
        self.attribute = attribute;
    }

    /// Writes a blank line, unless there is one or it would be the first between braces.
    pub fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("{\n") && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Writes the lines of a doc comment. There are no control characters in them.
    pub fn docs(&mut self, lines: &[String]) {
        for line in lines {
            self.indent();
            self.text.push_str("///");
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    /// Writes text that is laid out already.
    pub fn verbatim(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Where the next line will stand, for [`Text::insert`].
    pub fn here(&self) -> usize {
        self.text.len()
    }

    /// Puts items before what has been written since.
    pub fn insert(&mut self, here: usize, items: &[String]) {
        if items.is_empty() {
            return;
        }
        let after = self.text.split_off(here);
        items.iter().for_each(|item| self.write(format_args!("{item}")));
        if !after.is_empty() && !after.starts_with('\n') {
            self.text.push('\n');
        }
        self.text.push_str(&after);
    }

    /// All of it.
    pub fn into_string(self) -> String {
        self.text
    }

    fn line(&mut self, line: &str) {
        if line.is_empty() {
            return self.blank();
        }
        if line.starts_with("//") {
            self.indent();
            self.text.push_str(line);
            self.text.push('\n');
            return;
        }
        if line.starts_with('}') {
            self.depth = self.depth.saturating_sub(1);
        }
        let indent = self.depth * INDENT;
        match line::broken(line, indent) {
            Some(lines) => self.text.push_str(&lines),
            None => {
                self.indent();
                self.text.push_str(line);
            }
        }
        self.text.push('\n');
        if line.ends_with('{') {
            self.depth += 1;
        }
    }

    fn indent(&mut self) {
        self.text.extend(std::iter::repeat_n("    ", self.depth));
    }
}
