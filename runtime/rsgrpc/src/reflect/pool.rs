//! Files, and what they declare, by name.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::descriptor::{FieldDescriptor, MessageDescriptor};
use super::enumeration::EnumDescriptor;
use super::link::{Linked, Symbol, link, next};
use super::order::sorted;
use super::service::ServiceDescriptor;
use crate::descriptor::{FileDescriptorProto, FileDescriptorSet};
use crate::dynamic::Types;
use crate::schema::{self, Errors, Problem};
use crate::{Limits, Registry};

/// Descriptors of files and of all that they declare, resolved and linked.
///
/// A pool does not change; clones share it. What stands in it knows it, so that a descriptor is enough to make
/// messages, find extensions, and print what an `Any` holds.
#[derive(Clone)]
pub struct DescriptorPool(Arc<Inner>);

pub(super) struct Inner {
    pub(super) files: Vec<FileDescriptorProto>,
    by_path: HashMap<String, usize>,
    pub(super) linked: Linked,
    types: Arc<Types>,
}

impl DescriptorPool {
    /// The pool of these files, in any order. A file that comes more than once has to be the same each time.
    ///
    /// # Errors
    /// All that protoc would not have let through, with file and element: names that nothing has, types that do
    /// not fit, and the like.
    pub fn new(files: impl IntoIterator<Item = FileDescriptorProto>) -> Result<Self, PoolError> {
        let mut unique: HashMap<String, FileDescriptorProto> = HashMap::new();
        let mut order = Vec::new();
        let mut errors = Errors::default();
        for file in files {
            match unique.get(file.name()) {
                Some(other) if *other != file => {
                    errors.push(Problem::new(file.name(), "", "comes twice, and differs"));
                }
                Some(_) => {}
                None => {
                    order.push(file.name().to_owned());
                    unique.insert(file.name().to_owned(), file);
                }
            }
        }
        errors.or(()).map_err(PoolError::Invalid)?;
        let files = sorted(order.iter().filter_map(|path| unique.remove(path)).collect());
        let schema = schema::resolve(files.iter(), &[]).map_err(PoolError::Invalid)?;
        let mut linked = link(&schema).map_err(PoolError::Invalid)?;
        let by_path = files.iter().enumerate().map(|(place, file)| (file.name().to_owned(), place)).collect();
        let types = Arc::new(std::mem::take(&mut linked.types));
        Ok(Self(Arc::new(Inner { files, by_path, linked, types })))
    }

    /// The pool of an encoded `google.protobuf.FileDescriptorSet`, as `protoc --include_imports
    /// --descriptor_set_out=FILE` and `buf build -o FILE` write it.
    ///
    /// # Errors
    /// It is none; or as for [`new`](Self::new).
    pub fn decode(set: &[u8]) -> Result<Self, PoolError> {
        let set: FileDescriptorSet = limits(set.len()).decode(set).map_err(PoolError::Decode)?;
        Self::new(set.file)
    }

    /// The pool of these files, encoded one by one, as the gRPC reflection service sends them.
    ///
    /// # Errors
    /// As for [`decode`](Self::decode).
    pub fn decode_files<F: AsRef<[u8]>>(files: impl IntoIterator<Item = F>) -> Result<Self, PoolError> {
        let decode = |file: F| limits(file.as_ref().len()).decode(file.as_ref()).map_err(PoolError::Decode);
        let files: Result<Vec<FileDescriptorProto>, _> = files.into_iter().map(decode).collect();
        Self::new(files?)
    }

    /// The pool of these files and of those that this one has.
    ///
    /// # Errors
    /// As for [`new`](Self::new).
    pub fn with(&self, files: impl IntoIterator<Item = FileDescriptorProto>) -> Result<Self, PoolError> {
        Self::new(self.0.files.iter().cloned().chain(files))
    }

