//! Text that is being written.

use std::fmt::{self, Write};

use crate::Registry;
use crate::registry::Known;

/// Text that is being written, and how.
#[derive(Debug)]
pub(crate) struct Out<'o> {
    pub(super) text: String,
    /// How many messages are open.
    pub(super) level: usize,
    pub(super) registry: &'o Registry,
    /// Where types are found.
    pub(super) known: Known<'o>,
    pub(super) single_line: bool,
    pub(super) unknown_fields: bool,
    pub(super) redact: bool,
}

/// The fields of a message that are being written.
#[derive(Debug)]
pub(crate) struct Body<'b, 'o> {
    pub(super) out: &'b mut Out<'o>,
    /// The message's full name.
    pub(super) message: &'b str,
    /// These are extensions.
    pub(super) extension: bool,
}

impl Out<'_> {
    /// A field with a scalar.
    pub(super) fn line(&mut self, name: impl fmt::Display, value: impl fmt::Display) {
        self.begin();
        // Writing to a string does not fail.
        let _ = write!(self.text, "{name}: {value}");
        self.end();
    }

    /// The start of a field with a message.
    pub(super) fn open(&mut self, name: impl fmt::Display) {
        self.begin();
        let _ = write!(self.text, "{name} {{");
        self.end();
        self.level += 1;
    }

    /// The end of a message.
    pub(super) fn close(&mut self) {
        self.level = self.level.saturating_sub(1);
        let len = self.text.trim_end().len();
        if self.text.ends_with(['{', '\n']) && self.text.get(..len).is_some_and(|text| text.ends_with('{')) {
            // Nothing is in it.
            self.text.truncate(len);
        } else {
            self.begin();
        }
        self.text.push('}');
        self.end();
    }

    /// Where the text ends, to come back to.
    pub(super) fn mark(&self) -> (usize, usize) {
        (self.text.len(), self.level)
    }

    /// Forgets what was written since.
    pub(super) fn reset(&mut self, mark: (usize, usize)) {
        self.text.truncate(mark.0);
        self.level = mark.1;
    }

    fn begin(&mut self) {
        if !self.single_line {
            self.text.extend(std::iter::repeat_n("  ", self.level));
        } else if !self.text.is_empty() {
            self.text.push(' ');
        }
    }

    fn end(&mut self) {
        if !self.single_line {
            self.text.push('\n');
        }
    }
}
