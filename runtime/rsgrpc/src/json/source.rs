//! The reader as the source of values.

use ::base64::Engine;
use ::base64::alphabet::{STANDARD, URL_SAFE};
use ::base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;

use super::error::Cause;
use super::form::is_null;
use super::number::{self, NotInteger, Short, Sign, Whole};
use super::object::{message, shortened};
use super::reader::{Given, Reader};
use crate::enumeration::Names;
use crate::error::Fault;
use crate::fill::Fill;
use crate::kind::Read;
use crate::message::Decode;
use crate::source::Source;
use crate::view::RawList;
use crate::wire::{base64, push_default};
use crate::{Str, UnknownFields, UnknownFieldsView};

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// Base64 with or without padding: the standard alphabet, and the one for URLs.
const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
const BASE64_URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

macro_rules! integers {
    ($($method:ident: $type:ty, $name:literal, $at_once:ident;)*) => {$(
        #[inline(never)]
        fn $method(&mut self) -> Result<$type, Fault> {
            if let Some((value, end)) = self.$at_once()
                && let Ok(value) = value.try_into()
            {
                self.at = end;
                return Ok(value);
            }
            let (at, value) = self.integer()?;
            <$type>::try_from(value).map_err(|_| self.out_of_range(at, $name))
        }
    )*};
}

macro_rules! floats {
    ($($method:ident: $type:ty;)*) => {$(
        #[inline(never)]
        fn $method(&mut self) -> Result<$type, Fault> {
            if let Some(value) = self.short(Short::$method) {
                return Ok(value);
            }
            let at = self.place();
            let text = self.number(true)?;
            match text.parse::<$type>() {
                // The names of infinities end like this; a number does not.
                Ok(value) if value.is_finite() || text.ends_with(['y', 'N']) => Ok(value),
                _ => Err(self.out_of_range(at, stringify!($method))),
            }
        }
    )*};
}

impl<'a> Source<'a> for Reader<'a, '_> {
    integers! {
        int32: i32, "int32", few;
        int64: i64, "int64", signed;
        uint32: u32, "uint32", few;
        uint64: u64, "uint64", unsigned;
        sint32: i32, "sint32", few;
        sint64: i64, "sint64", signed;
        fixed32: u32, "fixed32", few;
        fixed64: u64, "fixed64", unsigned;
        sfixed32: i32, "sfixed32", few;
        sfixed64: i64, "sfixed64", signed;
    }

    floats! {
        float: f32;
        double: f64;
    }

    fn bool(&mut self) -> Result<bool, Fault> {
        if self.in_key {
            let at = self.place();
            return match &*self.text("a bool")? {
                "true" => Ok(true),
                "false" => Ok(false),
                _ => Err(self.fault(Cause::Type, at, "expected \"true\" or \"false\"")),
            };
        }
        match () {
            () if self.word("true") => Ok(true),
            () if self.word("false") => Ok(false),
            () => Err(self.unexpected("a bool")),
        }
    }

    #[inline(never)]
    fn string(&mut self, slot: &mut String) -> Result<(), Fault> {
        if self.has_given() { self.given_text(slot) } else { self.text_into(slot) }
    }

    #[inline(never)]
    fn inline_string(&mut self, slot: &mut Str) -> Result<(), Fault> {
        if !self.has_given() {
            return self.text_into_inline(slot);
        }
        let mut text = String::new();
        self.given_text(&mut text)?;
        *slot = text.into();
        Ok(())
    }

