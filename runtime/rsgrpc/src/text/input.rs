//! The fields of a message, read from text.

use bytes::Bytes;

use super::error::NOTED;
use super::lexer::Lexer;
use crate::UnknownFields;
use crate::error::Fault;
use crate::fill::Place;
use crate::registry::{ExtensionType, Known};

/// Text that is being read into a message.
#[derive(Debug)]
pub(crate) struct Input<'a> {
    pub(super) lexer: Lexer<'a>,
    /// Where types are found.
    pub(super) known: Known<'a>,
    /// Fields with one value may come more than once.
    pub(super) overwrite: bool,
    /// How many more levels of messages may be entered.
    pub(super) depth: u32,
    /// How many more bytes may be allocated for elements.
    pub(super) memory: usize,
    pub(super) value: Value,
    /// The type's name by which the text calls a group, and the message that
    /// has it.
    pub(super) group: Option<(&'a str, &'a str)>,
    /// A value that does not come from the text.
    pub(super) given: Option<Given>,
}

/// What is known of the value that comes next, and what its field says of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Value {
    /// A `:` stands before it.
    pub(super) colon: bool,
    /// It is an element of a list, which its field may not allow.
    pub(super) in_list: bool,
    /// There is none: the field is only to say what it is.
    pub(super) none: bool,
    /// The field can have many.
    pub(super) repeated: bool,
    /// It is no message.
    pub(super) scalar: bool,
}

/// A value that does not come from the text.
#[derive(Debug)]
pub(super) enum Given {
    Text(String),
    Blob(Bytes),
    Records(UnknownFields),
}

