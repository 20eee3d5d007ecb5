//! Text as the source of values.

use std::marker::PhantomData;

use bytes::Bytes;

use super::error::NOTED;
use super::input::{Given, Input, Target};
use crate::enumeration::Enumeration;
use crate::error::{Cause, Fault};
use crate::field::Fields;
use crate::kind::{ClosedEnum, Kind, Read};
use crate::label::Label;
use crate::message::Decode;
use crate::source::Source;
use crate::view::RawList;
use crate::wire::push_default;
use crate::{Message, UnknownFields, UnknownFieldsView};

macro_rules! scalars {
    ($($method:ident: $type:ty, |$lexer:ident| $value:expr;)*) => {$(
        fn $method(&mut self) -> Result<$type, Fault> {
            self.begin(true)?;
            let $lexer = &mut self.lexer;
            $value
        }
    )*};
}

/// Views borrow what they are made of; text is not that.
const BORROW: Fault = Fault::new(Cause::Borrow);

impl<'a> Source<'a> for Input<'a> {
    scalars! {
        bool: bool, |lexer| lexer.boolean();
        int32: i32, |lexer| lexer.signed();
        int64: i64, |lexer| lexer.signed();
        uint32: u32, |lexer| lexer.unsigned();
        uint64: u64, |lexer| lexer.unsigned();
        sint32: i32, |lexer| lexer.signed();
        sint64: i64, |lexer| lexer.signed();
        fixed32: u32, |lexer| lexer.unsigned();
        fixed64: u64, |lexer| lexer.unsigned();
        sfixed32: i32, |lexer| lexer.signed();
        sfixed64: i64, |lexer| lexer.signed();
        float: f32, |lexer| lexer.float(|digits| digits.parse().ok());
        double: f64, |lexer| lexer.float(|digits| digits.parse().ok());
    }

    fn string(&mut self, slot: &mut String) -> Result<(), Fault> {
        if let Some(Given::Text(text)) = self.given.take() {
            *slot = text;
            return Ok(());
        }
        self.begin(true)?;
        let start = self.lexer.start();
        let bytes = self.lexer.string()?;
        match String::from_utf8(bytes) {
            Ok(text) => *slot = text,
            Err(_) => return Err(self.lexer.fail_at(start, "the string is not UTF-8")),
        }
        Ok(())
    }

    fn str(&mut self) -> Result<&'a str, Fault> {
        Err(BORROW)
    }

    fn bytes(&mut self) -> Result<Bytes, Fault> {
        if let Some(Given::Blob(bytes)) = self.given.take() {
            return Ok(bytes);
        }
        self.begin(true)?;
        Ok(self.lexer.string()?.into_boxed_slice().into())
    }

    fn slice(&mut self) -> Result<&'a [u8], Fault> {
        Err(BORROW)
    }

    fn enumeration<E: Enumeration>(&mut self) -> Result<E, Fault> {
        self.begin(true)?;
        let start = self.lexer.start();
        match self.lexer.word() {
            Some(name) => E::from_name(name)
                .ok_or_else(|| self.lexer.fail_at(start, format!("`{}` has no value `{name}`", E::NAME))),
            None => Ok(E::from(self.lexer.signed()?)),
        }
    }

    fn known<E: Enumeration>(&mut self) -> Result<Result<E, &'a [u8]>, Fault> {
        let start = self.lexer.start();
        let value: E = self.enumeration()?;
        if !value.is_known() {
            let text = format!("`{}` has no value {}", E::NAME, value.number());
            return Err(self.lexer.fail_at(start, text));
        }
        Ok(Ok(value))
    }

    fn message<M: Decode<'a>>(&mut self, _: u32, slot: &mut M) -> Result<(), Fault> {
        self.begin(false)?;
        let value = self.value;
        self.body(&mut Slot(slot))?;
        self.value = value;
        Ok(())
    }

    fn check_message<M: Decode<'a>>(&mut self, number: u32) -> Result<(), Fault> {
        self.message(number, &mut M::default())
    }

    fn group<M: Decode<'a>>(&mut self, number: u32, slot: &mut M) -> Result<(), Fault> {
        if let Some((name, parent)) = self.group.take()
            && !is_nested(M::Message::NAME, parent, name)
        {
            return Err(self.lexer.fail(format!("`{parent}` has no field `{name}`")));
        }
        self.message(number, slot)
    }

    fn check_group<M: Decode<'a>>(&mut self, number: u32) -> Result<(), Fault> {
        self.group(number, &mut M::default())
    }

    fn many<K: Read<'a, T>, T: Default>(&mut self, tag: u32, slot: &mut Vec<T>) -> Result<(), Fault> {
        self.element();
        if slot.len() == slot.capacity() {
            self.charge(slot.len().max(4).saturating_mul(size_of::<T>()))?;
        }
        K::read(push_default(slot), tag >> 3, self)
    }

    fn many_known<E: Enumeration>(
        &mut self,
        tag: u32,
        slot: &mut Vec<E>,
        _: &mut UnknownFields,
    ) -> Result<(), Fault> {
        self.many::<ClosedEnum, E>(tag, slot)
    }

    fn lend<K: Read<'a, T>, T: Default>(&mut self, _: u32, _: &mut RawList<'a>) -> Result<(), Fault> {
        Err(BORROW)
    }

    fn lend_known<E: Enumeration>(
        &mut self,
        _: u32,
        _: &mut RawList<'a>,
        _: &mut UnknownFieldsView<'a>,
    ) -> Result<(), Fault> {
        Err(BORROW)
    }

    fn entry<K: Read<'a, A>, V: Read<'a, B>, A: Default, B: Default>(
        &mut self,
        key: &mut A,
        value: &mut B,
    ) -> Result<(), Fault> {
        self.element();
        self.begin(false)?;
        let outer = self.value;
        self.body(&mut Entry::<K, V, A, B> { key, value, kinds: PhantomData })?;
        self.value = outer;
        Ok(())
    }

    fn entry_known<K: Read<'a, A>, A: Default, E: Enumeration>(
        &mut self,
        key: &mut A,
        value: &mut E,
    ) -> Result<Option<&'a [u8]>, Fault> {
        self.entry::<K, ClosedEnum, A, E>(key, value)?;
        Ok(None)
    }

    fn lend_entry<K: Read<'a, A>, V: Read<'a, B>, A: Default, B: Default>(
        &mut self,
        _: u32,
        _: &mut RawList<'a>,
    ) -> Result<(), Fault> {
        Err(BORROW)
    }

    fn lend_entry_known<K: Read<'a, A>, A: Default, E: Enumeration>(
        &mut self,
        _: u32,
        _: &mut RawList<'a>,
        _: &mut UnknownFieldsView<'a>,
    ) -> Result<(), Fault> {
        Err(BORROW)
    }

    fn unknown(&mut self, _: u32, slot: &mut UnknownFields) -> Result<(), Fault> {
        match self.given.take() {
            Some(Given::Records(records)) => {
                slot.append(records.as_bytes());
                Ok(())
            }
            _ => Err(NOTED),
        }
    }

    fn lend_unknown(&mut self, _: u32, _: &mut UnknownFieldsView<'a>) -> Result<(), Fault> {
        Err(BORROW)
    }

    fn charge(&mut self, bytes: usize) -> Result<(), Fault> {
        match self.memory.checked_sub(bytes) {
            Some(left) => self.memory = left,
            None => return Err(Fault::new(Cause::Memory)),
        }
        Ok(())
    }
}

