//! Text as the source of values.

use bytes::Bytes;

use super::error::NOTED;
use super::input::{Given, Input, Target};
use crate::enumeration::Names;
use crate::error::{Cause, Fault};
use crate::fill::{Fill, Place};
use crate::kind::{Kind, Read};
use crate::message::Decode;
use crate::source::{Source, tag_for};
use crate::view::RawList;
use crate::wire::push_default;
use crate::wire::wire_type::VARINT;
use crate::{UnknownFields, UnknownFieldsView};

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

    fn enumeration<N: Names>(&mut self, names: N) -> Result<i32, Fault> {
        self.begin(true)?;
        let start = self.lexer.start();
        match self.lexer.word() {
            Some(name) => names.number(name).ok_or_else(|| {
                self.lexer.fail_at(start, format!("`{}` has no value `{name}`", names.type_name()))
            }),
            None => self.lexer.signed(),
        }
    }

    fn known<N: Names>(&mut self, names: N) -> Result<Result<i32, &'a [u8]>, Fault> {
        let start = self.lexer.start();
        let value = self.enumeration(names)?;
        if names.name(value).is_none() {
            let text = format!("`{}` has no value {value}", names.type_name());
            return Err(self.lexer.fail_at(start, text));
        }
        Ok(Ok(value))
    }

    fn message<M: Fill<'a>>(&mut self, _: u32, slot: &mut M) -> Result<(), Fault> {
        self.begin(false)?;
        let value = self.value;
        self.body(slot)?;
        self.value = value;
        Ok(())
    }

    fn check_message<M: Decode<'a>>(&mut self, number: u32) -> Result<(), Fault> {
        self.message(number, &mut M::default())
    }

    fn group<M: Fill<'a>>(&mut self, number: u32, slot: &mut M) -> Result<(), Fault> {
        if let Some((name, parent)) = self.group.take()
            && !is_nested(slot.name(), parent, name)
        {
            return Err(self.lexer.fail(format!("`{parent}` has no field `{name}`")));
        }
        self.message(number, slot)
    }

    fn check_group<M: Decode<'a>>(&mut self, number: u32) -> Result<(), Fault> {
        self.group(number, &mut M::default())
    }

    fn many<K: Read<'a, T>, T: Default>(
        &mut self,
        tag: u32,
        kind: K,
        slot: &mut Vec<T>,
    ) -> Result<(), Fault> {
        self.element();
        if slot.len() == slot.capacity() {
            self.charge(slot.len().max(4).saturating_mul(size_of::<T>()))?;
        }
        kind.read(push_default(slot), tag >> 3, self)
    }

    fn many_known<N: Names, E: From<i32>>(
        &mut self,
        _: u32,
        names: N,
        slot: &mut Vec<E>,
        _: &mut UnknownFields,
    ) -> Result<(), Fault> {
        self.element();
        if slot.len() == slot.capacity() {
            self.charge(slot.len().max(4).saturating_mul(size_of::<E>()))?;
        }
        let value = self.known(names)?;
        slot.extend(value.ok().map(E::from));
        Ok(())
    }

    fn lend<K: Read<'a, T>, T: Default>(&mut self, _: u32, _: K, _: &mut RawList<'a>) -> Result<(), Fault> {
        Err(BORROW)
    }

    fn lend_known<N: Names>(
        &mut self,
        _: u32,
        _: N,
        _: &mut RawList<'a>,
        _: &mut UnknownFieldsView<'a>,
    ) -> Result<(), Fault> {
        Err(BORROW)
    }

    fn entry<K: Read<'a, A>, V: Read<'a, B>, A: Default, B: Default>(
        &mut self,
        kinds: (K, V),
        key: &mut A,
        value: &mut B,
    ) -> Result<(), Fault> {
        self.element();
        self.begin(false)?;
        let outer = self.value;
        self.body(&mut Entry { key, value, kinds })?;
        self.value = outer;
        Ok(())
    }

    fn entry_known<K: Read<'a, A>, A: Default, N: Names>(
        &mut self,
        (of_key, names): (K, N),
        key: &mut A,
        value: &mut i32,
    ) -> Result<Option<&'a [u8]>, Fault> {
        self.entry((of_key, Number(names)), key, value)?;
        Ok(None)
    }

    fn lend_entry<K: Read<'a, A>, V: Read<'a, B>, A: Default, B: Default>(
        &mut self,
        _: u32,
        _: (K, V),
        _: &mut RawList<'a>,
    ) -> Result<(), Fault> {
        Err(BORROW)
    }

    fn lend_entry_known<K: Read<'a, A>, A: Default, N: Names>(
        &mut self,
        _: u32,
        _: (K, N),
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