/// What fields are read into, its type erased: see [`Fill`].
pub(super) trait Target<'a> {
    /// The message's full name.
    fn full_name(&self) -> &'a str;
    /// The field of this name.
    fn find(&self, name: &str) -> Option<Place<'a>>;
    /// A field among `set` that shares a `oneof` with the field `number`.
    fn rival(&self, number: u32, set: &[u32]) -> Option<&'a str>;
    /// Whether the schema reserves the name.
    fn reserves(&self, name: &str) -> bool;
    /// Takes in a value of the field that `tag` announces.
    fn merge(&mut self, tag: u32, input: &mut Input<'a>) -> Result<(), Fault>;
    /// The same, into nothing.
    fn try_merge(&self, tag: u32, input: &mut Input<'a>) -> Result<(), Fault>;
}

/// A field that the text names.
#[derive(Clone, Copy)]
enum Field<'a> {
    Known(Place<'a>),
    Extension(&'a ExtensionType),
}

impl Field<'_> {
    fn number(&self) -> u32 {
        match self {
            Self::Known(field) => field.number,
            Self::Extension(extension) => extension.label.number,
        }
    }
}

impl<'a> Input<'a> {
    /// A message between `{` and `}` or `<` and `>`.
    pub(super) fn body(&mut self, target: &mut dyn Target<'a>) -> Result<(), Fault> {
        let close = match self.lexer.next() {
            Some(b'{') => b'}',
            Some(b'<') => b'>',
            _ => return Err(self.lexer.expected("`{`")),
        };
        self.enter()?;
        self.lexer.take(if close == b'}' { b'{' } else { b'<' });
        self.fields(target, Some(close))?;
        self.depth += 1;
        Ok(())
    }

    /// One level down, if the limit allows it.
    pub(super) fn enter(&mut self) -> Result<(), Fault> {
        match self.depth.checked_sub(1) {
            Some(depth) => self.depth = depth,
            None => return Err(self.lexer.fail("messages are nested too deeply")),
        }
        Ok(())
    }

    /// Fields up to `close`, or to the end of the text.
    pub(super) fn fields(&mut self, target: &mut dyn Target<'a>, close: Option<u8>) -> Result<(), Fault> {
        // The numbers of fields that must not come again.
        let mut set = Vec::new();
        loop {
            match (self.lexer.next(), close) {
                (None, None) => return Ok(()),
                (Some(byte), Some(close)) if byte == close => {
                    self.lexer.take(close);
                    return Ok(());
                }
                (None, Some(close)) => {
                    return Err(self.lexer.expected(&format!("`{}`", char::from(close))));
                }
                (Some(_), _) => {}
            }
            self.field(target, &mut set)?;
            if !self.lexer.take(b',') {
                self.lexer.take(b';');
            }
        }
    }

    fn field(&mut self, target: &mut dyn Target<'a>, set: &mut Vec<u32>) -> Result<(), Fault> {
        let start = self.lexer.start();
        if self.lexer.take(b'[') {
            return self.bracketed(start, target, set);
        }
        let Some(name) = self.lexer.word() else {
            return Err(self.lexer.expected("the name of a field"));
        };
        if let Some(field) = target.find(name) {
            return self.value(start, name, Field::Known(field), target, set);
        }
        // A group may be called by its type's name, of which the field's is the
        // lower case. Whether it is, its type will say.
        let lower = name.to_ascii_lowercase();
        if let Some(field) = target.find(&lower).filter(is_group)
            && lower != name
        {
            self.group = Some((name, target.full_name()));
            return self.value(start, name, Field::Known(field), target, set);
        }
        if target.reserves(name) {
            return self.skip_field();
        }
        Err(self.lexer.fail_at(start, format!("`{}` has no field `{name}`", target.full_name())))
    }

    /// A field whose name stands in brackets, which may hold spaces.
    fn bracketed(
        &mut self,
        start: usize,
        target: &mut dyn Target<'a>,
        set: &mut Vec<u32>,
    ) -> Result<(), Fault> {
        let name = self.bracketed_name()?;
        if name.contains('/') {
            return self.any(start, &name, target, set);
        }
        let bracketed = format!("[{name}]");
        if let Some(field) = target.find(&bracketed) {
            return self.value(start, &bracketed, Field::Known(field), target, set);
        }
        match self.known.extension(&name) {
            Some(extension) if extension.extendee == target.full_name() => {
                self.value(start, &bracketed, Field::Extension(extension), target, set)
            }
            Some(extension) => {
                let text = format!("`{name}` extends `{}`, not `{}`", extension.extendee, target.full_name());
                Err(self.lexer.fail_at(start, text))
            }
            None => Err(self.lexer.fail_at(start, format!("there is no extension `{name}` in the registry"))),
        }
    }

    /// What stands between a field's name and the next field.
    fn value(
        &mut self,
        start: usize,
        name: &str,
        field: Field<'a>,
        target: &mut dyn Target<'a>,
        set: &mut Vec<u32>,
    ) -> Result<(), Fault> {
        let done = self.values(field, target).and_then(|repeated| {
            if repeated { Ok(()) } else { self.once(start, field.number(), target, set) }
        });
        done.inspect_err(|fault| self.lexer.blame(*fault, name))
    }

    /// Sees to it that a field, or a member of its `oneof`, comes once.
    pub(super) fn once(
        &mut self,
        start: usize,
        number: u32,
        target: &dyn Target<'a>,
        set: &mut Vec<u32>,
    ) -> Result<(), Fault> {
        if self.overwrite {
            return Ok(());
        }
        if set.contains(&number) {
            return Err(self.lexer.fail_at(start, "the field has a value already"));
        }
        if let Some(other) = target.rival(number, set) {
            let text = format!("`{other}` of the same oneof has a value already");
            return Err(self.lexer.fail_at(start, text));
        }
        set.push(number);
        Ok(())
    }

    /// A value or a list of them; whether the field can have many.
    fn values(&mut self, field: Field<'a>, target: &mut dyn Target<'a>) -> Result<bool, Fault> {
        let colon = self.lexer.take(b':');
        if !self.lexer.take(b'[') {
            self.value = Value { colon, ..Value::default() };
            self.merge(field, target)?;
            return Ok(self.value.repeated);
        }
        if self.lexer.take(b']') {
            self.value = Value { none: true, ..Value::default() };
            // Nothing is read: the failure is the answer.
            let _ = self.try_merge(field, target);
            return match self.value {
                Value { repeated: false, .. } => Err(self.no_list()),
                Value { scalar: true, .. } if !colon => Err(self.lexer.fail("expected `:` before the list")),
                _ => Ok(true),
            };
        }
        loop {
            self.value = Value { colon, in_list: true, ..Value::default() };
            self.merge(field, target)?;
            if self.lexer.take(b']') {
                return Ok(true);
            }
            if !self.lexer.take(b',') {
                return Err(self.lexer.expected("`,` or `]`"));
            }
        }
    }

    fn merge(&mut self, field: Field<'a>, target: &mut dyn Target<'a>) -> Result<(), Fault> {
        let extension = match field {
            Field::Known(field) => return target.merge(field.tag, self),
            Field::Extension(extension) => extension,
        };
        let mut records = UnknownFields::default();
        (extension.text.read)(&extension.label, self, &mut records)?;
        // No field of the message has this tag: it goes to its unknown fields.
        let value = self.value;
        self.given = Some(Given::Records(records));
        target.merge(extension.label.tag, self)?;
        self.value = value;
        Ok(())
    }

    fn try_merge(&mut self, field: Field<'a>, target: &dyn Target<'a>) -> Result<(), Fault> {
        match field {
            Field::Known(field) => target.try_merge(field.tag, self),
            Field::Extension(extension) => {
                (extension.text.read)(&extension.label, self, &mut UnknownFields::default())
            }
        }
    }

    /// What every value begins with.
    pub(super) fn begin(&mut self, scalar: bool) -> Result<(), Fault> {
        self.value.scalar = scalar;
        if self.value.none {
            return Err(NOTED);
        }
        if self.value.in_list {
            return Err(self.no_list());
        }
        if scalar && !self.value.colon {
            return Err(self.lexer.expected("`:`"));
        }
        Ok(())
    }

    fn no_list(&mut self) -> Fault {
        self.lexer.fail("the field has one value, not a list")
    }
}

fn is_group(field: &Place<'_>) -> bool {
    field.tag & 7 == crate::wire::wire_type::START_GROUP
}
