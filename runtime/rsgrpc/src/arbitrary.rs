//! Messages that random bytes choose, for fuzzers and property tests (feature `arbitrary`).
//!
//! Every generated message implements [`Arbitrary`](::arbitrary::Arbitrary), so it can be the input of a fuzz target, alone
//! or as a part of a type that derives it:
//!
//! ```
//! use arbitrary::{Arbitrary, Unstructured};
//! use rsgrpc::Message;
//! use rsgrpc::wkt::Struct;
//!
//! // fuzz_target!(|message: Struct| { … })
//! let message = Struct::arbitrary(&mut Unstructured::new(b"bytes of a fuzzer"))?;
//! assert_eq!(Struct::decode(&message.encode()).as_ref(), Ok(&message));
//! # Ok::<(), arbitrary::Error>(())
//! ```
//!
//! Such a message is one that a peer can send and that is equal to itself: fields of all kinds, present or not, enums
//! within the schema and, where it leaves them open, outside of it, required fields that are set. Not among them are NaN,
//! fields that the schema does not know, and messages nested more than 32 deep. Nothing is known of what a service asks
//! beyond the schema: a `Timestamp` may be out of range, and an `Any` hold nonsense.

use ::arbitrary::{Error, Result, Unstructured};
use bytes::Bytes;

use crate::enumeration::{Enumeration, Names, NamesOf};
use crate::error::{Cause, Fault};
use crate::fill::Fill;
use crate::kind::Read;
use crate::message::Decode;
use crate::source::Source;
use crate::view::RawList;
use crate::{Message, UnknownFields, UnknownFieldsView};

/// The message that these bytes choose: the same for the same bytes, and the smaller the fewer they are. For code
/// that is generic over messages.
///
/// # Errors
/// None that depends on the bytes.
pub fn message<M: Message>(bytes: &mut Unstructured<'_>) -> Result<M> {
    let mut message = M::default();
    let mut choices = Choices { bytes, depth: 0, messages: MESSAGES };
    choices.fill(&mut message).map_err(|_| Error::IncorrectFormat)?;
    Ok(message)
}

/// The value of an enum that these bytes choose, among those in the schema.
///
/// # Errors
/// None that depends on the bytes.
pub fn known<E: Enumeration>(bytes: &mut Unstructured<'_>) -> Result<E> {
    Ok(Choices { bytes, depth: 0, messages: 0 }.known_value(NamesOf::<E>::NEW).into())
}

/// How many levels of messages may have fields.
const DEPTH: usize = 32;

/// How many messages may have required fields: required messages that require others could go on for ever.
const MESSAGES: usize = 10_000;

/// Of 256 bytes, how many end a message, by level. Those deep down are short, so that the first field of a message
/// does not eat all bytes.
const LAST: [u8; 4] = [16, 56, 96, 128];
const LAST_BELOW: u8 = 192;

/// Bytes that choose. When they are used up, all choices are the first, and the end of what can have an end: what comes
/// in any number says before each whether there is another, so that one can be cut out.
struct Choices<'u, 'b> {
    bytes: &'u mut Unstructured<'b>,
    depth: usize,
    messages: usize,
}

impl Choices<'_, '_> {
    /// Gives a message its required fields, then others, each as often as it comes.
    fn fill<'a, M: Fill<'a>>(&mut self, slot: &mut M) -> std::result::Result<(), Fault> {
        let places = slot.places();
        let mut required = places.iter().filter(|place| place.1).peekable();
        if required.peek().is_some() && self.messages > 0 {
            self.messages -= 1;
            for (place, _) in required {
                slot.fill(place.tag, self)?;
            }
        }
        while self.depth < DEPTH && !places.is_empty() && self.more() {
            let at = self.below(places.len());
            if let Some((place, _)) = places.get(at) {
                slot.fill(place.tag, self)?;
            }
        }
        Ok(())
    }

    fn more(&mut self) -> bool {
        let last = LAST.get(self.depth).copied().unwrap_or(LAST_BELOW);
        self.byte() >= last
    }

