//! What only a registry knows: the content of an `Any`, and extensions.

use super::error::Cause;
use super::form::{Form, of_filled, of_shown};
use super::object::{self, Target, shortened};
use super::out::Out;
use super::reader::{Given, Reader};
use super::visit::{self, Object};
use super::wkt::as_known;
#[cfg(feature = "reflect")]
use crate::dynamic;
use crate::error::Fault;
use crate::extension::Shape;
use crate::fill::Fill;
use crate::label::Label;
use crate::registry::{Found, Known};
use crate::visit::Shown;
use crate::wire::wire_type::LEN;
use crate::{Limits, Message, UnknownFields, binary, wkt};

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
    pub(super) write: fn(&Label, &str, &UnknownFields, &mut Out<'_>),
    pub(super) read: for<'a> fn(&Label, &mut UnknownFields, &mut Reader<'a, '_>) -> Result<(), Fault>,
}

impl ExtensionJson {
    pub(crate) const fn of<L: Shape<T>, T>() -> Self {
        Self { write: write_extension::<L, T>, read: read_extension::<L, T> }
    }
}

/// Writes an `Any`.
pub(super) fn write<'m, M: Shown<'m>>(message: M, out: &mut Out<'_>) {
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
    match named(out.known, &any.type_url) {
        Ok(Found::Static(message)) => (message.json.write)(any, out),
        #[cfg(feature = "reflect")]
        Ok(Found::Dynamic(types, of)) => {
            let Some(limits) = limits_left(out) else { return };
            match dynamic::Body::decode(types, of, &any.value, limits) {
                Ok(body) => write_content(dynamic::Showing { types, of, body: &body }, any, out),
                Err(error) => out.fail(Cause::Any, error.to_string()),
            }
        }
        Err(problem) => out.fail(Cause::Any, problem),
    }
}

/// The type that a URL names.
fn named<'r>(known: Known<'r>, url: &str) -> Result<Found<'r>, String> {
    let name = match url.rsplit_once('/') {
        Some((_, name)) if !name.is_empty() => name,
        _ => return Err(format!("{:?} is not a URL that ends with the name of a type", shortened(url))),
    };
    known.message(name).ok_or_else(|| format!("the registry has no message {:?}", shortened(name)))
}

fn write_typed<M: Message>(any: &wkt::Any, out: &mut Out<'_>) {
    let Some(limits) = limits_left(out) else { return };
    match limits.decode_bytes::<M>(&any.value) {
        Ok(message) => write_content(&message, any, out),
        Err(error) => out.fail(Cause::Any, error.to_string()),
    }
}

/// The limits for the content of an `Any`.
fn limits_left(out: &mut Out<'_>) -> Option<Limits> {
    let limits = Limits::default();
    // Each `Any` may hide as many levels again, from any limit but this one.
    let levels = limits.levels().checked_sub(out.depth);
    if levels.is_none() {
        out.fail(Cause::Depth, "messages are nested too deeply");
    }
    levels.map(|levels| limits.depth(levels))
}

/// Writes an `Any` that holds `message`.
fn write_content<'m, M: Shown<'m>>(message: M, any: &wkt::Any, out: &mut Out<'_>) {
    out.open(b'{');
    out.part();
    out.string(TYPE);
    out.colon();
    out.string(&any.type_url);
    if of_shown(message) == Form::Object {
        visit::members(message, out);
    } else {
        out.part();
        out.string(VALUE);
        out.colon();
        out.depth += 1;
        visit::message(message, out);
        out.depth -= 1;
    }
    out.close(b'}');
}

/// Reads an `Any`.
pub(super) fn read<'a>(target: &mut dyn Target<'a>, reader: &mut Reader<'a, '_>) -> Result<(), Fault> {
    let at = reader.place();
    let mark = reader.mark();
    let url = match find_type(reader)? {
        Typed::Of(url, at) => {
            reader.rewind(mark);
            (url, at)
        }
        Typed::Nothing => return Ok(()),
        Typed::Others => return Err(reader.fault(Cause::Any, at, "an Any needs an `@type`")),
    };
    let (url, at) = url;
    let value = match named(reader.known, &url) {
        Ok(Found::Static(message)) => (message.json.read)(reader)?,
        #[cfg(feature = "reflect")]
        Ok(Found::Dynamic(types, of)) => {
            let mut body = dynamic::Body::default();
            let read = read_content(&mut dynamic::Filling { types, of, body: &mut body }, reader)?;
            encoded(read, dynamic::Showing { types, of, body: &body }, reader)?
        }
        Err(problem) => return Err(reader.fault(Cause::Any, at, problem)),
    };
    reader.give(Given::Text(url));
    target.put(1 << 3 | LEN, reader)?;
    reader.give(Given::Blob(value));
    target.put(2 << 3 | LEN, reader)
}

/// What an object says of its type.
enum Typed {
    /// This, and where.
    Of(String, usize),
    /// Nothing; it is empty.
    Nothing,
    /// Nothing; it has other members.
    Others,
}

/// Looks for the `@type` of an object: it is not always the first.
fn find_type(reader: &mut Reader<'_, '_>) -> Result<Typed, Fault> {
    reader.expect(b'{', "an object")?;
    if reader.take(b'}') {
        return Ok(Typed::Nothing);
    }
    loop {
        let name = reader.text("a name")?;
        reader.expect(b':', "`:`")?;
        if name == TYPE {
            let at = reader.place();
            return Ok(Typed::Of(reader.text("a string")?.into_owned(), at));
        }
        reader.skip()?;
        if !reader.comma(b'}')? {
            return Ok(Typed::Others);
        }
    }
}

fn read_typed<M: Message>(reader: &mut Reader<'_, '_>) -> Result<Vec<u8>, Fault> {
    let mut message = M::default();
    let read = read_content(&mut message, reader)?;
    encoded(read, &message, reader)
}

/// What an `Any` holds: where it began, and what memory was left there.
type Began = (usize, usize);

/// Reads the content of an `Any`.
fn read_content<'a, M: Fill<'a>>(message: &mut M, reader: &mut Reader<'a, '_>) -> Result<Began, Fault> {
    let began = (reader.place(), reader.memory());
    reader.enter()?;
    match of_filled(message) {
        Form::Object => object::object(message, reader, true)?,
        form => read_value(form, message, reader)?,
    }
    reader.leave();
    Ok(began)
}

/// Encodes it.
fn encoded<'m, M: Shown<'m>>(
    (at, before): Began,
    message: M,
    reader: &mut Reader<'_, '_>,
) -> Result<Vec<u8>, Fault> {
    if let Some(path) = message.missing() {
        return Err(reader.fault(Cause::Required, at, format!("required field `{path}` is missing")));
    }
    reader.book_in_place(before, binary::len(message))?;
    Ok(binary::encoded(message))
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

fn write_extension<L: Shape<T>, T>(label: &Label, of: &str, fields: &UnknownFields, out: &mut Out<'_>) {
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
