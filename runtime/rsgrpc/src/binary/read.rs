//! A [`Reader`] as the source of values.

use bytes::Bytes;

use super::packed::{check_packed, read_packed};
use super::room::grow;
use super::{merge_group, merge_leaf, merge_nested};
use crate::enumeration::Names;
use crate::error::Fault;
use crate::extension::{self, Record};
use crate::fill::Fill;
use crate::kind::{Read, Static};
use crate::message::Decode;
use crate::source::{Source, tag_for, tag_of};
use crate::view::RawList;
use crate::wire::wire_type::{LEN, START_GROUP, VARINT, item};
use crate::wire::{Context, Reader, Span, push_default, skip, unzigzag32, unzigzag64};
use crate::{Str, UnknownFields, UnknownFieldsView};

macro_rules! scalars {
    ($($method:ident: $type:ty, |$reader:ident| $value:expr;)*) => {$(
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn $method(&mut self) -> Result<$type, Fault> {
            let $reader = self;
            Ok($value)
        }
    )*};
}

impl<'a> Source<'a> for Reader<'_, 'a> {
    // Narrowing drops the upper bits, as the format asks for.
    scalars! {
        bool: bool, |reader| reader.varint()? != 0;
        int32: i32, |reader| reader.varint()? as i32;
        int64: i64, |reader| reader.varint()? as i64;
        uint32: u32, |reader| reader.varint()? as u32;
        uint64: u64, |reader| reader.varint()?;
        sint32: i32, |reader| unzigzag32(reader.varint()? as u32);
        sint64: i64, |reader| unzigzag64(reader.varint()?);
        fixed32: u32, |reader| u32::from_le_bytes(reader.fixed()?);
        fixed64: u64, |reader| u64::from_le_bytes(reader.fixed()?);
        sfixed32: i32, |reader| i32::from_le_bytes(reader.fixed()?);
        sfixed64: i64, |reader| i64::from_le_bytes(reader.fixed()?);
        float: f32, |reader| f32::from_le_bytes(reader.fixed()?);
        double: f64, |reader| f64::from_le_bytes(reader.fixed()?);
        str: &'a str, |reader| reader.borrowed_str()?;
        slice: &'a [u8], |reader| Reader::slice(reader)?;
        bytes: Bytes, |reader| {
            let part = Reader::slice(reader)?;
            reader.cx.share(part)
        };
    }

    /// Not as a result, whose parts the compiler would move one by one.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn bytes_into(&mut self, slot: &mut Bytes) -> Result<(), Fault> {
        let part = Reader::slice(self)?;
        *slot = self.cx.share(part);
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn string(&mut self, slot: &mut String) -> Result<(), Fault> {
        self.owned_str(slot)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn inline_string(&mut self, slot: &mut Str) -> Result<(), Fault> {
        self.inline_str(slot)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn enumeration<N: Names>(&mut self, _: N) -> Result<i32, Fault> {
        Ok(self.varint()? as i32)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn known<N: Names>(&mut self, names: N) -> Result<Result<i32, &'a [u8]>, Fault> {
        let before = self.rest();
        let value = self.varint()? as i32;
        Ok(if names.name(value).is_some() { Ok(value) } else { Err(before.before(self.rest())) })
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn message<M: Fill<'a>>(&mut self, _: u32, slot: &mut M) -> Result<(), Fault> {
        let span = self.delimited()?;
        merge_nested(slot, span, self.cx)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn listed<M: Fill<'a>>(&mut self, _: u32, slot: &mut M) -> Result<(), Fault> {
        let span = self.delimited()?;
        if M::LEAF { merge_leaf(slot, span, self.cx) } else { merge_nested(slot, span, self.cx) }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn check_message<M: Decode<'a>>(&mut self, number: u32) -> Result<(), Fault> {
        self.listed(number, &mut M::default())
    }

    #[inline]
    fn group<M: Fill<'a>>(&mut self, number: u32, slot: &mut M) -> Result<(), Fault> {
        let rest = merge_group::<M>(slot, number, self.rest(), self.cx)?;
        self.resume(rest);
        Ok(())
    }

    #[inline]
    fn check_group<M: Decode<'a>>(&mut self, number: u32) -> Result<(), Fault> {
        if self.cx.checked {
            return self.unwanted(number << 3 | START_GROUP).map(drop);
        }
        self.group(number, &mut M::default())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn many<K: Read<'a, T>, T: Default>(
        &mut self,
        tag: u32,
        kind: K,
        slot: &mut Vec<T>,
    ) -> Result<(), Fault> {
        if !K::UNPACKABLE && kind.packable() && tag & 7 == LEN {
            return read_packed(kind, tag >> 3, slot, self.delimited()?, self.cx);
        }
        loop {
            if slot.len() == slot.capacity() {
                let run = if kind.wire() == LEN && tag < 0x80 { tag } else { 0 };
                let left = grow(slot, run, self.rest(), self.cx)?;
                if left > 0 {
                    self.leave(left);
                    return Ok(());
                }
            }
            kind.read_listed(push_default(slot), tag >> 3, self)?;
            if !self.next_is(tag) {
                return Ok(());
            }
        }
    }