impl Input<'_> {
    /// Notes that the field can have many values, of which one comes next.
    fn element(&mut self) {
        self.value.repeated = true;
        self.value.in_list = false;
    }
}

/// Whether `full` is the message `simple` declared in `parent`.
pub(super) fn is_nested(full: &str, parent: &str, simple: &str) -> bool {
    full.rsplit_once('.') == Some((parent, simple))
}

/// A message that is being read.
pub(super) struct Slot<'m, M>(pub(super) &'m mut M);

impl<'a, M: Decode<'a>> Target<'a> for Slot<'_, M> {
    fn name(&self) -> &'static str {
        M::Message::NAME
    }

    fn find(&self, wanted: &mut dyn FnMut(&Label) -> bool) -> Option<&'static Label> {
        M::Message::default_ref().fields().find(&mut |label| wanted(label))
    }

    fn oneof(&self, number: u32) -> &'static [&'static Label] {
        M::Message::default_ref().fields().oneof(number)
    }

    fn reserved(&self) -> &'static [&'static str] {
        M::Message::RESERVED
    }

    fn merge(&mut self, tag: u32, input: &mut Input<'a>) -> Result<(), Fault> {
        self.0.merge(tag, input)
    }

    fn try_merge(&self, tag: u32, input: &mut Input<'a>) -> Result<(), Fault> {
        M::default().merge(tag, input)
    }
}

/// An entry of a map: a message with two fields.
struct Entry<'m, K, V, A, B> {
    key: &'m mut A,
    value: &'m mut B,
    kinds: PhantomData<fn(K, V)>,
}

impl<K: Kind, V: Kind, A, B> Entry<'_, K, V, A, B> {
    const KEY: Label = Label::new(1, K::WIRE, "key");
    const VALUE: Label = Label::new(2, V::WIRE, "value");
}

impl<'a, K: Read<'a, A>, V: Read<'a, B>, A: Default, B: Default> Target<'a> for Entry<'_, K, V, A, B> {
    fn name(&self) -> &'static str {
        "an entry of a map"
    }

    fn find(&self, wanted: &mut dyn FnMut(&Label) -> bool) -> Option<&'static Label> {
        [&Self::KEY, &Self::VALUE].into_iter().find(|label| wanted(label))
    }

    fn oneof(&self, _: u32) -> &'static [&'static Label] {
        &[]
    }

    fn reserved(&self) -> &'static [&'static str] {
        &[]
    }

    fn merge(&mut self, tag: u32, input: &mut Input<'a>) -> Result<(), Fault> {
        if tag == Self::KEY.tag { K::read(self.key, 1, input) } else { V::read(self.value, 2, input) }
    }

    fn try_merge(&self, tag: u32, input: &mut Input<'a>) -> Result<(), Fault> {
        if tag == Self::KEY.tag {
            K::read(&mut A::default(), 1, input)
        } else {
            V::read(&mut B::default(), 2, input)
        }
    }
}