    fn str(&mut self) -> Result<&'a str, Fault> {
        Err(self.lends_nothing())
    }

    fn bytes(&mut self) -> Result<Bytes, Fault> {
        if let Some(Given::Blob(blob)) = self.given() {
            return Ok(blob.into());
        }
        let at = self.place();
        let text = self.text("a string of base64")?;
        let mut bytes = Vec::new();
        let (_, mut rest) = text.as_bytes().split_at(base64::decode(text.as_bytes(), &mut bytes));
        let for_urls = rest.iter().any(|byte| matches!(byte, b'-' | b'_'));
        if for_urls {
            // Of one alphabet from the beginning.
            bytes.clear();
            rest = text.as_bytes();
        }
        let engine = if for_urls { &BASE64_URL } else { &BASE64 };
        match engine.decode_vec(rest, &mut bytes) {
            Ok(()) => Ok(bytes.into_boxed_slice().into()),
            Err(_) => Err(self.fault(Cause::Type, at, "expected base64")),
        }
    }

    fn slice(&mut self) -> Result<&'a [u8], Fault> {
        Err(self.lends_nothing())
    }

    fn enumeration<N: Names>(&mut self, names: N) -> Result<i32, Fault> {
        self.enum_value(names.type_name(), &|name| names.number(name))
    }

    fn known<N: Names>(&mut self, names: N) -> Result<Result<i32, &'a [u8]>, Fault> {
        let at = self.place();
        let value = self.enumeration(names)?;
        match names.name(value) {
            Some(_) => Ok(Ok(value)),
            None => Err(self.unknown_value(at, names.type_name())),
        }
    }

    fn message<M: Fill<'a>>(&mut self, _: u32, slot: &mut M) -> Result<(), Fault> {
        message(slot, self)
    }

    fn check_message<M: Decode<'a>>(&mut self, _: u32) -> Result<(), Fault> {
        message(&mut M::default(), self)
    }

    fn group<M: Fill<'a>>(&mut self, _: u32, slot: &mut M) -> Result<(), Fault> {
        message(slot, self)
    }

    fn check_group<M: Decode<'a>>(&mut self, _: u32) -> Result<(), Fault> {
        message(&mut M::default(), self)
    }

    fn many<K: Read<'a, T>, T: Default>(
        &mut self,
        tag: u32,
        kind: K,
        slot: &mut Vec<T>,
    ) -> Result<(), Fault> {
        let mut values = self.values()?;
        while values.more {
            if kind.packable() && !self.has_given() {
                self.plain_values(kind, slot, &mut values)?;
            }
            if slot.len() == slot.capacity() {
                self.grow(slot)?;
            }
            let read = kind.read(push_default(slot), tag >> 3, self);
            if read.is_err() {
                slot.pop();
            }
            self.after_value(&mut values, read)?;
        }
        Ok(())
    }

    fn many_known<N: Names, E: From<i32>>(
        &mut self,
        _: u32,
        names: N,
        slot: &mut Vec<E>,
        _: &mut UnknownFields,
    ) -> Result<(), Fault> {
        let mut values = self.values()?;
        while values.more {
            if slot.len() == slot.capacity() {
                self.grow(slot)?;
            }
            let read = self.known(names).map(|value| slot.extend(value.ok().map(E::from)));
            self.after_value(&mut values, read)?;
        }
        Ok(())
    }

    fn lend<K: Read<'a, T>, T: Default>(&mut self, _: u32, _: K, _: &mut RawList<'a>) -> Result<(), Fault> {
        Err(self.lends_nothing())
    }

    fn lend_known<N: Names>(
        &mut self,
        _: u32,
        _: N,
        _: &mut RawList<'a>,
        _: &mut UnknownFieldsView<'a>,
    ) -> Result<(), Fault> {
        Err(self.lends_nothing())
    }

    fn entry<K: Read<'a, A>, V: Read<'a, B>, A: Default, B: Default>(
        &mut self,
        (of_key, of_value): (K, V),
        key: &mut A,
        value: &mut B,
    ) -> Result<(), Fault> {
        let at = self.before_key()?;
        let read = of_key.read(key, 1, self);
        self.after_key(at, read)?;
        let read = of_value.read(value, 2, self);
        self.after_entry(at, read)
    }

    fn entry_known<K: Read<'a, A>, A: Default, N: Names>(
        &mut self,
        (of_key, names): (K, N),
        key: &mut A,
        value: &mut i32,
    ) -> Result<Option<&'a [u8]>, Fault> {
        let at = self.before_key()?;
        let read = of_key.read(key, 1, self);
        self.after_key(at, read)?;
        let read = self.known(names).map(|known| *value = known.unwrap_or_default());
        self.after_entry(at, read).map(|()| None)
    }

    fn repeated_key(&mut self) -> Result<(), Fault> {
        Err(self.fault(Cause::Duplicate, self.key_at, "the key is given twice"))
    }

    fn lend_entry<K: Read<'a, A>, V: Read<'a, B>, A: Default, B: Default>(
        &mut self,
        _: u32,
        _: (K, V),
        _: &mut RawList<'a>,
    ) -> Result<(), Fault> {
        Err(self.lends_nothing())
    }

    fn lend_entry_known<K: Read<'a, A>, A: Default, N: Names>(
        &mut self,
        _: u32,
        _: (K, N),
        _: &mut RawList<'a>,
        _: &mut UnknownFieldsView<'a>,
    ) -> Result<(), Fault> {
        Err(self.lends_nothing())
    }

    fn unknown(&mut self, _: u32, slot: &mut UnknownFields) -> Result<(), Fault> {
        match self.given() {
            Some(Given::Extension(extension)) => (extension.json.read)(&extension.label, slot, self),
            _ => self.skip(),
        }
    }

    fn lend_unknown(&mut self, _: u32, _: &mut UnknownFieldsView<'a>) -> Result<(), Fault> {
        Err(self.lends_nothing())
    }

    fn charge(&mut self, bytes: usize) -> Result<(), Fault> {
        self.book(bytes)
    }
}