    #[inline(never)]
    fn many_known<N: Names, E: From<i32>>(
        &mut self,
        tag: u32,
        names: N,
        slot: &mut Vec<E>,
        unknown: &mut UnknownFields,
    ) -> Result<(), Fault> {
        each_known(self, tag, names, |value, at, cx| match value {
            Ok(value) => {
                if slot.len() == slot.capacity() {
                    grow(slot, 0, at, cx)?;
                }
                slot.push(value.into());
                Ok(())
            }
            Err(value) => {
                unknown.push(tag >> 3 << 3 | VARINT, value);
                Ok(())
            }
        })
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend<K: Read<'a, T>, T: Default>(
        &mut self,
        tag: u32,
        kind: K,
        slot: &mut RawList<'a>,
    ) -> Result<(), Fault> {
        let before = self.rest();
        let mut count = 0;
        if kind.packable() && tag & 7 == LEN {
            count = check_packed(kind.wire(), self.delimited()?, self.cx)?;
        } else if kind.wire() == LEN && self.cx.checked {
            count = self.step_over(tag)?;
        } else {
            loop {
                kind.check(tag >> 3, self)?;
                count += 1;
                if !self.next_is(tag) {
                    break;
                }
            }
        }
        if count > 0 {
            slot.add(tag, count, before, self.cx);
        }
        Ok(())
    }

    #[inline(never)]
    fn lend_known<N: Names>(
        &mut self,
        tag: u32,
        names: N,
        slot: &mut RawList<'a>,
        unknown: &mut UnknownFieldsView<'a>,
    ) -> Result<(), Fault> {
        let before = self.rest();
        let mut count = 0;
        each_known(self, tag, names, |value, at, cx| {
            match value {
                Ok(_) => count += 1,
                Err(value) => lend_unknown(tag >> 3 << 3 | VARINT, value, unknown, at, cx)?,
            }
            Ok(())
        })?;
        if count > 0 {
            slot.add(tag, count, before, self.cx);
        }
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn entry<K: Read<'a, A>, V: Read<'a, B>, A: Default, B: Default>(
        &mut self,
        (of_key, of_value): (K, V),
        key: &mut A,
        value: &mut B,
    ) -> Result<(), Fault> {
        let span = self.delimited()?;
        let mut entry = Reader::new(span, self.cx);
        while entry.more() {
            let tag = entry.tag();
            if tag == tag_for(1, of_key) {
                of_key.read(key, 1, &mut entry)?;
            } else if tag == tag_for(2, of_value) {
                of_value.read(value, 2, &mut entry)?;
            } else {
                entry.unwanted(tag)?;
            }
        }
        Ok(())
    }

    #[inline]
    fn entry_known<K: Read<'a, A>, A: Default, N: Names>(
        &mut self,
        (of_key, names): (K, N),
        key: &mut A,
        value: &mut i32,
    ) -> Result<Option<&'a [u8]>, Fault> {
        let before = self.rest();
        let span = self.delimited()?;
        let mut entry = Reader::new(span, self.cx);
        let mut is_known = true;
        while entry.more() {
            let tag = entry.tag();
            if tag == tag_for(1, of_key) {
                of_key.read(key, 1, &mut entry)?;
            } else if tag == 2 << 3 | VARINT {
                let read = entry.known(names)?;
                is_known = read.is_ok();
                *value = read.unwrap_or_default();
            } else {
                entry.unwanted(tag)?;
            }
        }
        Ok(if is_known { None } else { Some(before.before(self.rest())) })
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend_entry<K: Read<'a, A>, V: Read<'a, B>, A: Default, B: Default>(
        &mut self,
        tag: u32,
        kinds: (K, V),
        slot: &mut RawList<'a>,
    ) -> Result<(), Fault> {
        let before = self.rest();
        let mut count = 0;
        if self.cx.checked {
            count = self.step_over(tag)?;
        } else {
            loop {
                self.entry(kinds, &mut A::default(), &mut B::default())?;
                count += 1;
                if !self.next_is(tag) {
                    break;
                }
            }
        }
        slot.add(tag, count, before, self.cx);
        Ok(())
    }

    #[inline(never)]
    fn lend_entry_known<K: Read<'a, A>, A: Default, N: Names>(
        &mut self,
        tag: u32,
        kinds: (K, N),
        slot: &mut RawList<'a>,
        unknown: &mut UnknownFieldsView<'a>,
    ) -> Result<(), Fault> {
        let before = self.rest();
        match self.entry_known(kinds, &mut A::default(), &mut 0)? {
            Some(entry) => lend_unknown(tag, entry, unknown, before, self.cx)?,
            None => slot.add(tag, 1, before, self.cx),
        }
        Ok(())
    }

    #[cold]
    fn item<M: Fill<'a>>(&mut self, slot: impl FnOnce(u32) -> Option<M>) -> Result<bool, Fault> {
        let mut ahead = Reader::new(self.rest(), self.cx);
        let value = ahead.unwanted(item::START)?;
        let rest = ahead.rest();
        let Some((number, message)) = extension::item(Record { tag: item::START, value }) else {
            return Ok(false);
        };
        let Some(mut slot) = slot(number) else { return Ok(false) };
        let message = self.cx.input().part_of(message);
        merge_nested::<M>(&mut slot, message, self.cx)?;
        self.resume(rest);
        Ok(true)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn unknown(&mut self, tag: u32, slot: &mut UnknownFields) -> Result<(), Fault> {
        let len = keep_field(self.rest(), self.cx, tag, slot)?;
        self.leave(len);
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend_unknown(&mut self, tag: u32, slot: &mut UnknownFieldsView<'a>) -> Result<(), Fault> {
        let (len, fields) = lend_field(self.rest(), self.cx, tag, std::mem::take(slot))?;
        *slot = fields;
        self.leave(len);
        Ok(())
    }

    #[inline]
    fn charge(&mut self, bytes: usize) -> Result<(), Fault> {
        let here = self.rest();
        self.cx.charge(bytes, here)
    }
}