    fn byte(&mut self) -> u8 {
        self.bytes.arbitrary().unwrap_or_default()
    }

    /// A number below `end`, which is not 0.
    fn below(&mut self, end: usize) -> usize {
        self.bytes.int_in_range(0..=end.saturating_sub(1)).unwrap_or_default()
    }

    /// A number of any magnitude up to `bits`, so that varints of all lengths are as likely.
    fn magnitude(&mut self, bits: u32) -> u64 {
        let bits = self.below(bits as usize + 1);
        let bytes = (0..bits.div_ceil(8)).map(|_| self.byte());
        let value = bytes.fold(0, |value, byte| value << 8 | u64::from(byte));
        if bits < 64 { value & ((1 << bits) - 1) } else { value }
    }

    /// The same with a sign.
    fn signed(&mut self, bits: u32) -> i64 {
        let value = self.magnitude(bits);
        (value >> 1) as i64 ^ -((value & 1) as i64)
    }

    /// How often to repeat the next element of a text; 0 at its end. Some make it long.
    fn again(&mut self) -> usize {
        match self.byte() {
            0..24 => 0,
            24..250 => 1,
            250.. => 100,
        }
    }

    /// Any character; half of them are ASCII.
    fn char(&mut self) -> char {
        let byte = self.byte();
        if byte < 128 {
            return char::from(byte);
        }
        let number = self.magnitude(21) as u32;
        char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    fn known_value<N: Names>(&mut self, names: N) -> i32 {
        let at = self.below(names.count());
        names.at(at).unwrap_or_default()
    }

    /// A value that looks like a number, or an edge, or any.
    fn real(&mut self) -> f64 {
        match self.byte() {
            0..128 => f64::from(self.signed(20) as i32) / 8.0,
            128 => f64::INFINITY,
            129 => f64::NEG_INFINITY,
            130 => -0.0,
            131 => f64::MIN_POSITIVE / 2.0,
            132 => f64::MAX,
            _ => f64::from_bits(self.magnitude(64)),
        }
    }

    fn nested<'a, M: Fill<'a>>(&mut self, slot: &mut M) -> std::result::Result<(), Fault> {
        self.depth += 1;
        let filled = self.fill(slot);
        self.depth -= 1;
        filled
    }
}

/// Views borrow what they are made of; choices are not that.
const BORROW: Fault = Fault::new(Cause::Borrow);

type Merged<T> = std::result::Result<T, Fault>;

macro_rules! scalars {
    ($($method:ident: $type:ty, |$choices:ident| $value:expr;)*) => {$(
        fn $method(&mut self) -> Merged<$type> {
            let $choices = self;
            Ok($value)
        }
    )*};
}

impl<'a> Source<'a> for Choices<'_, '_> {
    scalars! {
        bool: bool, |choices| choices.byte() & 1 == 1;
        int32: i32, |choices| choices.signed(32) as i32;
        int64: i64, |choices| choices.signed(64);
        uint32: u32, |choices| choices.magnitude(32) as u32;
        uint64: u64, |choices| choices.magnitude(64);
        sint32: i32, |choices| choices.signed(32) as i32;
        sint64: i64, |choices| choices.signed(64);
        fixed32: u32, |choices| choices.magnitude(32) as u32;
        fixed64: u64, |choices| choices.magnitude(64);
        sfixed32: i32, |choices| choices.signed(32) as i32;
        sfixed64: i64, |choices| choices.signed(64);
        float: f32, |choices| Some(choices.real() as f32).filter(|value| !value.is_nan()).unwrap_or_default();
        double: f64, |choices| Some(choices.real()).filter(|value| !value.is_nan()).unwrap_or_default();
    }

    fn string(&mut self, slot: &mut String) -> Merged<()> {
        slot.clear();
        loop {
            match self.again() {
                0 => return Ok(()),
                times => slot.extend(std::iter::repeat_n(self.char(), times)),
            }
        }
    }

    fn str(&mut self) -> Merged<&'a str> {
        Err(BORROW)
    }

