//! A visitor that prints.

use std::borrow::Cow;

use bytes::Bytes;

use super::out::{Body, Out};
use super::quote::{Escaped, Quoted, Real};
use super::source::is_nested;
use super::{ANY, any, unknown};
use crate::enumeration::Names;
use crate::kind::Show;
use crate::label::FieldLabel;
use crate::registry::Part;
use crate::visit::{Shown, Sink, Visitor};
use crate::{Map, Message, UnknownFields, binary, wkt};

/// Prints the fields of a message.
pub(super) fn print<'m, M: Shown<'m>>(message: M, out: &mut Out<'_>) {
    let name = message.name();
    if name == ANY && print_any(&binary::encoded(message), out) {
        return;
    }
    message.visit(&mut Body { out, message: name, extension: false });
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
    fn item(&mut self, label: &FieldLabel<'_>, write: impl FnOnce(Item<'_, '_>)) {
        let name: Cow<'_, str> =
            if self.extension { format!("[{}]", label.name).into() } else { label.name.into() };
        write(Item { name: &name, parent: self.message, out: self.out });
    }

    fn redacted(&mut self, label: &FieldLabel<'_>) -> bool {
        let redacted = self.out.redact && label.redact;
        if redacted {
            self.item(label, |item| item.out.line(item.name, REDACTED));
        }
        redacted
    }
}

impl<'m> Visitor<'m> for Body<'_, '_> {
    fn one<K: Show<T> + 'm, T>(&mut self, label: &FieldLabel<'m>, kind: K, value: &'m T) {
        if !self.redacted(label) {
            self.item(label, |item| kind.show(value, item));
        }
    }

    fn many<K: Show<T> + 'm, T>(&mut self, label: &FieldLabel<'m>, kind: K, values: &'m [T], _: bool) {
        if !self.redacted(label) {
            values.iter().for_each(|value| self.item(label, |item| kind.show(value, item)));
        }
    }

    fn map<K: Show<A> + 'm, V: Show<B> + 'm, A, B>(
        &mut self,
        label: &FieldLabel<'m>,
        (of_key, of_value): (K, V),
        entries: &'m Map<A, B>,
    ) {
        if self.redacted(label) {
            return;
        }
        for (key, value) in entries {
            let out = &mut *self.out;
            out.open(label.name);
            of_key.show(key, Item { name: "key", parent: "", out });
            of_value.show(value, Item { name: "value", parent: "", out });
            out.close();
        }
    }

    fn unknown(&mut self, fields: &'m UnknownFields) {
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
    parent: &'i str,
    out: &'i mut Out<'o>,
}

macro_rules! scalars {
    ($($method:ident: $type:ty, |$value:ident| $text:expr;)*) => {$(
        fn $method(self, $value: $type) {
            self.out.line(self.name, $text);
        }
    )*};
}

impl<'m> Sink<'m> for Item<'_, '_> {
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
        string: &'m str, |value| Quoted(value);
        bytes: &'m Bytes, |value| Escaped(value);
    }

    fn enumeration<N: Names>(self, names: N, number: i32) {
        match names.name(number) {
            Some(name) => self.out.line(self.name, name),
            None => self.out.line(self.name, number),
        }
    }

    fn message<M: Shown<'m>>(self, value: M) {
        self.out.open(self.name);
        print(value, self.out);
        self.out.close();
    }

    /// A group is called by its type's name, of which the field's is the lower
    /// case. A message that is merely encoded like one need not be called so.
    fn group<M: Shown<'m>>(self, value: M) {
        let full = value.name();
        let simple = full.rsplit('.').next().unwrap_or_default();
        let is_group = is_nested(full, self.parent, simple) && simple.to_ascii_lowercase() == self.name;
        let name = if is_group { simple } else { self.name };
        Item { name, ..self }.message(value);
    }
}
