//! What one value is: the scalar types of protobuf, enums and messages.
//!
//! A kind knows nothing of formats. It tells a [`Source`] what to read and a
//! [`Sink`] what it holds; one kind serves each Rust type that can hold its
//! values, owned or borrowed.

use bytes::Bytes;

use crate::error::Fault;
use crate::message::Decode;
#[cfg(feature = "json")]
use crate::wire::number::Element;
use crate::wire::wire_type::{FIXED32, FIXED64, LEN, START_GROUP, VARINT};
use crate::wire::{unzigzag32, unzigzag64};
use crate::{Message, Sink, Source};

use crate::enumeration::{Enumeration, Names, NamesOf};

/// A type of value in protobuf's terms. One that is known at compile time is
/// [`Static`] and takes no room; that of a dynamic field holds what its
/// descriptor says.
pub trait Kind: Copy {
    /// Known at compile time not to be packable: what reads packed values is not
    /// compiled then.
    const UNPACKABLE: bool = false;

    /// The wire type of an unpacked value.
    fn wire(self) -> u32;
    /// Whether a repeated field may be packed.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn packable(self) -> bool {
        self.wire() != LEN && self.wire() != START_GROUP
    }
}

/// A kind that is known at compile time.
pub trait Static: Kind + 'static {
    /// The kind.
    const KIND: Self;
    /// The wire type of an unpacked value.
    const WIRE: u32;
    /// Whether a repeated field may be packed.
    const PACKABLE: bool = Self::WIRE != LEN && Self::WIRE != START_GROUP;
    /// Whether the values are messages.
    const MESSAGE: bool = false;
}

/// A kind that can be read into a `T`.
pub trait Read<'a, T: Default>: Kind {
    /// How many bytes a new `T` takes beside its own. They are booked by who
    /// makes it: what is merged into an old one is free.
    const ASIDE: usize = 0;

    /// Replaces `slot` by the source's next value, of the field `number`;
    /// merges into a message.
    ///
    /// # Errors
    /// The source holds no such value.
    fn read<S: Source<'a>>(self, slot: &mut T, number: u32, source: &mut S) -> Result<(), Fault>;

    /// Reads one of many values.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn read_listed<S: Source<'a>>(self, slot: &mut T, number: u32, source: &mut S) -> Result<(), Fault> {
        self.read(slot, number, source)
    }

    /// Reads a value and drops it.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn check<S: Source<'a>>(self, number: u32, source: &mut S) -> Result<(), Fault> {
        self.read(&mut T::default(), number, source)
    }

    /// Reads an element of a list; none where the list leaves it out.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn element<S: Source<'a>>(self, number: u32, source: &mut S) -> Result<Option<T>, Fault> {
        let mut value = T::default();
        self.read_listed(&mut value, number, source)?;
        Ok(Some(value))
    }

    /// The element that stands as this varint in a packed list; none where the
    /// list leaves it out, or the kind's values are no varints.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn of_varint(self, _: u64) -> Option<T> {
        None
    }

    /// The element that the first `len` bytes of a text are in a list of JSON;
    /// none where they are not a plain number, or the kind's values are none.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn of_json(self, _text: &[u8], _len: usize) -> Option<T> {
        None
    }
}

/// A kind whose values a `T` holds.
pub trait Show<T>: Kind {
    /// Whether a field with implicit presence leaves `value` out.
    fn is_default(self, value: &T) -> bool;
    /// Hands `value` over.
    fn show<'m, S: Sink<'m>>(self, value: &'m T, sink: S) -> S::Out
    where
        Self: 'm;
}

/// A kind whose values are lent as one certain type.
pub trait Lend<'a>: Static {
    /// A borrowed value.
    type View: Default;
}