    fn bytes(&mut self) -> Merged<Bytes> {
        let mut value = Vec::new();
        loop {
            match self.again() {
                0 => return Ok(value.into()),
                times => value.extend(std::iter::repeat_n(self.byte(), times)),
            }
        }
    }

    fn slice(&mut self) -> Merged<&'a [u8]> {
        Err(BORROW)
    }

    fn enumeration<N: Names>(&mut self, names: N) -> Merged<i32> {
        Ok(if self.byte() < 224 { self.known_value(names) } else { self.signed(32) as i32 })
    }

    fn known<N: Names>(&mut self, names: N) -> Merged<std::result::Result<i32, &'a [u8]>> {
        Ok(Ok(self.known_value(names)))
    }

    fn message<M: Fill<'a>>(&mut self, _: u32, slot: &mut M) -> Merged<()> {
        self.nested(slot)
    }

    fn check_message<M: Decode<'a>>(&mut self, _: u32) -> Merged<()> {
        self.nested(&mut M::default())
    }

    fn group<M: Fill<'a>>(&mut self, _: u32, slot: &mut M) -> Merged<()> {
        self.nested(slot)
    }

    fn check_group<M: Decode<'a>>(&mut self, _: u32) -> Merged<()> {
        self.nested(&mut M::default())
    }

    fn many<K: Read<'a, T>, T: Default>(&mut self, tag: u32, kind: K, slot: &mut Vec<T>) -> Merged<()> {
        loop {
            slot.extend(kind.element(tag >> 3, self)?);
            if self.byte() < 128 {
                return Ok(());
            }
        }
    }

    fn many_known<N: Names, E: From<i32>>(
        &mut self,
        _: u32,
        names: N,
        slot: &mut Vec<E>,
        _: &mut UnknownFields,
    ) -> Merged<()> {
        loop {
            slot.push(self.known_value(names).into());
            if self.byte() < 128 {
                return Ok(());
            }
        }
    }

    fn lend<K: Read<'a, T>, T: Default>(&mut self, _: u32, _: K, _: &mut RawList<'a>) -> Merged<()> {
        Err(BORROW)
    }

    fn lend_known<N: Names>(
        &mut self,
        _: u32,
        _: N,
        _: &mut RawList<'a>,
        _: &mut UnknownFieldsView<'a>,
    ) -> Merged<()> {
        Err(BORROW)
    }

    fn entry<K: Read<'a, A>, V: Read<'a, B>, A: Default, B: Default>(
        &mut self,
        (of_key, of_value): (K, V),
        key: &mut A,
        value: &mut B,
    ) -> Merged<()> {
        of_key.read(key, 1, self)?;
        of_value.read(value, 2, self)
    }

    fn entry_known<K: Read<'a, A>, A: Default, N: Names>(
        &mut self,
        (of_key, names): (K, N),
        key: &mut A,
        value: &mut i32,
    ) -> Merged<Option<&'a [u8]>> {
        of_key.read(key, 1, self)?;
        *value = self.known_value(names);
        Ok(None)
    }

    fn lend_entry<K: Read<'a, A>, V: Read<'a, B>, A: Default, B: Default>(
        &mut self,
        _: u32,
        _: (K, V),
        _: &mut RawList<'a>,
    ) -> Merged<()> {
        Err(BORROW)
    }

    fn lend_entry_known<K: Read<'a, A>, A: Default, N: Names>(
        &mut self,
        _: u32,
        _: (K, N),
        _: &mut RawList<'a>,
        _: &mut UnknownFieldsView<'a>,
    ) -> Merged<()> {
        Err(BORROW)
    }

    // Only fields of the schema are chosen.
    fn unknown(&mut self, _: u32, _: &mut UnknownFields) -> Merged<()> {
        Ok(())
    }

    fn lend_unknown(&mut self, _: u32, _: &mut UnknownFieldsView<'a>) -> Merged<()> {
        Err(BORROW)
    }

    // The bytes are the bound: each element takes one.
    fn charge(&mut self, _: usize) -> Merged<()> {
        Ok(())
    }
}
