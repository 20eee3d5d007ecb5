//! Sources for single fields: one gives a value, one takes what is there away.

use bytes::Bytes;

use super::value::{MapKey, Value};
use crate::codegen::RawList;
use crate::enumeration::Names;
use crate::error::{Cause, Fault};
use crate::extension::{Record, records};
use crate::fill::{Fill, Place};
use crate::kind::Read;
use crate::message::Decode;
use crate::source::Source;
use crate::wire::push_default;
use crate::{Str, UnknownFields, UnknownFieldsView};

/// The value is of another type.
const OTHER: Fault = Fault::new(Cause::Tag);

/// The tag of no field: what comes with it is unknown.
const NO_FIELD: u32 = 0;

/// What is given.
enum Given<'v> {
    Nothing,
    Value(Value),
    Key(MapKey),
    Entry(MapKey, Value),
    Record(Record<'v>),
}

/// A source that holds one value.
pub(super) struct Give<'v>(Given<'v>);

impl Give<'_> {
    /// Sets the field at `place` of `message`, which is empty.
    pub(super) fn field<'a, M: Fill<'a>>(
        message: &mut M,
        place: Place<'a>,
        value: Value,
    ) -> Result<(), Fault> {
        let Value::Map(entries) = value else {
            return message.fill(place.tag, &mut Give(Given::Value(value)));
        };
        for (key, value) in entries {
            message.fill(place.tag, &mut Give(Given::Entry(key, value)))?;
        }
        Ok(())
    }

    fn value(&mut self) -> Result<Value, Fault> {
        match std::mem::replace(&mut self.0, Given::Nothing) {
            Given::Value(value) => Ok(value),
            Given::Key(MapKey::Bool(key)) => Ok(Value::Bool(key)),
            Given::Key(MapKey::I32(key)) => Ok(Value::I32(key)),
            Given::Key(MapKey::I64(key)) => Ok(Value::I64(key)),
            Given::Key(MapKey::U32(key)) => Ok(Value::U32(key)),
            Given::Key(MapKey::U64(key)) => Ok(Value::U64(key)),
            Given::Key(MapKey::String(key)) => Ok(Value::String(key)),
            _ => Err(OTHER),
        }
    }

    fn list(&mut self) -> Result<Vec<Value>, Fault> {
        match self.value()? {
            Value::List(values) => Ok(values.into_iter().collect()),
            _ => Err(OTHER),
        }
    }

    fn number<N: Names>(&mut self, names: N) -> Result<i32, Fault> {
        match self.value()? {
            Value::Enum(number) | Value::I32(number) => Ok(number),
            Value::String(name) => names.number(&name).ok_or(OTHER),
            _ => Err(OTHER),
        }
    }
}

macro_rules! scalars {
    ($($method:ident: $type:ty, $variant:ident;)*) => {$(
        fn $method(&mut self) -> Result<$type, Fault> {
            match self.value()? {
                Value::$variant(value) => Ok(value),
                _ => Err(OTHER),
            }
        }
    )*};
}

/// What only views ask for.
macro_rules! nothing_lent {
    () => {
        fn str(&mut self) -> Result<&'a str, Fault> {
            Err(OTHER)
        }

        fn slice(&mut self) -> Result<&'a [u8], Fault> {
            Err(OTHER)
        }

        fn check_message<M: Decode<'a>>(&mut self, _: u32) -> Result<(), Fault> {
            Err(OTHER)
        }

        fn check_group<M: Decode<'a>>(&mut self, _: u32) -> Result<(), Fault> {
            Err(OTHER)
        }

        fn lend<K: Read<'a, T>, T: Default>(
            &mut self,
            _: u32,
            _: K,
            _: &mut RawList<'a>,
        ) -> Result<(), Fault> {
            Err(OTHER)
        }

        fn lend_known<N: Names>(
            &mut self,
            _: u32,
            _: N,
            _: &mut RawList<'a>,
            _: &mut UnknownFieldsView<'a>,
        ) -> Result<(), Fault> {
            Err(OTHER)
        }

        fn lend_entry<K: Read<'a, A>, V: Read<'a, B>, A: Default, B: Default>(
            &mut self,
            _: u32,
            _: (K, V),
            _: &mut RawList<'a>,
        ) -> Result<(), Fault> {
            Err(OTHER)
        }

        fn lend_entry_known<K: Read<'a, A>, A: Default, N: Names>(
            &mut self,
            _: u32,
            _: (K, N),
            _: &mut RawList<'a>,
            _: &mut UnknownFieldsView<'a>,
        ) -> Result<(), Fault> {
            Err(OTHER)
        }

        fn lend_unknown(&mut self, _: u32, _: &mut UnknownFieldsView<'a>) -> Result<(), Fault> {
            Err(OTHER)
        }

        fn charge(&mut self, _: usize) -> Result<(), Fault> {
            Ok(())
        }
    };
}

