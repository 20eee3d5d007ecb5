//! Enums and their values.

use std::fmt;

use super::descriptor::{MessageDescriptor, options, proto_of, simple};
use super::dynamic::DynamicMessage;
use super::pool::{DescriptorPool, FileDescriptor};
use crate::descriptor::EnumDescriptorProto;
use crate::dynamic::EnumType;

/// An enum.
#[derive(Clone)]
pub struct EnumDescriptor {
    pool: DescriptorPool,
    place: u32,
}

#[expect(clippy::indexing_slicing, reason = "a descriptor's place is one of its pool's")]
impl EnumDescriptor {
    pub(super) fn new(pool: &DescriptorPool, place: u32) -> Self {
        Self { pool: pool.clone(), place }
    }

    /// Such as `google.protobuf.NullValue`.
    #[must_use]
    pub fn full_name(&self) -> &str {
        &self.of().name
    }

    /// Such as `NullValue`.
    #[must_use]
    pub fn name(&self) -> &str {
        simple(self.full_name())
    }

    /// The file that declares it.
    #[must_use]
    pub fn file(&self) -> FileDescriptor {
        FileDescriptor::new(&self.pool, self.pool.inner().linked.enums[self.place as usize].file)
    }

    /// The message that it is declared in.
    #[must_use]
    pub fn parent(&self) -> Option<MessageDescriptor> {
        Some(MessageDescriptor::new(&self.pool, self.pool.inner().linked.enums[self.place as usize].parent?))
    }

    /// The values, as declared.
    pub fn values(&self) -> impl ExactSizeIterator<Item = EnumValueDescriptor<'_>> + '_ {
        self.of().values.iter().map(|value| EnumValueDescriptor { name: &value.name, number: value.number })
    }

    /// The value of this number; of aliases the one declared first.
    #[must_use]
    pub fn value(&self, number: i32) -> Option<EnumValueDescriptor<'_>> {
        Some(EnumValueDescriptor { name: self.of().name_of(number)?, number })
    }

    /// The value of this name.
    #[must_use]
    pub fn value_named(&self, name: &str) -> Option<EnumValueDescriptor<'_>> {
        let value = self.of().values.get(*self.of().by_name.get(name)?)?;
        Some(EnumValueDescriptor { name: &value.name, number: value.number })
    }

    /// The descriptor that it was made of.
    #[must_use]
    pub fn proto(&self) -> Option<&EnumDescriptorProto> {
        let declared = &self.pool.inner().linked.enums[self.place as usize];
        let enums = match declared.parent {
            Some(parent) => &proto_of(&self.pool, parent)?.enum_type,
            None => &self.pool.inner().files[declared.file].enum_type,
        };
        enums.iter().find(|enumeration| enumeration.name() == self.name())
    }

    /// Its options; see [`MessageDescriptor::options`].
    #[must_use]
    pub fn options(&self) -> Option<DynamicMessage> {
        options(&self.pool, self.proto()?.options.as_ref()?)
    }

    fn of(&self) -> &EnumType {
        self.pool.types().enumeration(self.place)
    }
}

impl PartialEq for EnumDescriptor {
    /// Whether both are the same enum of the same pool.
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place && self.pool.is(&other.pool)
    }
}

impl Eq for EnumDescriptor {}

impl fmt::Debug for EnumDescriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EnumDescriptor({})", self.full_name())
    }
}

/// A value of an enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnumValueDescriptor<'p> {
    name: &'p str,
    number: i32,
}

impl<'p> EnumValueDescriptor<'p> {
    /// The name in the schema.
    #[must_use]
    pub fn name(self) -> &'p str {
        self.name
    }

    /// The number.
    #[must_use]
    pub fn number(self) -> i32 {
        self.number
    }
}
