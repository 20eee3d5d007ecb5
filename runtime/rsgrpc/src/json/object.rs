//! Objects: which field a name means, and how often each may come.

use super::error::Cause;
use super::form::{Form, of_filled};
use super::reader::{Entries, Given, Reader};
use super::seen::Seen;
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
    /// The field with this number.
    fn numbered(&self, number: u32) -> Option<Place<'a>>;
    /// Whether another member of the field's `oneof` is among `set`.
    fn has_rival(&self, number: u32, set: &[u32]) -> bool;
    /// Reads what is `wanted`. False at the end of the object.
    fn read(&mut self, wanted: Wanted<'_>, reader: &mut Reader<'a, '_>) -> Result<bool, Fault>;
    /// Takes in a field's value, before which the reader stands, for another
    /// message, which is dropped.
    fn try_put(&self, tag: u32, reader: &mut Reader<'a, '_>) -> Result<(), Fault>;
}

impl<'a> dyn Target<'a> + '_ {
    /// Takes in the field's value, before which the reader stands.
    pub(super) fn put(&mut self, tag: u32, reader: &mut Reader<'a, '_>) -> Result<(), Fault> {
        self.read(Wanted::Value(tag), reader).map(drop)
    }
}

/// What is to be read.
pub(super) enum Wanted<'s> {
    /// The value of the field with this tag.
    Value(u32),
    /// The fields that come in the order of the schema, or skip a few, and have
    /// plain values.
    Fields(&'s mut Seen),
}

impl<'a, M: Fill<'a>> Target<'a> for M {
    fn full_name(&self) -> &'a str {
        self.name()
    }

    fn field(&self, name: &[u8]) -> Option<Place<'a>> {
        self.named_in_json(name)
    }

    fn numbered(&self, number: u32) -> Option<Place<'a>> {
        Fill::numbered(self, number)
    }

    fn has_rival(&self, number: u32, set: &[u32]) -> bool {
        self.rival(number, &mut |other| set.contains(&other)).is_some()
    }

    // One function, so that there is one copy of what reads each field.
    fn read(&mut self, mut wanted: Wanted<'_>, reader: &mut Reader<'a, '_>) -> Result<bool, Fault> {
        loop {
            let (tag, next) = match &mut wanted {
                Wanted::Value(tag) => (*tag, None),
                Wanted::Fields(seen) => match ahead(self, seen, reader) {
                    Some(next) => (next.tag, Some((next, seen))),
                    None => return Ok(true),
                },
            };
            let mut given = false;
            loop {
                let read = self.fill(tag, reader);
                if next.is_none() {
                    return read.map(|()| true);
                }
                match read {
                    Ok(()) => given = true,
                    Err(_) if reader.left_out => reader.left_out = false,
                    Err(fault) => {
                        trace(self, tag >> 3, reader);
                        return Err(fault);
                    }
                }
                // A map is read entry by entry.
                if reader.entries != Entries::More {
                    break;
                }
            }
            if given
                && let Some((next, seen)) = next
                && next.in_oneof
            {
                choose(self, tag >> 3, seen, next.at, reader)?;
            }
            match reader.input.as_bytes().get(reader.at) {
                Some(b',') => reader.at += 1,
                _ if reader.comma(b'}')? => {}
                _ => return Ok(false),
            }
        }
    }

    #[cold]
    fn try_put(&self, tag: u32, reader: &mut Reader<'a, '_>) -> Result<(), Fault> {
        self.probe(tag, reader)
    }
}

/// The field whose value comes next.
struct Next {
    /// Where its name stands.
    at: usize,
    tag: u32,
    in_oneof: bool,
}