impl<'a, M: Fill<'a>> Target<'a> for M {
    fn full_name(&self) -> &'a str {
        self.name()
    }

    fn find(&self, name: &str) -> Option<Place<'a>> {
        self.named(name)
    }

    fn rival(&self, number: u32, set: &[u32]) -> Option<&'a str> {
        Fill::rival(self, number, &mut |other| set.contains(&other))
    }

    fn reserves(&self, name: &str) -> bool {
        Fill::reserves(self, name)
    }

    fn merge(&mut self, tag: u32, input: &mut Input<'a>) -> Result<(), Fault> {
        self.fill(tag, input)
    }

    fn try_merge(&self, tag: u32, input: &mut Input<'a>) -> Result<(), Fault> {
        self.probe(tag, input)
    }
}

/// The kind of a closed enum's numbers.
#[derive(Clone, Copy)]
struct Number<N>(N);

impl<N: Names> Kind for Number<N> {
    fn wire(self) -> u32 {
        VARINT
    }
}

impl<'a, N: Names> Read<'a, i32> for Number<N> {
    fn read<S: Source<'a>>(self, slot: &mut i32, _: u32, source: &mut S) -> Result<(), Fault> {
        if let Ok(value) = source.known(self.0)? {
            *slot = value;
        }
        Ok(())
    }
}

/// An entry of a map: a message with two fields.
struct Entry<'m, K, V, A, B> {
    key: &'m mut A,
    value: &'m mut B,
    kinds: (K, V),
}

impl<'a, K: Read<'a, A>, V: Read<'a, B>, A: Default, B: Default> Fill<'a> for Entry<'_, K, V, A, B> {
    const STATIC_NAME: Option<&'static str> = None;

    fn name(&self) -> &'a str {
        "an entry of a map"
    }

    fn fill<S: Source<'a>>(&mut self, tag: u32, source: &mut S) -> Result<(), Fault> {
        let (key, value) = self.kinds;
        if tag == tag_for(1, key) { key.read(self.key, 1, source) } else { value.read(self.value, 2, source) }
    }

    fn probe<S: Source<'a>>(&self, tag: u32, source: &mut S) -> Result<(), Fault> {
        Entry { key: &mut A::default(), value: &mut B::default(), kinds: self.kinds }.fill(tag, source)
    }

    fn named(&self, name: &str) -> Option<Place<'a>> {
        match name {
            "key" => self.numbered(1),
            "value" => self.numbered(2),
            _ => None,
        }
    }

    #[cfg(feature = "json")]
    fn named_in_json(&self, _: &[u8]) -> Option<Place<'a>> {
        None
    }

    #[cfg(feature = "json")]
    fn nth_in_json(&self, _: usize) -> Option<(Place<'a>, &'a crate::label::MadeKey)> {
        None
    }

    fn places(&self) -> Vec<(Place<'a>, bool)> {
        [1, 2].into_iter().filter_map(|number| Some((self.numbered(number)?, false))).collect()
    }

    fn numbered(&self, number: u32) -> Option<Place<'a>> {
        let (key, value) = self.kinds;
        Some(match number {
            1 => Place { index: 0, number, tag: tag_for(1, key), name: "key", in_oneof: false },
            2 => Place { index: 1, number, tag: tag_for(2, value), name: "value", in_oneof: false },
            _ => return None,
        })
    }

    fn rival(&self, _: u32, _: &mut dyn FnMut(u32) -> bool) -> Option<&'a str> {
        None
    }

    fn reserves(&self, _: &str) -> bool {
        false
    }
}
