//! What only a registry knows: the content of an `Any`, and extensions.

use super::error::Cause;
use super::form::{Form, Of};
use super::object::{self, Target, shortened};
use super::out::Out;
use super::reader::{Given, Reader};
use super::visit::{self, Object};
use super::wkt::as_known;
use crate::error::Fault;
use crate::extension::Shape;
use crate::label::Label;
use crate::registry::MessageType;
use crate::wire::wire_type::LEN;
use crate::{Limits, Message, Registry, UnknownFields, wkt};

/// The member that names the type of an `Any`.
pub(super) const TYPE: &str = "@type";

/// The member that holds the value of an `Any` whose type has a form of its own.
pub(super) const VALUE: &str = "value";

/// What a registry does with a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MessageJson {
    write: fn(&wkt::Any, &mut Out<'_>),
    read: for<'a> fn(&mut Reader<'a, '_>) -> Result<Vec<u8>, Fault>,
}

impl MessageJson {
    pub(crate) const fn of<M: Message>() -> Self {
        Self { write: write_typed::<M>, read: read_typed::<M> }
    }
}

/// What a registry does with an extension.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExtensionJson {
    pub(super) write: fn(&Label, &'static str, &UnknownFields, &mut Out<'_>),
    pub(super) read: for<'a> fn(&Label, &mut UnknownFields, &mut Reader<'a, '_>) -> Result<(), Fault>,
}

impl ExtensionJson {
    pub(crate) const fn of<L: Shape<T>, T>() -> Self {
        Self { write: write_extension::<L, T>, read: read_extension::<L, T> }
    }
}

/// Writes an `Any`.
pub(super) fn write<M: Message>(message: &M, out: &mut Out<'_>) {
    match as_known::<M, wkt::Any>(message) {
        Ok(any) => expand(&any, out),
        Err((cause, problem)) => out.fail(cause, problem),
    }
}

fn expand(any: &wkt::Any, out: &mut Out<'_>) {
    if any.type_url.is_empty() && any.value.is_empty() {
        out.bytes.extend_from_slice(b"{}");
        return;
    }
    match named(out.options.registry, &any.type_url) {
        Ok(message) => (message.json.write)(any, out),
        Err(problem) => out.fail(Cause::Any, problem),
    }
}

/// The type that a URL names.
fn named<'r>(registry: Option<&'r Registry>, url: &str) -> Result<&'r MessageType, String> {
    let name = match url.rsplit_once('/') {
        Some((_, name)) if !name.is_empty() => name,
        _ => return Err(format!("{:?} is not a URL that ends with the name of a type", shortened(url))),
    };
    let found = registry.unwrap_or_else(|| Registry::well_known()).message_named(name);
    found.ok_or_else(|| format!("the registry has no message {:?}", shortened(name)))
}

fn write_typed<M: Message>(any: &wkt::Any, out: &mut Out<'_>) {
    let limits = Limits::default();
    // Each `Any` may hide as many levels again, from any limit but this one.
    let Some(levels) = limits.levels().checked_sub(out.depth) else {
        out.fail(Cause::Depth, "messages are nested too deeply");
        return;
    };
    let message: M = match limits.depth(levels).decode_bytes(&any.value) {
        Ok(message) => message,
        Err(error) => {
            out.fail(Cause::Any, error.to_string());
            return;
        }
    };
    out.open(b'{');
    out.part();
    out.string(TYPE);
    out.colon();
    out.string(&any.type_url);
    if Of::<M>::FORM == Form::Object {
        visit::members(&message, out);
    } else {
        out.part();
        out.string(VALUE);
        out.colon();
        out.depth += 1;
        visit::message(&message, out);
        out.depth -= 1;
    }
    out.close(b'}');
}

