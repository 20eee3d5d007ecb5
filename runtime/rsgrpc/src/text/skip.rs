//! Stepping over the value of a reserved field.

use super::input::Input;
use crate::error::Fault;

impl Input<'_> {
    /// What stands between the name of a reserved field and the next field.
    pub(super) fn skip_field(&mut self) -> Result<(), Fault> {
        let colon = self.lexer.take(b':');
        self.skip_value(colon)
    }

    /// A value or a list of them.
    fn skip_value(&mut self, colon: bool) -> Result<(), Fault> {
        if !self.lexer.take(b'[') {
            return self.skip_one(colon);
        }
        if self.lexer.take(b']') {
            return Ok(());
        }
        loop {
            self.skip_one(colon)?;
            if self.lexer.take(b']') {
                return Ok(());
            }
            if !self.lexer.take(b',') {
                return Err(self.lexer.expected("`,` or `]`"));
            }
        }
    }

    fn skip_one(&mut self, colon: bool) -> Result<(), Fault> {
        match self.lexer.next() {
            Some(b'{' | b'<') => return self.skip_message(),
            _ if !colon => return Err(self.lexer.expected("`:`")),
            Some(b'"' | b'\'') => return self.lexer.string().map(drop),
            _ => {}
        }
        self.lexer.take(b'-');
        if self.lexer.word().is_none() && self.lexer.number()?.is_none() {
            return Err(self.lexer.expected("a value"));
        }
        Ok(())
    }

    fn skip_message(&mut self) -> Result<(), Fault> {
        let close = if self.lexer.take(b'{') {
            b'}'
        } else {
            self.lexer.take(b'<');
            b'>'
        };
        self.enter()?;
        while !self.lexer.take(close) {
            if self.lexer.take(b'[') {
                self.bracketed_name()?;
            } else if self.lexer.word().is_none() {
                return Err(self.lexer.expected("the name of a field"));
            }
            self.skip_field()?;
            if !self.lexer.take(b',') {
                self.lexer.take(b';');
            }
        }
        self.depth += 1;
        Ok(())
    }
}