impl Reader<'_, '_> {
    /// A string that does not stand in the input, or does all the same.
    #[cold]
    fn given_text(&mut self, slot: &mut String) -> Result<(), Fault> {
        match self.given() {
            Some(Given::Text(text)) => *slot = text,
            _ => self.text_into(slot)?,
        }
        Ok(())
    }

    /// An integer of few digits that stands here, and where it ends.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn few(&mut self) -> Option<(i64, usize)> {
        if self.has_given() {
            return None;
        }
        let start = self.place();
        match number::few(self.input.as_bytes().get(start..)?) {
            Some((value, len)) => Some((value, start + len)),
            None => self.many_digits(),
        }
    }

    /// The same for others.
    #[inline(never)]
    fn many_digits(&mut self) -> Option<(i64, usize)> {
        self.signed()
    }

    /// An integer without a fraction or an exponent that stands here, and where
    /// it ends.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn signed(&mut self) -> Option<(i64, usize)> {
        let (whole, end) = self.whole()?;
        let value = match whole.sign {
            Sign::Plus => i64::try_from(whole.magnitude).ok(),
            Sign::Minus => 0_i64.checked_sub_unsigned(whole.magnitude),
            Sign::Other => None,
        };
        Some((value?, end))
    }

    /// The same without a sign.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn unsigned(&mut self) -> Option<(u64, usize)> {
        let (whole, end) = self.whole()?;
        (whole.sign == Sign::Plus).then_some((whole.magnitude, end))
    }

    /// The same in quotes or without.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn whole(&mut self) -> Option<(Whole, usize)> {
        if self.has_given() {
            return None;
        }
        let quoted = self.peek() == b'"';
        // Two ways, so that what follows does not wait for the first byte.
        if quoted { self.whole_at(self.at + 1, true) } else { self.whole_at(self.at, false) }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn whole_at(&self, start: usize, quoted: bool) -> Option<(Whole, usize)> {
        let text = self.input.as_bytes().get(start..)?;
        let whole = number::whole(text);
        if quoted && text.get(whole.len) != Some(&b'"') {
            return None;
        }
        Some((whole, start + whole.len + usize::from(quoted)))
    }

    /// A number that is short enough to be `read` at once.
    /// Where it is not, the reader stays before it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn short<T>(&mut self, read: impl FnOnce(Short) -> Option<T>) -> Option<T> {
        if self.has_given() {
            return None;
        }
        let start = self.place();
        let short = number::short(self.input.as_bytes().get(start..)?)?;
        let value = read(short)?;
        self.at = start + short.len;
        Some(value)
    }

    /// An integer, and where it stands.
    #[cold]
    fn integer(&mut self) -> Result<(usize, i128), Fault> {
        if let Some(Given::Integer(value)) = self.given() {
            return Ok((0, value.into()));
        }
        let at = self.place();
        let text = self.number(false)?;
        match number::integer(&text) {
            Ok(value) => Ok((at, value)),
            Err(NotInteger::Range) => Ok((at, i128::MAX)),
            Err(NotInteger::Fraction) => Err(self.fault(Cause::Type, at, "the number is not an integer")),
        }
    }

    #[cold]
    fn out_of_range(&mut self, at: usize, kind: &str) -> Fault {
        self.fault(Cause::Range, at, format!("the number is out of the range of {kind}"))
    }

    #[cold]
    fn lends_nothing(&mut self) -> Fault {
        let at = self.place();
        self.fault(Cause::Type, at, "a view cannot be read from JSON")
    }

    /// The number of an enum's value, which is given by name or as a number.
    fn enum_value(&mut self, name: &str, named: &dyn Fn(&str) -> Option<i32>) -> Result<i32, Fault> {
        match self.peek() {
            b'"' => {
                let at = self.place();
                let value = named(&self.text("a name")?);
                value.ok_or_else(|| self.unknown_value(at, name))
            }
            b'-' | b'0'..=b'9' => self.int32(),
            b'n' if is_null(name) && self.word("null") => Ok(0),
            _ => Err(self.unexpected("the name or number of a value")),
        }
    }

    /// A value that an enum does not have.
    #[cold]
    fn unknown_value(&mut self, at: usize, name: &str) -> Fault {
        self.left_out = self.options.ignore_unknown;
        self.fault(Cause::Unknown, at, format!("{} has no such value", shortened(name)))
    }
}
