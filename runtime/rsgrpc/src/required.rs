//! The search for required fields that are not set.

use bytes::Bytes;

use crate::enumeration::Names;
use crate::kind::Show;
use crate::label::FieldLabel;
use crate::visit::{Shown, Sink, Visitor};
use crate::{Map, UnknownFields};

/// The path of the first required field that is missing.
#[inline(never)]
pub(crate) fn missing<'m, M: Shown<'m>>(message: M) -> Option<String> {
    let mut search = Search(None);
    message.visit(&mut search);
    search.0
}

struct Search(Option<String>);

impl Search {
    /// Looks into a value of the field `label`, unless something was found.
    fn look<'m, K: Show<T> + 'm, T>(&mut self, label: &FieldLabel<'m>, kind: K, value: &'m T) {
        if self.0.is_none()
            && let Some(path) = kind.show(value, Inside)
        {
            self.0 = Some(format!("{}.{path}", label.name));
        }
    }
}

impl<'m> Visitor<'m> for Search {
    fn one<K: Show<T> + 'm, T>(&mut self, label: &FieldLabel<'m>, kind: K, value: &'m T) {
        self.look(label, kind, value);
    }

    fn many<K: Show<T> + 'm, T>(&mut self, label: &FieldLabel<'m>, kind: K, values: &'m [T], _: bool) {
        if !kind.packable() {
            values.iter().for_each(|value| self.look(label, kind, value));
        }
    }

    fn map<K: Show<A> + 'm, V: Show<B> + 'm, A, B>(
        &mut self,
        label: &FieldLabel<'m>,
        (_, of_value): (K, V),
        entries: &'m Map<A, B>,
    ) {
        if !of_value.packable() {
            entries.values().for_each(|value| self.look(label, of_value, value));
        }
    }

    fn unknown(&mut self, _: &'m UnknownFields) {}

    fn absent(&mut self, label: &FieldLabel<'m>) {
        self.0.get_or_insert_with(|| label.name.to_owned());
    }
}

/// Finds nothing in a scalar, and searches a message.
struct Inside;

macro_rules! scalars {
    ($($method:ident: $type:ty;)*) => {$(
        fn $method(self, _: $type) -> Option<String> {
            None
        }
    )*};
}

impl<'m> Sink<'m> for Inside {
    type Out = Option<String>;

    scalars! {
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

    fn enumeration<N: Names>(self, _: N, _: i32) -> Option<String> {
        None
    }

    fn message<M: Shown<'m>>(self, value: M) -> Option<String> {
        value.missing()
    }

    fn group<M: Shown<'m>>(self, value: M) -> Option<String> {
        value.missing()
    }
}