impl<'a> Source<'a> for Give<'_> {
    scalars! {
        bool: bool, Bool;
        int32: i32, I32;
        int64: i64, I64;
        uint32: u32, U32;
        uint64: u64, U64;
        sint32: i32, I32;
        sint64: i64, I64;
        fixed32: u32, U32;
        fixed64: u64, U64;
        sfixed32: i32, I32;
        sfixed64: i64, I64;
        float: f32, F32;
        double: f64, F64;
        bytes: Bytes, Bytes;
    }

    fn string(&mut self, slot: &mut String) -> Result<(), Fault> {
        match self.value()? {
            Value::String(value) => *slot = value.into(),
            _ => return Err(OTHER),
        }
        Ok(())
    }

    fn inline_string(&mut self, slot: &mut Str) -> Result<(), Fault> {
        match self.value()? {
            Value::String(value) => *slot = value,
            _ => return Err(OTHER),
        }
        Ok(())
    }

    fn enumeration<N: Names>(&mut self, names: N) -> Result<i32, Fault> {
        self.number(names)
    }

    fn known<N: Names>(&mut self, names: N) -> Result<Result<i32, &'a [u8]>, Fault> {
        let number = self.number(names)?;
        if names.name(number).is_some() { Ok(Ok(number)) } else { Err(OTHER) }
    }

    /// Copies field by field.
    fn message<M: Fill<'a>>(&mut self, _: u32, slot: &mut M) -> Result<(), Fault> {
        let Value::Message(message) = self.value()? else { return Err(OTHER) };
        if message.descriptor().full_name() != slot.name() {
            return Err(OTHER);
        }
        let mut done = Ok(());
        message.as_ref().each(&mut |number, value| {
            if done.is_ok() {
                done = match slot.numbered(number) {
                    Some(place) => Give::field(slot, place, value.to_value()),
                    // An extension, which a generated message keeps encoded.
                    None => Ok(()),
                };
            }
        });
        done?;
        for record in records(message.encoded_extensions().as_bytes()) {
            // A number that a closed enum does not know has the tag of a field, which must not see it again.
            let tag = if slot.numbered(record.number()).is_some() { NO_FIELD } else { record.tag };
            slot.fill(tag, &mut Give(Given::Record(record)))?;
        }
        Ok(())
    }

    fn group<M: Fill<'a>>(&mut self, number: u32, slot: &mut M) -> Result<(), Fault> {
        self.message(number, slot)
    }

    fn many<K: Read<'a, T>, T: Default>(
        &mut self,
        tag: u32,
        kind: K,
        slot: &mut Vec<T>,
    ) -> Result<(), Fault> {
        for value in self.list()? {
            kind.read(push_default(slot), tag >> 3, &mut Give(Given::Value(value)))?;
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
        for value in self.list()? {
            slot.extend(Give(Given::Value(value)).known(names)?.ok().map(E::from));
        }
        Ok(())
    }

    fn entry<K: Read<'a, A>, V: Read<'a, B>, A: Default, B: Default>(
        &mut self,
        kinds: (K, V),
        key: &mut A,
        value: &mut B,
    ) -> Result<(), Fault> {
        let Given::Entry(of_key, of_value) = std::mem::replace(&mut self.0, Given::Nothing) else {
            return Err(OTHER);
        };
        kinds.0.read(key, 1, &mut Give(Given::Key(of_key)))?;
        kinds.1.read(value, 2, &mut Give(Given::Value(of_value)))
    }

    fn entry_known<K: Read<'a, A>, A: Default, N: Names>(
        &mut self,
        kinds: (K, N),
        key: &mut A,
        value: &mut i32,
    ) -> Result<Option<&'a [u8]>, Fault> {
        let Given::Entry(of_key, of_value) = std::mem::replace(&mut self.0, Given::Nothing) else {
            return Err(OTHER);
        };
        kinds.0.read(key, 1, &mut Give(Given::Key(of_key)))?;
        *value = Give(Given::Value(of_value)).known(kinds.1)?.map_err(|_| OTHER)?;
        Ok(None)
    }

    fn unknown(&mut self, _: u32, slot: &mut UnknownFields) -> Result<(), Fault> {
        match std::mem::replace(&mut self.0, Given::Nothing) {
            Given::Record(record) => slot.push(record.tag, record.value),
            _ => return Err(OTHER),
        }
        Ok(())
    }

    nothing_lent!();
}

/// A source that has layouts take away what they hold.
pub(super) struct Remove;

macro_rules! never {
    ($($method:ident: $type:ty;)*) => {$(
        fn $method(&mut self) -> Result<$type, Fault> {
            Err(OTHER)
        }
    )*};
}

impl<'a> Source<'a> for Remove {
    const REMOVES: bool = true;

    never! {
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
        bytes: Bytes;
    }

    fn string(&mut self, _: &mut String) -> Result<(), Fault> {
        Err(OTHER)
    }

    fn enumeration<N: Names>(&mut self, _: N) -> Result<i32, Fault> {
        Err(OTHER)
    }

    fn known<N: Names>(&mut self, _: N) -> Result<Result<i32, &'a [u8]>, Fault> {
        Err(OTHER)
    }

    fn message<M: Fill<'a>>(&mut self, _: u32, _: &mut M) -> Result<(), Fault> {
        Err(OTHER)
    }

    fn group<M: Fill<'a>>(&mut self, _: u32, _: &mut M) -> Result<(), Fault> {
        Err(OTHER)
    }

    fn many<K: Read<'a, T>, T: Default>(&mut self, _: u32, _: K, slot: &mut Vec<T>) -> Result<(), Fault> {
        slot.clear();
        Ok(())
    }

    fn many_known<N: Names, E: From<i32>>(
        &mut self,
        _: u32,
        _: N,
        slot: &mut Vec<E>,
        _: &mut UnknownFields,
    ) -> Result<(), Fault> {
        slot.clear();
        Ok(())
    }

    fn entry<K: Read<'a, A>, V: Read<'a, B>, A: Default, B: Default>(
        &mut self,
        _: (K, V),
        _: &mut A,
        _: &mut B,
    ) -> Result<(), Fault> {
        Err(OTHER)
    }

    fn entry_known<K: Read<'a, A>, A: Default, N: Names>(
        &mut self,
        _: (K, N),
        _: &mut A,
        _: &mut i32,
    ) -> Result<Option<&'a [u8]>, Fault> {
        Err(OTHER)
    }

    fn unknown(&mut self, _: u32, _: &mut UnknownFields) -> Result<(), Fault> {
        Err(OTHER)
    }

    nothing_lent!();
}
