//! A message with a field of each kind, in the shape of generated code.

use std::fmt;
use std::sync::LazyLock;

use crate::codegen::{
    Bool, Decode, Double, Entries, Enum, Explicit, Fault, Fields, Fixed32, Fixed64, Float, Implicit, Int32,
    Int64, Own, Repeated, Sfixed32, Sfixed64, Sint32, Sint64, Source, Str, Uint32, Uint64, Unknown, debug,
    debug_enum,
};
use crate::{Enumeration, Map, Message, UnknownFields};

#[derive(Clone, Default, PartialEq)]
pub(super) struct Kinds {
    pub(super) int32: i32,
    pub(super) int64: i64,
    pub(super) uint32: u32,
    pub(super) uint64: u64,
    pub(super) sint32: i32,
    pub(super) fixed32: u32,
    pub(super) fixed64: u64,
    pub(super) sfixed32: i32,
    pub(super) sfixed64: i64,
    pub(super) float: f32,
    pub(super) double: f64,
    pub(super) bool: bool,
    pub(super) fruit: Fruit,
    pub(super) maybe_fruit: Option<Fruit>,
    pub(super) fruits: Vec<Fruit>,
    pub(super) by_bool: Map<bool, bool>,
    pub(super) by_int64: Map<i64, i64>,
    pub(super) by_uint64: Map<u64, Fruit>,
    pub(super) by_sint32: Map<i32, String>,
    pub(super) floats: Vec<f32>,
    pub(super) unknown_fields: UnknownFields,
}

impl Kinds {
    const INT32: Implicit<Int32> = Implicit::new(1, "int32");
    const INT64: Implicit<Int64> = Implicit::new(2, "int64");
    const UINT32: Implicit<Uint32> = Implicit::new(3, "uint32");
    const UINT64: Implicit<Uint64> = Implicit::new(4, "uint64");
    const SINT32: Implicit<Sint32> = Implicit::new(5, "sint32");
    const FIXED32: Implicit<Fixed32> = Implicit::new(6, "fixed32");
    const FIXED64: Implicit<Fixed64> = Implicit::new(7, "fixed64");
    const SFIXED32: Implicit<Sfixed32> = Implicit::new(8, "sfixed32");
    const SFIXED64: Implicit<Sfixed64> = Implicit::new(9, "sfixed64");
    const FLOAT: Implicit<Float> = Implicit::new(10, "float");
    const DOUBLE: Implicit<Double> = Implicit::new(11, "double");
    const BOOL: Implicit<Bool> = Implicit::new(12, "bool");
    const FRUIT: Implicit<Enum> = Implicit::new(13, "fruit");
    const MAYBE_FRUIT: Explicit<Enum> = Explicit::new(14, "maybe_fruit").json("odd \"name\"");
    const FRUITS: Repeated<Enum> = Repeated::new(15, "fruits");
    const BY_BOOL: Entries<Bool, Bool> = Entries::new(16, "by_bool");
    const BY_INT64: Entries<Int64, Sint64> = Entries::new(17, "by_int64");
    const BY_UINT64: Entries<Fixed64, Enum> = Entries::new(18, "by_uint64");
    const BY_SINT32: Entries<Sint32, Str> = Entries::new(19, "by_sint32");
    const FLOATS: Repeated<Float> = Repeated::new(20, "floats");
}

impl Message for Kinds {
    const NAME: &'static str = "test.Kinds";

    type View<'a> = KindsView;

    fn default_ref() -> &'static Self {
        static DEFAULT: LazyLock<Kinds> = LazyLock::new(Kinds::default);
        &DEFAULT
    }

    fn fields(&self) -> impl Fields<'_> {
        (
            (
                Self::INT32.of(&self.int32),
                Self::INT64.of(&self.int64),
                Self::UINT32.of(&self.uint32),
                Self::UINT64.of(&self.uint64),
                Self::SINT32.of(&self.sint32),
                Self::FIXED32.of(&self.fixed32),
                Self::FIXED64.of(&self.fixed64),
                Self::SFIXED32.of(&self.sfixed32),
                Self::SFIXED64.of(&self.sfixed64),
                Self::FLOAT.of(&self.float),
                Self::DOUBLE.of(&self.double),
                Self::BOOL.of(&self.bool),
            ),
            (
                Self::FRUIT.of(&self.fruit),
                Self::MAYBE_FRUIT.of(&self.maybe_fruit),
                Self::FRUITS.of(&self.fruits),
                Self::BY_BOOL.of(&self.by_bool),
                Self::BY_INT64.of(&self.by_int64),
                Self::BY_UINT64.of(&self.by_uint64),
                Self::BY_SINT32.of(&self.by_sint32),
                Self::FLOATS.of(&self.floats),
                Unknown.of(&self.unknown_fields),
            ),
        )
    }

    fn unknown_fields(&self) -> &UnknownFields {
        &self.unknown_fields
    }

    fn unknown_fields_mut(&mut self) -> &mut UnknownFields {
        &mut self.unknown_fields
    }
}

