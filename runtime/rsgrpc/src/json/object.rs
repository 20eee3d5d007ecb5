//! Objects: which field a name means, and how often each may come.

use super::error::Cause;
use super::form::{Form, of_filled};
use super::reader::{Entries, Given, Reader};
use super::{any, wkt};
use crate::error::Fault;
use crate::fill::{Fill, Place};
use crate::wire::wire_type::{FIXED64, LEN, VARINT};

/// A message that is read, its type erased: see [`Fill`].
pub(super) trait Target<'a> {
    /// The full name.
    fn full_name(&self) -> &'a str;
    /// The field of this name.
    fn field(&self, name: &[u8]) -> Option<Place<'a>>;
    /// The field whose name and colon `text` begins with, and their length: if it
    /// is the one at the place `from` or one of the next.
    fn ahead(&self, text: &[u8], from: usize) -> Option<(Place<'a>, usize)>;
    /// The only field of a message that has one.
    fn only(&self) -> Option<Place<'a>>;
    /// Whether another member of the field's `oneof` is among `set`.
    fn has_rival(&self, number: u32, set: &[u32]) -> bool;
    /// Takes in the field's value, before which the reader stands.
    fn put(&mut self, tag: u32, reader: &mut Reader<'a, '_>) -> Result<(), Fault>;
    /// The same for another message, which is dropped.
    fn try_put(&self, tag: u32, reader: &mut Reader<'a, '_>) -> Result<(), Fault>;
}

impl<'a, M: Fill<'a>> Target<'a> for M {
    fn full_name(&self) -> &'a str {
        self.name()
    }

    fn field(&self, name: &[u8]) -> Option<Place<'a>> {
        self.named_in_json(name)
    }

    fn ahead(&self, text: &[u8], from: usize) -> Option<(Place<'a>, usize)> {
        for index in from..from + AHEAD {
            let (place, key) = self.nth_in_json(index)?;
            if starts_with(text, key) {
                return Some((place, key.len()));
            }
        }
        None
    }

    fn only(&self) -> Option<Place<'a>> {
        self.numbered(1)
    }

    fn has_rival(&self, number: u32, set: &[u32]) -> bool {
        !set.is_empty() && self.rival(number, &mut |other| set.contains(&other)).is_some()
    }

    fn put(&mut self, tag: u32, reader: &mut Reader<'a, '_>) -> Result<(), Fault> {
        self.fill(tag, reader)
    }

    #[cold]
    fn try_put(&self, tag: u32, reader: &mut Reader<'a, '_>) -> Result<(), Fault> {
        self.probe(tag, reader)
    }
}

/// Reads a message in its form.
pub(super) fn message<'a, M: Fill<'a>>(slot: &mut M, reader: &mut Reader<'a, '_>) -> Result<(), Fault> {
    reader.enter()?;
    match of_filled(slot) {
        Form::Object => object(slot, reader, false)?,
        form => special(form, slot, reader)?,
    }
    reader.leave();
    Ok(())
}

/// Reads a message that has a form of its own.
pub(super) fn special<'a>(
    form: Form,
    target: &mut dyn Target<'a>,
    reader: &mut Reader<'a, '_>,
) -> Result<(), Fault> {
    match (form, reader.peek()) {
        (Form::Object, _) => object(target, reader, false),
        (Form::Any, _) => any::read(target, reader),
        (Form::Timestamp | Form::Duration | Form::FieldMask, _) => wkt::read(form, target, reader),
        (Form::Wrapper, _) => match target.only() {
            Some(field) => values(target, field.tag, reader).map(drop),
            None => reader.skip(),
        },
        (Form::Struct | Form::Value, b'{') => {
            let number = if form == Form::Value { 5 } else { 1 };
            values(target, number << 3 | LEN, reader).map(drop)
        }
        (Form::Struct, _) => Err(reader.unexpected("an object")),
        (Form::List, b'[') => target.put(1 << 3 | LEN, reader),
        (Form::List, _) => Err(reader.unexpected("a list")),
        (Form::Value, b'[') => target.put(6 << 3 | LEN, reader),
        (Form::Value, b'"') => target.put(3 << 3 | LEN, reader),
        (Form::Value, b'-' | b'0'..=b'9') => target.put(2 << 3 | FIXED64, reader),
        (Form::Value, b't' | b'f') => target.put(4 << 3 | VARINT, reader),
        (Form::Value, b'n') => target.put(1 << 3 | VARINT, reader),
        (Form::Value, _) => Err(reader.unexpected("a value")),
    }
}