macro_rules! kind {
    ($(#[$doc:meta])* $kind:ident, $wire:ident $(, $($more:tt)+)?) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $kind;

        impl Kind for $kind {
            const UNPACKABLE: bool = $wire == LEN || $wire == START_GROUP;

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn wire(self) -> u32 {
                $wire
            }
        }

        impl Static for $kind {
            const KIND: Self = Self;
            const WIRE: u32 = $wire;
            $($($more)+)?
        }
    };
}

macro_rules! scalars {
    ($($(#[$doc:meta])* $kind:ident: $type:ty, $wire:ident, $method:ident, $default:expr $(, $of_varint:expr)?;)*) => {$(
        kind! {
            $(#[$doc])*
            $kind, $wire
        }

        impl<'a> Read<'a, $type> for $kind {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn read<S: Source<'a>>(self, slot: &mut $type, _: u32, source: &mut S) -> Result<(), Fault> {
                *slot = source.$method()?;
                Ok(())
            }
            $(
                #[cfg_attr(not(debug_assertions), inline(always))]
                fn of_varint(self, value: u64) -> Option<$type> {
                    Some($of_varint(value))
                }
            )?

            #[cfg(feature = "json")]
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn of_json(self, text: &[u8], len: usize) -> Option<$type> {
                Element::of(text, len)
            }
        }

        impl Show<$type> for $kind {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn is_default(self, value: &$type) -> bool {
                $default(*value)
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn show<'m, S: Sink<'m>>(self, value: &'m $type, sink: S) -> S::Out {
                sink.$method(*value)
            }
        }

        impl Lend<'_> for $kind {
            type View = $type;
        }
    )*};
}

// A varint is narrowed by dropping its upper bits, as the format asks for.
scalars! {
    /// `bool`
    Bool: bool, VARINT, bool, |value: bool| !value, |value| value != 0;
    /// `int32`
    Int32: i32, VARINT, int32, |value| value == 0, |value| value as i32;
    /// `int64`
    Int64: i64, VARINT, int64, |value| value == 0, |value| value as i64;
    /// `uint32`
    Uint32: u32, VARINT, uint32, |value| value == 0, |value| value as u32;
    /// `uint64`
    Uint64: u64, VARINT, uint64, |value| value == 0, |value| value;
    /// `sint32`
    Sint32: i32, VARINT, sint32, |value| value == 0, |value| unzigzag32(value as u32);
    /// `sint64`
    Sint64: i64, VARINT, sint64, |value| value == 0, unzigzag64;
    /// `fixed32`
    Fixed32: u32, FIXED32, fixed32, |value| value == 0;
    /// `fixed64`
    Fixed64: u64, FIXED64, fixed64, |value| value == 0;
    /// `sfixed32`
    Sfixed32: i32, FIXED32, sfixed32, |value| value == 0;
    /// `sfixed64`
    Sfixed64: i64, FIXED64, sfixed64, |value| value == 0;
    /// `float`: minus zero is not the default.
    Float: f32, FIXED32, float, |value: f32| value.to_bits() == 0;
    /// `double`: minus zero is not the default.
    Double: f64, FIXED64, double, |value: f64| value.to_bits() == 0;
}

kind! {
    /// `string`, as `String`, [`Str`](crate::Str) or `&str`.
    Str, LEN
}

impl<'a> Read<'a, String> for Str {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn read<S: Source<'a>>(self, slot: &mut String, _: u32, source: &mut S) -> Result<(), Fault> {
        source.string(slot)
    }
}

impl<'a> Read<'a, crate::Str> for Str {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn read<S: Source<'a>>(self, slot: &mut crate::Str, _: u32, source: &mut S) -> Result<(), Fault> {
        source.inline_string(slot)
    }
}

impl<'a> Read<'a, &'a str> for Str {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn read<S: Source<'a>>(self, slot: &mut &'a str, _: u32, source: &mut S) -> Result<(), Fault> {
        *slot = source.str()?;
        Ok(())
    }
}

impl Show<String> for Str {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn is_default(self, value: &String) -> bool {
        value.is_empty()
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn show<'m, S: Sink<'m>>(self, value: &'m String, sink: S) -> S::Out {
        sink.string(value)
    }
}

impl Show<crate::Str> for Str {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn is_default(self, value: &crate::Str) -> bool {
        value.is_empty()
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn show<'m, S: Sink<'m>>(self, value: &'m crate::Str, sink: S) -> S::Out {
        sink.string(value)
    }
}

impl<'a> Lend<'a> for Str {
    type View = &'a str;
}

kind! {
    /// `bytes`, as [`Bytes`] or `&[u8]`.
    Blob, LEN
}

impl<'a> Read<'a, Bytes> for Blob {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn read<S: Source<'a>>(self, slot: &mut Bytes, _: u32, source: &mut S) -> Result<(), Fault> {
        source.bytes_into(slot)
    }
}

impl<'a> Read<'a, &'a [u8]> for Blob {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn read<S: Source<'a>>(self, slot: &mut &'a [u8], _: u32, source: &mut S) -> Result<(), Fault> {
        *slot = source.slice()?;
        Ok(())
    }
}

