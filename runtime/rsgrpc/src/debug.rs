//! `Debug` of messages and enums, with what the schema redacts left out.

use std::fmt::{self, DebugStruct, Formatter};

use bytes::Bytes;

use crate::enumeration::{Enumeration, Names, NamesOf};
use crate::kind::Show;
use crate::label::FieldLabel;
use crate::visit::{Shown, Sink, Visitor};
use crate::{Map, Message, UnknownFields};

/// Implements `Debug` for generated messages: the fields that are present, by
/// the schema's names.
///
/// # Errors
/// The formatter's.
pub fn debug<M: Message>(message: &M, f: &mut Formatter<'_>) -> fmt::Result {
    show(message, f)
}

/// The same for any message.
#[inline(never)]
pub(crate) fn show<'m, M: Shown<'m>>(message: M, f: &mut Formatter<'_>) -> fmt::Result {
    let name = message.name();
    let mut parts = Parts { out: f.debug_struct(simple(name)), hidden: hidden(name) };
    message.visit(&mut parts);
    parts.out.finish()
}

/// The field whose bytes may hold what the schema redacts elsewhere: an `Any`'s
/// value.
fn hidden(name: &str) -> Option<u32> {
    (name == "google.protobuf.Any").then_some(2)
}

/// Implements `Debug` for generated enums: the name, or the number.
///
/// # Errors
/// The formatter's.
pub fn debug_enum<E: Enumeration>(value: E, f: &mut Formatter<'_>) -> fmt::Result {
    number(NamesOf::<E>::NEW, value.number(), f)
}

fn number<N: Names>(names: N, number: i32, f: &mut Formatter<'_>) -> fmt::Result {
    match names.name(number) {
        Some(name) => f.write_str(name),
        None => write!(f, "{}({number})", simple(names.type_name())),
    }
}

/// A value whose `Debug` is this function.
struct FromFn<F>(F);

fn from_fn<F: Fn(&mut Formatter<'_>) -> fmt::Result>(show: F) -> FromFn<F> {
    FromFn(show)
}

impl<F: Fn(&mut Formatter<'_>) -> fmt::Result> fmt::Debug for FromFn<F> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0(f)
    }
}

fn simple(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

struct Parts<'f, 'b> {
    out: DebugStruct<'f, 'b>,
    hidden: Option<u32>,
}

impl Parts<'_, '_> {
    #[inline(never)]
    fn part(&mut self, label: &FieldLabel<'_>, value: &dyn fmt::Debug) {
        let value: &dyn fmt::Debug = if label.redact {
            &format_args!("[REDACTED]")
        } else if self.hidden == Some(label.number) {
            &format_args!("[encoded]")
        } else {
            value
        };
        self.out.field(label.name, value);
    }
}

impl<'m> Visitor<'m> for Parts<'_, '_> {
    fn one<K: Show<T> + 'm, T>(&mut self, label: &FieldLabel<'m>, kind: K, value: &'m T) {
        self.part(label, &from_fn(|f| kind.show(value, Value(f))));
    }

    fn many<K: Show<T> + 'm, T>(&mut self, label: &FieldLabel<'m>, kind: K, values: &'m [T], _: bool) {
        let values = from_fn(|f| {
            let values = values.iter().map(|value| from_fn(move |f| kind.show(value, Value(f))));
            f.debug_list().entries(values).finish()
        });
        self.part(label, &values);
    }

    fn map<K: Show<A> + 'm, V: Show<B> + 'm, A, B>(
        &mut self,
        label: &FieldLabel<'m>,
        (of_key, of_value): (K, V),
        entries: &'m Map<A, B>,
    ) {
        let entries = from_fn(|f| {
            let entries = entries.iter().map(|(key, value)| {
                (
                    from_fn(move |f| of_key.show(key, Value(f))),
                    from_fn(move |f| of_value.show(value, Value(f))),
                )
            });
            f.debug_map().entries(entries).finish()
        });
        self.part(label, &entries);
    }

    fn unknown(&mut self, fields: &'m UnknownFields) {
        self.out.field("unknown_fields", &format_args!("{} bytes", fields.as_bytes().len()));
    }
}

struct Value<'v, 'f>(&'v mut Formatter<'f>);

macro_rules! values {
    ($($method:ident: $type:ty;)*) => {$(
        fn $method(self, value: $type) -> fmt::Result {
            fmt::Debug::fmt(&value, self.0)
        }
    )*};
}

impl<'m> Sink<'m> for Value<'_, '_> {
    type Out = fmt::Result;

    values! {
        bool: bool;
        int32: i32;
        int64: i64;
        uint32: u32;
        uint64: u64;
        sint32: i32;
        sint64: i64;
        fixed32: u32;
        fixed64: u64;
        sfixed32: i32;
        sfixed64: i64;
        float: f32;
        double: f64;
        string: &'m str;
        bytes: &'m Bytes;
    }

    fn enumeration<N: Names>(self, names: N, value: i32) -> fmt::Result {
        number(names, value, self.0)
    }

    fn message<M: Shown<'m>>(self, value: M) -> fmt::Result {
        show(value, self.0)
    }

    fn group<M: Shown<'m>>(self, value: M) -> fmt::Result {
        show(value, self.0)
    }
}