/// Reads the fields of a message. With `typed`, the object is the content of an
/// `Any`, whose `@type` stands among them.
pub(super) fn object<'a>(
    target: &mut dyn Target<'a>,
    reader: &mut Reader<'a, '_>,
    typed: bool,
) -> Result<(), Fault> {
    reader.expect(b'{', "an object")?;
    let mut seen = Seen::default();
    let mut more = !reader.take(b'}');
    while more {
        let at = reader.place();
        let text = reader.input.as_bytes().get(at..).unwrap_or_default();
        // Most writers go by number, as we do.
        if let Some((field, len)) = target.ahead(text, seen.next) {
            reader.at += len;
            self::field(target, field, &mut seen, at, reader)?;
            more = reader.comma(b'}')?;
            continue;
        }
        let name = reader.text("a name")?;
        reader.expect(b':', "`:`")?;
        match target.field(name.as_bytes()) {
            Some(field) => self::field(target, field, &mut seen, at, reader)?,
            None if typed && name == any::TYPE => {
                if std::mem::replace(&mut seen.typed, true) {
                    return Err(reader.fault(Cause::Duplicate, at, "`@type` is given twice"));
                }
                reader.skip()?;
            }
            None => other(target, &name, typed, &mut seen, at, reader)?,
        }
        more = reader.comma(b'}')?;
    }
    Ok(())
}

/// What of an object has been read.
#[derive(Default)]
struct Seen {
    /// The place in the message behind the field that was read last.
    next: usize,
    /// A bit for each of the first fields …
    low: u64,
    /// … and for the others.
    high: Vec<u64>,
    /// The members of `oneof`s that have a value.
    members: Vec<u32>,
    extensions: Vec<u32>,
    /// Whether there was an `@type`.
    typed: bool,
}

impl Seen {
    /// Notes a field. False where it is noted already.
    #[inline]
    fn insert(&mut self, index: usize) -> bool {
        let bit = 1 << (index % 64);
        let word = if index < 64 { &mut self.low } else { self.high(index / 64 - 1) };
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    #[cold]
    fn high(&mut self, word: usize) -> &mut u64 {
        if self.high.len() <= word {
            self.high.resize(word + 1, 0);
        }
        self.high.get_mut(word).unwrap_or(&mut self.low)
    }
}

/// So many fields are looked at before a name is searched for.
const AHEAD: usize = 8;

/// The same as the method of slices, without a call where `key` is short.
#[inline]
fn starts_with(text: &[u8], key: &[u8]) -> bool {
    let Some(text) = text.get(..key.len()) else { return false };
    match (key.first_chunk::<8>(), text.first_chunk::<8>()) {
        (Some(key_head), Some(head)) if key.len() <= 16 => {
            key_head == head && key.last_chunk::<8>() == text.last_chunk::<8>()
        }
        (Some(key_head), Some(head)) => key_head == head && key == text,
        _ => key == text,
    }
}

/// Reads a field, behind its name, that stands at `at`.
#[inline]
fn field<'a>(
    target: &mut dyn Target<'a>,
    field: Place<'a>,
    seen: &mut Seen,
    at: usize,
    reader: &mut Reader<'a, '_>,
) -> Result<(), Fault> {
    if !seen.insert(field.index) {
        let name = reader.key(at);
        return Err(reader.fault(Cause::Duplicate, at, format!("the field {name:?} is given twice")));
    }
    seen.next = field.index + 1;
    let read = member(target, field, seen, at, reader);
    if read.is_err() {
        reader.trace(|failure| failure.field(field.name));
    }
    read
}

