//! Services and their methods.

use std::fmt;

use super::descriptor::{MessageDescriptor, options};
use super::dynamic::DynamicMessage;
use super::link;
use super::pool::{DescriptorPool, FileDescriptor};
use crate::descriptor::{MethodDescriptorProto, ServiceDescriptorProto};
use crate::schema::MethodKind;

/// A service.
#[derive(Clone)]
pub struct ServiceDescriptor {
    pool: DescriptorPool,
    place: usize,
}

#[expect(clippy::indexing_slicing, reason = "a descriptor's place is one of its pool's")]
impl ServiceDescriptor {
    pub(super) fn new(pool: &DescriptorPool, place: usize) -> Self {
        Self { pool: pool.clone(), place }
    }

    /// Such as `library.v1.Library`.
    #[must_use]
    pub fn full_name(&self) -> &str {
        &self.of().full_name
    }

    /// Such as `Library`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.full_name().rsplit('.').next().unwrap_or_default()
    }

    /// The file that declares it.
    #[must_use]
    pub fn file(&self) -> FileDescriptor {
        FileDescriptor::new(&self.pool, self.of().file)
    }

    /// The methods, as declared.
    pub fn methods(&self) -> impl ExactSizeIterator<Item = MethodDescriptor> + '_ {
        (0..self.of().methods.len()).map(|place| MethodDescriptor { service: self.clone(), place })
    }

    /// The method of this name.
    #[must_use]
    pub fn method(&self, name: &str) -> Option<MethodDescriptor> {
        let place = self.of().methods.iter().position(|method| method.name == name)?;
        Some(MethodDescriptor { service: self.clone(), place })
    }

    /// The descriptor that it was made of.
    #[must_use]
    pub fn proto(&self) -> Option<&ServiceDescriptorProto> {
        let services = &self.pool.inner().files[self.of().file].service;
        services.iter().find(|service| service.name() == self.name())
    }

    /// Its options; see [`MessageDescriptor::options`].
    #[must_use]
    pub fn options(&self) -> Option<DynamicMessage> {
        options(&self.pool, self.proto()?.options.as_ref()?)
    }

    fn of(&self) -> &link::Service {
        &self.pool.inner().linked.services[self.place]
    }
}

impl fmt::Debug for ServiceDescriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServiceDescriptor({})", self.full_name())
    }
}

/// A method of a service.
#[derive(Clone)]
pub struct MethodDescriptor {
    service: ServiceDescriptor,
    place: usize,
}

#[expect(clippy::indexing_slicing, reason = "a descriptor's place is one of its pool's")]
impl MethodDescriptor {
    /// The name in the schema.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.of().name
    }

    /// The service that it belongs to.
    #[must_use]
    pub fn service(&self) -> &ServiceDescriptor {
        &self.service
    }

    /// The request's type.
    #[must_use]
    pub fn input(&self) -> MessageDescriptor {
        MessageDescriptor::new(&self.service.pool, self.of().input)
    }

    /// The response's type.
    #[must_use]
    pub fn output(&self) -> MessageDescriptor {
        MessageDescriptor::new(&self.service.pool, self.of().output)
    }

    /// Whether the client sends any number of messages.
    #[must_use]
    pub fn streams_requests(&self) -> bool {
        matches!(self.of().kind, MethodKind::ClientStreaming | MethodKind::Bidi)
    }

    /// Whether the server sends any number of messages.
    #[must_use]
    pub fn streams_responses(&self) -> bool {
        matches!(self.of().kind, MethodKind::ServerStreaming | MethodKind::Bidi)
    }

    /// The descriptor that it was made of.
    #[must_use]
    pub fn proto(&self) -> Option<&MethodDescriptorProto> {
        self.service.proto()?.method.iter().find(|method| method.name() == self.name())
    }

    /// Its options; see [`MessageDescriptor::options`].
    #[must_use]
    pub fn options(&self) -> Option<DynamicMessage> {
        options(&self.service.pool, self.proto()?.options.as_ref()?)
    }

    fn of(&self) -> &link::Method {
        &self.service.of().methods[self.place]
    }
}

impl fmt::Debug for MethodDescriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MethodDescriptor({}.{})", self.service.full_name(), self.name())
    }
}