impl Show<Bytes> for Blob {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn is_default(self, value: &Bytes) -> bool {
        value.is_empty()
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn show<'m, S: Sink<'m>>(self, value: &'m Bytes, sink: S) -> S::Out {
        sink.bytes(value)
    }
}

impl<'a> Lend<'a> for Blob {
    type View = &'a [u8];
}

macro_rules! enums {
    ($($(#[$doc:meta])* $kind:ident;)*) => {$(
        kind! {
            $(#[$doc])*
            $kind, VARINT
        }

        impl<E: Enumeration> Show<E> for $kind {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn is_default(self, value: &E) -> bool {
                value.number() == 0
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn show<'m, S: Sink<'m>>(self, value: &'m E, sink: S) -> S::Out {
                sink.enumeration(NamesOf::<E>::NEW, value.number())
            }
        }
    )*};
}

enums! {
    /// An open enum: a number that the schema does not name is kept as it is.
    Enum;
    /// A closed enum: such a number goes to the unknown fields.
    ClosedEnum;
}

impl<'a, E: Enumeration> Read<'a, E> for Enum {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn read<S: Source<'a>>(self, slot: &mut E, _: u32, source: &mut S) -> Result<(), Fault> {
        *slot = source.enumeration(NamesOf::<E>::NEW)?.into();
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn of_varint(self, value: u64) -> Option<E> {
        Some((value as i32).into())
    }
}

impl<'a, E: Enumeration> Read<'a, E> for ClosedEnum {
    /// Leaves `slot` as it is where the schema does not know the value: fields
    /// are read with their unknown fields at hand, this is for elements.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn read<S: Source<'a>>(self, slot: &mut E, _: u32, source: &mut S) -> Result<(), Fault> {
        if let Ok(value) = source.known(NamesOf::<E>::NEW)? {
            *slot = value.into();
        }
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn element<S: Source<'a>>(self, _: u32, source: &mut S) -> Result<Option<E>, Fault> {
        Ok(source.known(NamesOf::<E>::NEW)?.ok().map(E::from))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn of_varint(self, value: u64) -> Option<E> {
        let value = value as i32;
        NamesOf::<E>::NEW.name(value).is_some().then(|| value.into())
    }
}

macro_rules! messages {
    ($($(#[$doc:meta])* $kind:ident: $wire:ident, $read:ident, $listed:ident, $check:ident, $show:ident;)*) => {$(
        kind! {
            $(#[$doc])*
            $kind, $wire, const MESSAGE: bool = true;
        }

        impl<'a, M: Decode<'a>> Read<'a, M> for $kind {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn read<S: Source<'a>>(self, slot: &mut M, number: u32, source: &mut S) -> Result<(), Fault> {
                source.$read(number, slot)
            }

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn read_listed<S: Source<'a>>(self, slot: &mut M, number: u32, source: &mut S) -> Result<(), Fault> {
                source.$listed(number, slot)
            }

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn check<S: Source<'a>>(self, number: u32, source: &mut S) -> Result<(), Fault> {
                source.$check::<M>(number)
            }
        }

        impl<M: Message> Show<M> for $kind {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn is_default(self, _: &M) -> bool {
                false
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn show<'m, S: Sink<'m>>(self, value: &'m M, sink: S) -> S::Out {
                sink.$show(value)
            }
        }
    )*};
}

messages! {
    /// A message.
    Nested: LEN, message, listed, check_message, message;
    /// A message between group tags: a proto2 group, or `DELIMITED` encoding.
    Group: START_GROUP, group, group, check_group, group;
}

/// A message that stands in a `Box`, because it may contain itself.
#[derive(Clone, Copy, Debug)]
pub struct Boxed<K>(K);

impl<K: Kind> Kind for Boxed<K> {
    const UNPACKABLE: bool = K::UNPACKABLE;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn wire(self) -> u32 {
        self.0.wire()
    }
}

impl<K: Static> Static for Boxed<K> {
    const KIND: Self = Self(K::KIND);
    const WIRE: u32 = K::WIRE;
    const MESSAGE: bool = K::MESSAGE;
}

impl<'a, K: Read<'a, M>, M: Default> Read<'a, Box<M>> for Boxed<K> {
    const ASIDE: usize = size_of::<M>();

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn read<S: Source<'a>>(self, slot: &mut Box<M>, number: u32, source: &mut S) -> Result<(), Fault> {
        self.0.read(slot, number, source)
    }
}

impl<K: Show<M>, M> Show<Box<M>> for Boxed<K> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn is_default(self, value: &Box<M>) -> bool {
        self.0.is_default(value)
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn show<'m, S: Sink<'m>>(self, value: &'m Box<M>, sink: S) -> S::Out
    where
        Self: 'm,
    {
        self.0.show(&**value, sink)
    }
}