/// Reads the value of a field.
fn member<'a>(
    target: &mut dyn Target<'a>,
    field: Place<'a>,
    seen: &mut Seen,
    at: usize,
    reader: &mut Reader<'a, '_>,
) -> Result<(), Fault> {
    let left_out = match reader.peek() {
        b'n' => is_null(target, field, reader)?,
        b'"' if reader.options.ignore_unknown => is_unknown(target, field, reader)?,
        _ => false,
    };
    if left_out || !values(target, field.tag, reader)? {
        return Ok(());
    }
    if field.in_oneof {
        if target.has_rival(field.number, &seen.members) {
            let problem = "another member of the oneof has a value already";
            return Err(reader.fault(Cause::Duplicate, at, problem));
        }
        seen.members.push(field.number);
    }
    Ok(())
}

/// Steps over a `null`, unless it is a value of the field: one of
/// google.protobuf.Value or NullValue.
#[cold]
fn is_null<'a>(
    target: &dyn Target<'a>,
    field: Place<'a>,
    reader: &mut Reader<'a, '_>,
) -> Result<bool, Fault> {
    let mark = reader.mark();
    let may_be = matches!(field.tag & 7, LEN | VARINT);
    let is_value = may_be && target.try_put(field.tag, reader).is_ok();
    reader.rewind(mark);
    if !is_value && !reader.word("null") {
        return Err(reader.unexpected("a value"));
    }
    Ok(!is_value)
}

/// Steps over an enum's unknown name.
fn is_unknown<'a>(
    target: &dyn Target<'a>,
    field: Place<'a>,
    reader: &mut Reader<'a, '_>,
) -> Result<bool, Fault> {
    if field.tag & 7 != VARINT {
        return Ok(false);
    }
    let mark = reader.mark();
    let unknown = target.try_put(field.tag, reader).is_err() && reader.left_out;
    reader.rewind(mark);
    if unknown {
        reader.skip()?;
    }
    Ok(unknown)
}

/// Reads a field's value, or the entries of a map one by one. False where the
/// field has none.
fn values<'a>(target: &mut dyn Target<'a>, tag: u32, reader: &mut Reader<'a, '_>) -> Result<bool, Fault> {
    reader.entries = Entries::Before;
    let mut any = false;
    loop {
        match target.put(tag, reader) {
            Ok(()) => any = true,
            Err(_) if reader.left_out => reader.left_out = false,
            Err(fault) => return Err(fault),
        }
        if reader.entries != Entries::More {
            return Ok(any);
        }
    }
}

/// Reads a member that is no field of the message: an extension, or nothing
/// that is known.
#[cold]
fn other<'a>(
    target: &mut dyn Target<'a>,
    name: &str,
    typed: bool,
    seen: &mut Seen,
    at: usize,
    reader: &mut Reader<'a, '_>,
) -> Result<(), Fault> {
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    let extension = bare
        .and_then(|name| reader.known.extension(name))
        .filter(|extension| extension.extendee == target.full_name());
    if let Some(extension) = extension {
        if seen.extensions.contains(&extension.label.number) {
            return Err(reader.fault(Cause::Duplicate, at, format!("the extension {name:?} is given twice")));
        }
        seen.extensions.push(extension.label.number);
        if reader.word("null") {
            return Ok(());
        }
        reader.give(Given::Extension(extension));
        let read = target.put(extension.label.tag, reader);
        if read.is_err() {
            reader.trace(|failure| failure.field(name));
        }
        return read;
    }
    if typed && name == any::VALUE && target.full_name() == "google.protobuf.Empty" {
        // Some writers take it for a type with a form of its own.
        reader.expect(b'{', "an object")?;
        return reader.expect(b'}', "`}`");
    }
    if reader.options.ignore_unknown {
        return reader.skip();
    }
    let detail = format!("{} has no field {:?}", target.full_name(), shortened(name));
    Err(reader.fault(Cause::Unknown, at, detail))
}

/// As much of a name as an error should hold.
pub(super) fn shortened(name: &str) -> &str {
    name.char_indices().nth(80).and_then(|(end, _)| name.get(..end)).unwrap_or(name)
}
