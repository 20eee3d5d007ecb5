//! A visitor that prints.

use std::borrow::Cow;

use bytes::Bytes;

use super::out::{Body, Out};
use super::quote::{Escaped, Quoted, Real};
use super::source::is_nested;
use super::{ANY, any, unknown};
use crate::enumeration::Enumeration;
use crate::field::Fields;
use crate::kind::Show;
use crate::label::Label;
use crate::registry::Part;
use crate::visit::{Sink, Visitor};
use crate::{Map, Message, UnknownFields, wkt};

/// Prints the fields of a message.
pub(super) fn print<M: Message>(message: &M, out: &mut Out<'_>) {
    if M::NAME == ANY && print_any(&message.encode(), out) {
        return;
    }
    message.fields().visit(&mut Body { out, message: M::NAME, extension: false });
}

/// Prints what an encoded `Any` holds, written out or redacted; false if it is
/// to be printed like any other message.
#[cold]
fn print_any(bytes: &[u8], out: &mut Out<'_>) -> bool {
    let Ok(any) = wkt::Any::decode(bytes) else { return false };
    if any::print(&any, out) {
        return true;
    }
    if out.redact {
        out.line("type_url", Quoted(&any.type_url));
        out.line("value", REDACTED);
    }
    out.redact
}

const REDACTED: &str = "[REDACTED]";

impl Body<'_, '_> {
    /// A field, unless it is redacted.
    fn item(&mut self, label: &Label, write: impl FnOnce(Item<'_, '_>)) {
        let name: Cow<'_, str> =
            if self.extension { format!("[{}]", label.name).into() } else { label.name.into() };
        write(Item { name: &name, parent: self.message, out: self.out });
    }

    fn redacted(&mut self, label: &Label) -> bool {
        let redacted = self.out.redact && label.redact;
        if redacted {
            self.item(label, |item| item.out.line(item.name, REDACTED));
        }
        redacted
    }
}

impl Visitor for Body<'_, '_> {
    fn one<K: Show<T>, T>(&mut self, label: &Label, value: &T) {
        if !self.redacted(label) {
            self.item(label, |item| K::show(value, item));
        }
    }

    fn many<K: Show<T>, T>(&mut self, label: &Label, values: &[T], _: bool) {
        if !self.redacted(label) {
            values.iter().for_each(|value| self.item(label, |item| K::show(value, item)));
        }
    }

    fn map<K: Show<A>, V: Show<B>, A, B>(&mut self, label: &Label, entries: &Map<A, B>) {
        if self.redacted(label) {
            return;
        }
        for (key, value) in entries {
            let out = &mut *self.out;
            out.open(label.name);
            K::show(key, Item { name: "key", parent: "", out });
            V::show(value, Item { name: "value", parent: "", out });
            out.close();
        }
    }

    fn unknown(&mut self, fields: &UnknownFields) {
        let registry = self.out.registry;
        for part in registry.parts(self.message, fields) {
            let record = match part {
                Part::Unknown(record) => record,
                Part::Extension(extension) => {
                    let mark = self.out.mark();
                    let mut body = Body { out: self.out, message: self.message, extension: true };
                    if (extension.text.print)(&extension.label, self.message, fields, &mut body).is_err() {
                        // What is there is no such value; it is left out as unknown fields are.
                        self.out.reset(mark);
                    }
                    continue;
                }
            };
            if self.out.unknown_fields {
                unknown::print(record, self.out);
            }
        }
    }
}

/// A field's name, to be printed with its value.
struct Item<'i, 'o> {
    name: &'i str,
    /// The message that has the field.
    parent: &'static str,
    out: &'i mut Out<'o>,
}

macro_rules! scalars {
    ($($method:ident: $type:ty, |$value:ident| $text:expr;)*) => {$(
        fn $method(self, $value: $type) {
            self.out.line(self.name, $text);
        }
    )*};
}

impl Sink for Item<'_, '_> {
    type Out = ();

    scalars! {
        bool: bool, |value| value;
        int32: i32, |value| value;
        int64: i64, |value| value;
        uint32: u32, |value| value;
        uint64: u64, |value| value;
        sint32: i32, |value| value;
        sint64: i64, |value| value;
        fixed32: u32, |value| value;
        fixed64: u64, |value| value;
        sfixed32: i32, |value| value;
        sfixed64: i64, |value| value;
        float: f32, |value| Real(value);
        double: f64, |value| Real(value);
        string: &str, |value| Quoted(value);
        bytes: &Bytes, |value| Escaped(value);
    }

    fn enumeration<E: Enumeration>(self, value: E) {
        match value.name() {
            Some(name) => self.out.line(self.name, name),
            None => self.out.line(self.name, value.number()),
        }
    }

    fn message<M: Message>(self, value: &M) {
        self.out.open(self.name);
        print(value, self.out);
        self.out.close();
    }

    /// A group is called by its type's name, of which the field's is the lower
    /// case. A message that is merely encoded like one need not be called so.
    fn group<M: Message>(self, value: &M) {
        let simple = M::NAME.rsplit('.').next().unwrap_or_default();
        let is_group = is_nested(M::NAME, self.parent, simple) && simple.to_ascii_lowercase() == self.name;
        let name = if is_group { simple } else { self.name };
        Item { name, ..self }.message(value);
    }
}