impl fmt::Debug for Kinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(self, f)
    }
}

impl<'a> Decode<'a> for Kinds {
    type Message = Self;

    fn merge<S: Source<'a>>(&mut self, tag: u32, source: &mut S) -> Result<(), Fault> {
        match tag {
            tag if Self::INT32.takes(tag) => Self::INT32.merge(&mut self.int32, source),
            tag if Self::INT64.takes(tag) => Self::INT64.merge(&mut self.int64, source),
            tag if Self::UINT32.takes(tag) => Self::UINT32.merge(&mut self.uint32, source),
            tag if Self::UINT64.takes(tag) => Self::UINT64.merge(&mut self.uint64, source),
            tag if Self::SINT32.takes(tag) => Self::SINT32.merge(&mut self.sint32, source),
            tag if Self::FIXED32.takes(tag) => Self::FIXED32.merge(&mut self.fixed32, source),
            tag if Self::FIXED64.takes(tag) => Self::FIXED64.merge(&mut self.fixed64, source),
            tag if Self::SFIXED32.takes(tag) => Self::SFIXED32.merge(&mut self.sfixed32, source),
            tag if Self::SFIXED64.takes(tag) => Self::SFIXED64.merge(&mut self.sfixed64, source),
            tag if Self::FLOAT.takes(tag) => Self::FLOAT.merge(&mut self.float, source),
            tag if Self::DOUBLE.takes(tag) => Self::DOUBLE.merge(&mut self.double, source),
            tag if Self::BOOL.takes(tag) => Self::BOOL.merge(&mut self.bool, source),
            tag if Self::FRUIT.takes(tag) => Self::FRUIT.merge(&mut self.fruit, source),
            tag if Self::MAYBE_FRUIT.takes(tag) => Self::MAYBE_FRUIT.merge(&mut self.maybe_fruit, source),
            tag if Self::FRUITS.takes(tag) => Self::FRUITS.merge(tag, &mut self.fruits, source),
            tag if Self::BY_BOOL.takes(tag) => Self::BY_BOOL.merge(tag, &mut self.by_bool, source),
            tag if Self::BY_INT64.takes(tag) => Self::BY_INT64.merge(tag, &mut self.by_int64, source),
            tag if Self::BY_UINT64.takes(tag) => Self::BY_UINT64.merge(tag, &mut self.by_uint64, source),
            tag if Self::BY_SINT32.takes(tag) => Self::BY_SINT32.merge(tag, &mut self.by_sint32, source),
            tag if Self::FLOATS.takes(tag) => Self::FLOATS.merge(tag, &mut self.floats, source),
            _ => Unknown.merge(tag, &mut self.unknown_fields, source),
        }
    }
}

/// Nobody looks at it.
#[derive(Default)]
pub(super) struct KindsView;

impl<'a> Decode<'a> for KindsView {
    type Message = Kinds;

    fn merge<S: Source<'a>>(&mut self, tag: u32, source: &mut S) -> Result<(), Fault> {
        Unknown.lend(tag, &mut crate::UnknownFieldsView::default(), source)
    }
}

impl Own<Kinds> for KindsView {
    fn own(&self) -> Kinds {
        Kinds::default()
    }
}

/// An open enum.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub(super) struct Fruit(i32);

impl Enumeration for Fruit {
    const NAME: &'static str = "test.Fruit";
    const NAMES: &'static [(i32, &'static str)] = &[(0, "NONE"), (1, "APPLE"), (2, "PEAR"), (2, "BIRNE")];
}

impl From<i32> for Fruit {
    fn from(number: i32) -> Self {
        Self(number)
    }
}

impl From<Fruit> for i32 {
    fn from(value: Fruit) -> Self {
        value.0
    }
}

impl fmt::Debug for Fruit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug_enum(*self, f)
    }
}