    /// All files, each behind those that it imports.
    pub fn files(&self) -> impl ExactSizeIterator<Item = FileDescriptor> + '_ {
        (0..self.0.files.len()).map(|place| FileDescriptor { pool: self.clone(), place })
    }

    /// The file of this path, such as `google/protobuf/any.proto`.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<FileDescriptor> {
        Some(FileDescriptor { pool: self.clone(), place: *self.0.by_path.get(path)? })
    }

    /// The file that declares what has this full name: a message, field, `oneof`, extension, enum, value, service
    /// or method.
    #[must_use]
    pub fn file_containing_symbol(&self, name: &str) -> Option<FileDescriptor> {
        let linked = &self.0.linked;
        let place = match self.symbol(name) {
            Some(Symbol::Message(place)) => linked.message(place)?.file,
            Some(Symbol::Enum(place) | Symbol::Value(place)) => linked.enumeration(place)?.file,
            Some(Symbol::Extension(place)) => linked.extensions.get(place)?.file,
            Some(Symbol::Service(place)) => linked.services.get(place)?.file,
            None => {
                let (scope, name) = name.rsplit_once('.')?;
                match self.symbol(scope)? {
                    Symbol::Message(place) => {
                        let of = self.types().message(place);
                        let named = |oneof: &crate::dynamic::Oneof| oneof.name == name;
                        if !of.names.contains_key(name) && !of.oneofs.iter().any(named) {
                            return None;
                        }
                        linked.message(place)?.file
                    }
                    Symbol::Service(place) => {
                        let service = linked.services.get(place)?;
                        service.methods.iter().find(|method| method.name == name)?;
                        service.file
                    }
                    _ => return None,
                }
            }
        };
        Some(FileDescriptor { pool: self.clone(), place })
    }

    /// The message of this full name.
    #[must_use]
    pub fn message(&self, name: &str) -> Option<MessageDescriptor> {
        Some(MessageDescriptor::new(self, *self.types().by_name.get(name)?))
    }

    /// The enum of this full name.
    #[must_use]
    pub fn enumeration(&self, name: &str) -> Option<EnumDescriptor> {
        match self.symbol(name)? {
            Symbol::Enum(place) => Some(EnumDescriptor::new(self, place)),
            _ => None,
        }
    }

    /// The service of this full name.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<ServiceDescriptor> {
        match self.symbol(name)? {
            Symbol::Service(place) => Some(ServiceDescriptor::new(self, place)),
            _ => None,
        }
    }

    /// The extension of this full name.
    #[must_use]
    pub fn extension(&self, name: &str) -> Option<FieldDescriptor> {
        match self.symbol(name)? {
            Symbol::Extension(place) => self.extension_at(place),
            _ => None,
        }
    }

    pub(super) fn extension_at(&self, place: usize) -> Option<FieldDescriptor> {
        let extension = self.0.linked.extensions.get(place)?;
        Some(FieldDescriptor::new(self, extension.message, extension.field))
    }

    /// All messages, those that stand in others too.
    pub fn messages(&self) -> impl ExactSizeIterator<Item = MessageDescriptor> + '_ {
        (0..next(&self.types().messages)).map(|place| MessageDescriptor::new(self, place))
    }

    /// All enums, those that stand in messages too.
    pub fn enums(&self) -> impl ExactSizeIterator<Item = EnumDescriptor> + '_ {
        (0..next(&self.types().enums)).map(|place| EnumDescriptor::new(self, place))
    }

    /// All services.
    pub fn services(&self) -> impl ExactSizeIterator<Item = ServiceDescriptor> + '_ {
        (0..self.0.linked.services.len()).map(|place| ServiceDescriptor::new(self, place))
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.0
    }

    #[inline]
    pub(super) fn types(&self) -> &Types {
        &self.0.types
    }

    #[inline]
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    fn symbol(&self, name: &str) -> Option<Symbol> {
        self.0.linked.symbols.get(name).copied()
    }
}

impl fmt::Debug for DescriptorPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DescriptorPool({} files, {} messages)", self.0.files.len(), self.types().messages.len())
    }
}

/// Descriptors are far larger than their bytes.
fn limits(len: usize) -> Limits {
    const PER_BYTE: usize = 100;
    const ANYWAY: usize = 64 << 20;
    Limits::default().memory(len.saturating_mul(PER_BYTE).saturating_add(ANYWAY))
}

impl Registry {
    /// Adds the messages of a pool, for what an `Any` holds. A type that the registry has as a generated message
    /// is read and printed as that.
    #[must_use]
    pub fn pool(self, pool: &DescriptorPool) -> Self {
        self.types(Arc::clone(&pool.0.types))
    }
}

/// A `.proto` file.
#[derive(Clone)]
pub struct FileDescriptor {
    pool: DescriptorPool,
    place: usize,
}

#[expect(clippy::indexing_slicing, reason = "a descriptor's place is one of its pool's")]
impl FileDescriptor {
    pub(super) fn new(pool: &DescriptorPool, place: usize) -> Self {
        Self { pool: pool.clone(), place }
    }

    /// The descriptor that it was made of. Encoded, it is what the gRPC reflection service sends.
    #[must_use]
    pub fn proto(&self) -> &FileDescriptorProto {
        &self.pool.0.files[self.place]
    }

    /// Such as `google/protobuf/any.proto`.
    #[must_use]
    pub fn path(&self) -> &str {
        self.proto().name()
    }

    /// Such as `google.protobuf`; empty where the file names none.
    #[must_use]
    pub fn package(&self) -> &str {
        self.proto().package()
    }

    /// The pool.
    #[must_use]
    pub fn pool(&self) -> &DescriptorPool {
        &self.pool
    }

    /// The files that it imports, as far as the pool has them.
    pub fn imports(&self) -> impl Iterator<Item = Self> + '_ {
        self.proto().dependency.iter().filter_map(|path| self.pool.file(path))
    }

    /// The messages that it declares, not those in other messages.
    pub fn messages(&self) -> impl Iterator<Item = MessageDescriptor> + '_ {
        self.contents().messages.iter().map(|place| MessageDescriptor::new(&self.pool, *place))
    }

    /// The enums that it declares, not those in messages.
    pub fn enums(&self) -> impl Iterator<Item = EnumDescriptor> + '_ {
        self.contents().enums.iter().map(|place| EnumDescriptor::new(&self.pool, *place))
    }

    /// The extensions that it declares, not those in messages.
    pub fn extensions(&self) -> impl Iterator<Item = FieldDescriptor> + '_ {
        self.contents().extensions.iter().filter_map(|place| self.pool.extension_at(*place))
    }

    /// The services that it declares.
    pub fn services(&self) -> impl Iterator<Item = ServiceDescriptor> + '_ {
        self.contents().services.iter().map(|place| ServiceDescriptor::new(&self.pool, *place))
    }

    fn contents(&self) -> &super::link::Contents {
        &self.pool.0.linked.files[self.place]
    }
}

impl fmt::Debug for FileDescriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileDescriptor({:?})", self.path())
    }
}

/// Why files make no pool.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PoolError {
    /// The bytes are no descriptors.
    Decode(crate::DecodeError),
    /// The descriptors contradict themselves or each other, or something is missing; all of it, a line each.
    Invalid(Errors),
}

impl fmt::Display for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decode(error) => error.fmt(f),
            Self::Invalid(errors) => errors.fmt(f),
        }
    }
}

impl std::error::Error for PoolError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Decode(error) => Some(error),
            Self::Invalid(errors) => Some(errors),
        }
    }
}
