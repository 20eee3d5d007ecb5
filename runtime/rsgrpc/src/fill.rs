//! What a source fills: a message or its view, or a dynamic message with its
//! descriptor.

use crate::error::Fault;
use crate::field::Fields;
use crate::kind::Show;
#[cfg(feature = "json")]
use crate::label::MadeKey;
use crate::label::{FieldLabel, Label};
use crate::message::Decode;
use crate::visit::Visitor;
use crate::{Map, Message, Source, UnknownFields};

/// A message on its way in. What its schema says lives for `'a`, as the input
/// does.
pub trait Fill<'a> {
    /// Its full name, where that is known at compile time.
    const STATIC_NAME: Option<&'static str>;
    /// Small and without messages of its own: worth decoding in place.
    const LEAF: bool = false;

    /// Its full name.
    fn name(&self) -> &'a str;
    /// Takes in the value of the field that `tag` announces.
    ///
    /// # Errors
    /// The source holds no such value.
    fn fill<S: Source<'a>>(&mut self, tag: u32, source: &mut S) -> Result<(), Fault>;
    /// The same for an empty message of the same type, which is dropped.
    ///
    /// # Errors
    /// The source holds no such value.
    fn probe<S: Source<'a>>(&self, tag: u32, source: &mut S) -> Result<(), Fault>;
    /// The field of this name in the schema; an extension of a dynamic message
    /// is called by its full name in brackets.
    fn named(&self, name: &str) -> Option<Place<'a>>;
    /// The field of this name in JSON, or else in the schema.
    #[cfg(feature = "json")]
    fn named_in_json(&self, name: &[u8]) -> Option<Place<'a>>;
    /// The field at `index` with its key in JSON; none where there is no such key
    /// that needs no escapes.
    #[cfg(feature = "json")]
    fn nth_in_json(&self, index: usize) -> Option<(Place<'a>, &'a MadeKey)>;
    /// The fields, each with whether an empty message lacks it.
    fn places(&self) -> Vec<(Place<'a>, bool)>;
    /// The field with this number.
    fn numbered(&self, number: u32) -> Option<Place<'a>>;
    /// The name of another member of the `oneof` that has the field `number`,
    /// one that `is_set`.
    fn rival(&self, number: u32, is_set: &mut dyn FnMut(u32) -> bool) -> Option<&'a str>;
    /// Whether the schema reserves this name.
    fn reserves(&self, name: &str) -> bool;
}

/// A field of a message that is filled.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Which of the message's fields, from 0.
    pub index: usize,
    /// Its number.
    pub number: u32,
    /// The tag of an unpacked value.
    pub tag: u32,
    /// Its name in the schema.
    pub name: &'a str,
    /// It is a member of a `oneof`.
    pub in_oneof: bool,
}

impl<'a> Place<'a> {
    pub(crate) fn new(index: usize, label: &FieldLabel<'a>) -> Self {
        Self { index, number: label.number, tag: label.tag, name: label.name, in_oneof: label.in_oneof }
    }
}

impl<'a, M: Decode<'a>> Fill<'a> for M {
    const STATIC_NAME: Option<&'static str> = Some(<M::Message as Message>::NAME);
    const LEAF: bool = <M as Decode<'a>>::LEAF;

    #[inline]
    fn name(&self) -> &'a str {
        <M::Message as Message>::NAME
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn fill<S: Source<'a>>(&mut self, tag: u32, source: &mut S) -> Result<(), Fault> {
        self.merge(tag, source)
    }

    #[cold]
    fn probe<S: Source<'a>>(&self, tag: u32, source: &mut S) -> Result<(), Fault> {
        M::default().merge(tag, source)
    }

    fn named(&self, name: &str) -> Option<Place<'a>> {
        search::<M::Message>(&mut |label| label.name == name)
    }

    #[cfg(feature = "json")]
    fn named_in_json(&self, name: &[u8]) -> Option<Place<'a>> {
        search::<M::Message>(&mut |label| label.json_is(name))
            .or_else(|| search::<M::Message>(&mut |label| label.name.as_bytes() == name))
    }

    #[cfg(feature = "json")]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn nth_in_json(&self, index: usize) -> Option<(Place<'a>, &'a MadeKey)> {
        let label = M::Message::default_ref().fields().nth(index)?;
        Some((Place::new(index, label), label.made_key()?))
    }

    fn places(&self) -> Vec<(Place<'a>, bool)> {
        let fields = M::Message::default_ref().fields();
        let mut absent = Absent(Vec::new());
        if M::Message::REQUIRED {
            fields.visit(&mut absent);
        }
        let mut places = Vec::new();
        fields.find(&mut |label| {
            places.push((Place::new(places.len(), label), absent.0.contains(&label.number)));
            false
        });
        places
    }

    fn numbered(&self, number: u32) -> Option<Place<'a>> {
        search::<M::Message>(&mut |label| label.number == number)
    }

    fn rival(&self, number: u32, is_set: &mut dyn FnMut(u32) -> bool) -> Option<&'a str> {
        let members = M::Message::default_ref().fields().oneof(number);
        members.iter().find(|label| is_set(label.number)).map(|label| label.name)
    }

    fn reserves(&self, name: &str) -> bool {
        M::Message::RESERVED.contains(&name)
    }
}

/// The numbers of the required fields, seen in a message that has none of them.
struct Absent(Vec<u32>);

impl<'m> Visitor<'m> for Absent {
    fn one<K: Show<T> + 'm, T>(&mut self, _: &FieldLabel<'m>, _: K, _: &'m T) {}
    fn many<K: Show<T> + 'm, T>(&mut self, _: &FieldLabel<'m>, _: K, _: &'m [T], _: bool) {}
    fn map<K: Show<A> + 'm, V: Show<B> + 'm, A, B>(
        &mut self,
        _: &FieldLabel<'m>,
        _: (K, V),
        _: &'m Map<A, B>,
    ) {
    }
    fn unknown(&mut self, _: &'m UnknownFields) {}
    fn absent(&mut self, label: &FieldLabel<'m>) {
        self.0.push(label.number);
    }
}

/// The first field that is `wanted`.
fn search<M: Message>(wanted: &mut dyn FnMut(&'static Label) -> bool) -> Option<Place<'static>> {
    let mut index = 0;
    let found = M::default_ref().fields().find(&mut |label| {
        index += 1;
        wanted(label)
    })?;
    Some(Place::new(index - 1, found))
}