/// Steps behind the name of the next field, if that is the one behind the last
/// or one of those that follow, and its value is none of those that need a look.
#[cfg_attr(not(debug_assertions), inline(always))]
fn ahead<'a, M: Fill<'a>>(message: &M, seen: &mut Seen, reader: &mut Reader<'a, '_>) -> Option<Next> {
    let mut text = reader.input.as_bytes().get(reader.at..)?;
    if *text.first()? <= b' ' {
        reader.peek();
        text = reader.input.as_bytes().get(reader.at..)?;
    }
    for index in seen.next..seen.next + AHEAD {
        let (place, key) = message.nth_in_json(index)?;
        if let Some(len) = key.begins(text) {
            let at = reader.at;
            reader.at += len;
            let first = match text.get(len) {
                Some(byte) if *byte > b' ' => *byte,
                _ => reader.peek(),
            };
            let may_be_unknown = first == b'"' && reader.options.ignore_unknown && place.tag & 7 == VARINT;
            if first == b'n' || may_be_unknown || !seen.insert(index) {
                reader.at = at;
                return None;
            }
            seen.next = index + 1;
            reader.entries = Entries::Before;
            return Some(Next { at, tag: place.tag, in_oneof: place.in_oneof });
        }
    }
    None
}

/// Notes that a failure is in this field.
#[cold]
fn trace<'a>(target: &dyn Target<'a>, number: u32, reader: &mut Reader<'a, '_>) {
    if let Some(field) = target.numbered(number) {
        reader.trace(|failure| failure.field(field.name));
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
        (Form::Wrapper, _) => match target.numbered(1) {
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
        // Most writers go by number, as we do.
        more = target.read(Wanted::Fields(&mut seen), reader)? && next(target, &mut seen, reader, typed)?;
    }
    Ok(())
}

/// Reads one member, whatever it is. False at the end of the object.
fn next<'a>(
    target: &mut dyn Target<'a>,
    seen: &mut Seen,
    reader: &mut Reader<'a, '_>,
    typed: bool,
) -> Result<bool, Fault> {
    let at = reader.place();
    let name = reader.text("a name")?;
    reader.expect(b':', "`:`")?;
    match target.field(name.as_bytes()) {
        Some(field) => self::field(target, field, seen, at, reader)?,
        None if typed && name == any::TYPE => {
            if !seen.insert_type() {
                return Err(reader.fault(Cause::Duplicate, at, "`@type` is given twice"));
            }
            reader.skip()?;
        }
        None => other(target, &name, typed, seen, at, reader)?,
    }
    reader.comma(b'}')
}

/// So many fields are looked at before a name is searched for.
const AHEAD: usize = 8;

/// Reads a field, behind its name, that stands at `at`.
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
    match member(target, field, reader) {
        Ok(true) if field.in_oneof => choose(target, field.number, seen, at, reader),
        Ok(_) => Ok(()),
        Err(fault) => {
            reader.trace(|failure| failure.field(field.name));
            Err(fault)
        }
    }
}

/// Reads the value of a field. False where it has none.
fn member<'a>(
    target: &mut dyn Target<'a>,
    field: Place<'a>,
    reader: &mut Reader<'a, '_>,
) -> Result<bool, Fault> {
    let left_out = match reader.peek() {
        b'n' => is_null(target, field, reader)?,
        b'"' if reader.options.ignore_unknown => is_unknown(target, field, reader)?,
        _ => false,
    };
    if left_out { Ok(false) } else { values(target, field.tag, reader) }
}

/// Notes a member of a `oneof` that was given, whose name stands at `at`.
#[inline]
fn choose<'a>(
    target: &dyn Target<'a>,
    number: u32,
    seen: &mut Seen,
    at: usize,
    reader: &mut Reader<'a, '_>,
) -> Result<(), Fault> {
    if !seen.members().is_empty() && target.has_rival(number, seen.members()) {
        let fault = reader.fault(Cause::Duplicate, at, "another member of the oneof has a value already");
        trace(target, number, reader);
        return Err(fault);
    }
    seen.set(number);
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
        if !seen.insert_extension(extension.label.number) {
            return Err(reader.fault(Cause::Duplicate, at, format!("the extension {name:?} is given twice")));
        }
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