impl<'a> Reader<'_, 'a> {
    /// Steps over a value, and returns it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn unwanted(&mut self, tag: u32) -> Result<&'a [u8], Fault> {
        let before = self.rest();
        let rest = skip(before, self.cx, tag)?;
        self.resume(rest);
        Ok(before.before(rest))
    }

    /// Steps over values of a list or a map that was checked before, one or more;
    /// gives back their number.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn step_over(&mut self, tag: u32) -> Result<usize, Fault> {
        let (rest, count) = step_over(self.rest(), self.cx, tag)?;
        self.resume(rest);
        Ok(count)
    }

    /// An entry of a map's view; none where the map leaves it out.
    #[inline]
    pub(crate) fn element<K: Static + Read<'a, A>, V: Static + Read<'a, B>, A: Default, B: Default>(
        &mut self,
    ) -> Result<Option<(A, B)>, Fault> {
        let span = self.delimited()?;
        let mut entry = Reader::new(span, self.cx);
        let (mut key, mut value) = (A::default(), Some(B::default()));
        while entry.more() {
            let tag = entry.tag();
            if tag == tag_of::<K>(1) {
                K::KIND.read(&mut key, 1, &mut entry)?;
            } else if tag == tag_of::<V>(2) {
                match &mut value {
                    // Messages merge.
                    Some(value) if V::MESSAGE => V::KIND.read(value, 2, &mut entry)?,
                    _ => value = V::KIND.element(2, &mut entry)?,
                }
            } else {
                entry.unwanted(tag)?;
            }
        }
        Ok(value.map(|value| (key, value)))
    }
}

/// Steps over values with a length, those behind `tag` that follow each other from
/// the start of `values`; gives back what follows, and their number. Out of line,
/// since it is for what is walked over and stands where it is checked.
#[cold]
#[inline(never)]
fn step_over<'a>(values: Span<'a>, cx: &mut Context<'a>, tag: u32) -> Result<(Span<'a>, usize), Fault> {
    let mut reader = Reader::new(values, cx);
    let mut count = 0;
    loop {
        reader.delimited()?;
        count += 1;
        if !reader.next_is(tag) {
            return Ok((reader.rest(), count));
        }
    }
}

/// Hands out the values of a closed enum behind `tag`, packed or not.
fn each_known<'a, N: Names>(
    reader: &mut Reader<'_, 'a>,
    tag: u32,
    names: N,
    mut take: impl FnMut(Result<i32, &'a [u8]>, Span<'a>, &mut Context<'a>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    if tag & 7 != LEN {
        let value = reader.known(names)?;
        let rest = reader.rest();
        return take(value, rest, reader.cx);
    }
    let run = reader.delimited()?;
    let mut run = Reader::new(run, reader.cx);
    while run.more() {
        let value = run.known(names)?;
        let rest = run.rest();
        take(value, rest, run.cx)?;
    }
    Ok(())
}

/// Keeps an unknown field, whose value starts `value`; gives back its length.
#[cold]
#[inline(never)]
fn keep_field<'a>(
    value: Span<'a>,
    cx: &mut Context<'a>,
    tag: u32,
    slot: &mut UnknownFields,
) -> Result<usize, Fault> {
    let rest = skip(value, cx, tag)?;
    let value = value.before(rest);
    slot.push(tag, value);
    Ok(value.len())
}

/// The same, borrowed. By value, so that the view's address does not escape.
#[cold]
#[inline(never)]
fn lend_field<'a>(
    value: Span<'a>,
    cx: &mut Context<'a>,
    tag: u32,
    mut fields: UnknownFieldsView<'a>,
) -> Result<(usize, UnknownFieldsView<'a>), Fault> {
    let rest = skip(value, cx, tag)?;
    let bytes = value.before(rest);
    lend_unknown(tag, bytes, &mut fields, value, cx)?;
    Ok((bytes.len(), fields))
}

fn lend_unknown<'a>(
    tag: u32,
    value: &'a [u8],
    slot: &mut UnknownFieldsView<'a>,
    at: Span<'a>,
    cx: &mut Context<'a>,
) -> Result<(), Fault> {
    cx.charge(slot.next_cost(), at)?;
    *slot = std::mem::take(slot).with(tag, value);
    Ok(())
}
