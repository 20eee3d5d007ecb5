//! The search for required fields that are not set.

use bytes::Bytes;

use crate::enumeration::Enumeration;
use crate::field::Fields;
use crate::kind::Show;
use crate::label::Label;
use crate::visit::{Sink, Visitor};
use crate::{Map, Message, UnknownFields};

/// The path of the first required field that is missing.
#[inline(never)]
pub(crate) fn missing<M: Message>(message: &M) -> Option<String> {
    let mut search = Search(None);
    message.fields().visit(&mut search);
    search.0
}

struct Search(Option<String>);

impl Search {
    /// Looks into a value of the field `label`, unless something was found.
    fn look<K: Show<T>, T>(&mut self, label: &Label, value: &T) {
        if self.0.is_none()
            && let Some(path) = K::show(value, Inside)
        {
            self.0 = Some(format!("{}.{path}", label.name));
        }
    }
}

impl Visitor for Search {
    fn one<K: Show<T>, T>(&mut self, label: &Label, value: &T) {
        self.look::<K, T>(label, value);
    }

    fn many<K: Show<T>, T>(&mut self, label: &Label, values: &[T], _: bool) {
        if !K::PACKABLE {
            values.iter().for_each(|value| self.look::<K, T>(label, value));
        }
    }

    fn map<K: Show<A>, V: Show<B>, A, B>(&mut self, label: &Label, entries: &Map<A, B>) {
        if !V::PACKABLE {
            entries.values().for_each(|value| self.look::<V, B>(label, value));
        }
    }

    fn unknown(&mut self, _: &UnknownFields) {}

    fn absent(&mut self, label: &Label) {
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

impl Sink for Inside {
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
        string: &str;
        bytes: &Bytes;
    }

    fn enumeration<E: Enumeration>(self, _: E) -> Option<String> {
        None
    }

    fn message<M: Message>(self, value: &M) -> Option<String> {
        value.missing()
    }

    fn group<M: Message>(self, value: &M) -> Option<String> {
        value.missing()
    }
}