/// Reads an `Any`.
pub(super) fn read<'a>(target: &mut dyn Target<'a>, reader: &mut Reader<'a, '_>) -> Result<(), Fault> {
    let at = reader.place();
    let mark = reader.mark();
    let url = match find_type(reader)? {
        Found::Type(url, at) => {
            reader.rewind(mark);
            (url, at)
        }
        Found::Nothing => return Ok(()),
        Found::Others => return Err(reader.fault(Cause::Any, at, "an Any needs an `@type`")),
    };
    let (url, at) = url;
    let message = match named(reader.options.registry, &url) {
        Ok(message) => message,
        Err(problem) => return Err(reader.fault(Cause::Any, at, problem)),
    };
    let value = (message.json.read)(reader)?;
    reader.give(Given::Text(url));
    target.put(1 << 3 | LEN, reader)?;
    reader.give(Given::Blob(value));
    target.put(2 << 3 | LEN, reader)
}

/// What an object says of its type.
enum Found {
    /// This, and where.
    Type(String, usize),
    /// Nothing; it is empty.
    Nothing,
    /// Nothing; it has other members.
    Others,
}

/// Looks for the `@type` of an object: it is not always the first.
fn find_type(reader: &mut Reader<'_, '_>) -> Result<Found, Fault> {
    reader.expect(b'{', "an object")?;
    if reader.take(b'}') {
        return Ok(Found::Nothing);
    }
    loop {
        let name = reader.text("a name")?;
        reader.expect(b':', "`:`")?;
        if name == TYPE {
            let at = reader.place();
            return Ok(Found::Type(reader.text("a string")?.into_owned(), at));
        }
        reader.skip()?;
        if !reader.comma(b'}')? {
            return Ok(Found::Others);
        }
    }
}

fn read_typed<M: Message>(reader: &mut Reader<'_, '_>) -> Result<Vec<u8>, Fault> {
    let at = reader.place();
    let before = reader.memory();
    let mut message = M::default();
    reader.enter()?;
    match Of::<M>::FORM {
        Form::Object => object::object(&mut message, reader, true)?,
        form => read_value(form, &mut message, reader)?,
    }
    reader.leave();
    if let Some(path) = message.missing() {
        return Err(reader.fault(Cause::Required, at, format!("required field `{path}` is missing")));
    }
    reader.book_in_place(before, message.encoded_len())?;
    Ok(message.encode())
}

/// Reads `{"@type": …, "value": …}`.
fn read_value<'a>(form: Form, target: &mut dyn Target<'a>, reader: &mut Reader<'a, '_>) -> Result<(), Fault> {
    let at = reader.place();
    reader.expect(b'{', "an object")?;
    let (mut typed, mut valued, mut more) = (false, false, true);
    while more {
        let at = reader.place();
        let name = reader.text("a name")?;
        reader.expect(b':', "`:`")?;
        let again = match &*name {
            TYPE => std::mem::replace(&mut typed, true),
            VALUE => std::mem::replace(&mut valued, true),
            _ if reader.options.ignore_unknown => false,
            _ => return Err(reader.fault(Cause::Unknown, at, "expected `value`")),
        };
        if again {
            return Err(reader.fault(Cause::Duplicate, at, format!("{name:?} is given twice")));
        }
        if name == VALUE {
            object::special(form, target, reader)?;
        } else {
            reader.skip()?;
        }
        more = reader.comma(b'}')?;
    }
    if valued { Ok(()) } else { Err(reader.fault(Cause::Any, at, "an Any of this type needs a `value`")) }
}

fn write_extension<L: Shape<T>, T>(
    label: &Label,
    of: &'static str,
    fields: &UnknownFields,
    out: &mut Out<'_>,
) {
    let mut value = L::Value::default();
    match L::read(label, of, fields, &mut value) {
        Ok(()) => L::show(label, &value, &mut Object::extending(of, out)),
        Err(error) => out.fail(Cause::Any, error.to_string()),
    }
}

fn read_extension<L: Shape<T>, T>(
    label: &Label,
    fields: &mut UnknownFields,
    reader: &mut Reader<'_, '_>,
) -> Result<(), Fault> {
    let mut value = L::Value::default();
    match L::merge(label, &mut value, reader) {
        Ok(()) => L::write(label, &value, fields),
        Err(_) if reader.left_out => reader.left_out = false,
        Err(fault) => return Err(fault),
    }
    Ok(())
}
