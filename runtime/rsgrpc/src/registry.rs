//! Types by their names in the schema, for what a message cannot know at
//! compile time: the content of an `Any`, and extensions.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

#[cfg(feature = "reflect")]
use crate::dynamic::{self, Types};
use crate::extension::{Record, Shape, item, records};
use crate::label::Label;
use crate::wkt;
use crate::{Extension, Message, UnknownFields};

/// Types by their names in the schema: messages, for `google.protobuf.Any`, and
/// extensions. Text formats need one to read and write these by name.
///
/// ```
/// use rsgrpc::{Registry, wkt::Timestamp};
///
/// let registry = Registry::new().message::<Timestamp>();
/// assert!(registry.has_message("google.protobuf.Timestamp"));
/// ```
#[derive(Clone)]
pub struct Registry {
    messages: HashMap<&'static str, MessageType>,
    extensions: HashMap<(&'static str, u32), ExtensionType>,
    /// Full names of extensions, each with its extendee and number: a key of
    /// `extensions`.
    names: HashMap<&'static str, (&'static str, u32)>,
    /// Types that are known at run time only.
    #[cfg(feature = "reflect")]
    types: Vec<std::sync::Arc<Types>>,
}

impl Registry {
    /// A registry of the well-known types.
    #[must_use]
    pub fn new() -> Self {
        let empty = Self {
            messages: HashMap::new(),
            extensions: HashMap::new(),
            names: HashMap::new(),
            #[cfg(feature = "reflect")]
            types: Vec::new(),
        };
        empty
            .message::<wkt::Any>()
            .message::<wkt::Api>()
            .message::<wkt::BoolValue>()
            .message::<wkt::BytesValue>()
            .message::<wkt::DoubleValue>()
            .message::<wkt::Duration>()
            .message::<wkt::Empty>()
            .message::<wkt::FieldMask>()
            .message::<wkt::FloatValue>()
            .message::<wkt::Int32Value>()
            .message::<wkt::Int64Value>()
            .message::<wkt::ListValue>()
            .message::<wkt::StringValue>()
            .message::<wkt::Struct>()
            .message::<wkt::Timestamp>()
            .message::<wkt::Type>()
            .message::<wkt::UInt32Value>()
            .message::<wkt::UInt64Value>()
            .message::<wkt::Value>()
    }

    /// Adds a message.
    #[must_use]
    pub fn message<M: Message>(mut self) -> Self {
        self.messages.insert(M::NAME, MessageType::of::<M>());
        self
    }

    /// Adds an extension.
    #[must_use]
    pub fn extension<E: Message, L: Shape<T>, T: Default>(mut self, extension: &Extension<E, L, T>) -> Self {
        let label = *extension.label();
        let place = (E::NAME, label.number);
        self.extensions.insert(place, ExtensionType::of::<E, L, T>(label));
        self.names.insert(label.name, place);
        self
    }

    /// Whether there is a message of this name.
    #[must_use]
    pub fn has_message(&self, name: &str) -> bool {
        self.messages.contains_key(name)
    }

    /// Whether there is an extension of this name.
    #[must_use]
    pub fn has_extension(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    /// The one that formats use where they are given none.
    pub(crate) fn well_known() -> &'static Self {
        static WELL_KNOWN: LazyLock<Registry> = LazyLock::new(Registry::new);
        &WELL_KNOWN
    }

    /// The message of this name.
    pub(crate) fn message_named(&self, name: &str) -> Option<Found<'_>> {
        if let Some(found) = self.messages.get(name) {
            return Some(Found::Static(found));
        }
        #[cfg(feature = "reflect")]
        for types in &self.types {
            if let Some(found) = types.message_named(name) {
                return Some(Found::Dynamic(types, found));
            }
        }
        None
    }

    /// Adds the messages of a pool.
    #[cfg(feature = "reflect")]
    #[must_use]
    pub(crate) fn types(mut self, types: std::sync::Arc<Types>) -> Self {
        self.types.push(types);
        self
    }

    /// The extension of this name.
    pub(crate) fn extension_named(&self, name: &str) -> Option<&ExtensionType> {
        self.extensions.get(self.names.get(name)?)
    }

    /// The unknown fields of the message `of`: extensions that are known here,
    /// each once, and the rest, field by field.
    pub(crate) fn parts<'r, 'f>(&'r self, of: &'r str, fields: &'f UnknownFields) -> Vec<Part<'r, 'f>> {
        let mut parts: Vec<Part<'r, 'f>> = Vec::new();
        let mut met = Vec::new();
        for record in records(fields.as_bytes()) {
            match self.extension_of(of, record) {
                None => parts.push(Part::Unknown(record)),
                Some(extension) if met.contains(&extension.label.number) => {}
                Some(extension) => {
                    met.push(extension.label.number);
                    parts.push(Part::Extension(extension));
                }
            }
        }
        parts
    }

    fn extension_of<'r>(&'r self, of: &'r str, record: Record<'_>) -> Option<&'r ExtensionType> {
        let (number, in_set) = match item(record) {
            Some((id, _)) => (id, true),
            None => (record.number(), false),
        };
        let found = self.extensions.get(&(of, number)).filter(|extension| extension.in_set == in_set);
        found.or_else(|| self.extensions.get(&(of, record.number())).filter(|extension| !extension.in_set))
    }
}

impl Default for Registry {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Registry({} messages, {} extensions)", self.messages.len(), self.names.len())
    }
}

/// Where a format finds the types of `Any` values: in the registry that it is
/// given, and among the types of the dynamic message that it reads or prints.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known<'r> {
    pub(crate) registry: Option<&'r Registry>,
    #[cfg(feature = "reflect")]
    pub(crate) types: Option<&'r Types>,
}

/// A type that was found.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Found<'r> {
    Static(&'r MessageType),
    #[cfg(feature = "reflect")]
    Dynamic(&'r Types, &'r dynamic::MessageType),
}

impl<'r> Known<'r> {
    /// What `registry` has, or else the well-known types.
    pub(crate) fn of(registry: Option<&'r Registry>) -> Self {
        Self {
            registry,
            #[cfg(feature = "reflect")]
            types: None,
        }
    }

    /// The same, and a dynamic message's `types`.
    #[cfg(feature = "reflect")]
    pub(crate) fn with(self, types: &'r Types) -> Self {
        Self { types: Some(types), ..self }
    }

    /// The message of this name.
    pub(crate) fn message(self, name: &str) -> Option<Found<'r>> {
        let registry = self.registry.unwrap_or_else(|| Registry::well_known());
        if let Some(found) = registry.message_named(name) {
            return Some(found);
        }
        #[cfg(feature = "reflect")]
        if let Some(types) = self.types {
            return Some(Found::Dynamic(types, types.message_named(name)?));
        }
        None
    }

    /// The extension of this name. Those of a dynamic message are its fields.
    pub(crate) fn extension(self, name: &str) -> Option<&'r ExtensionType> {
        self.registry?.extension_named(name)
    }
}

/// A part of a message's unknown fields.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part<'r, 'f> {
    /// An extension that has a value.
    Extension(&'r ExtensionType),
    /// A field that nobody knows.
    Unknown(Record<'f>),
}

/// A message's type, erased: what each format can do with it. A format adds a
/// field with its functions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MessageType {
    #[cfg(feature = "json")]
    pub(crate) json: crate::json::MessageJson,
    #[cfg(feature = "text")]
    pub(crate) text: crate::text::MessageText,
}

impl MessageType {
    #[cfg_attr(
        not(any(feature = "json", feature = "text")),
        allow(clippy::extra_unused_type_parameters, reason = "formats use it")
    )]
    const fn of<M: Message>() -> Self {
        Self {
            #[cfg(feature = "json")]
            json: crate::json::MessageJson::of::<M>(),
            #[cfg(feature = "text")]
            text: crate::text::MessageText::of::<M>(),
        }
    }
}

/// An extension, its types erased: what each format can do with it. A format
/// adds a field with its functions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExtensionType {
    /// The full name of the message that it extends.
    pub(crate) extendee: &'static str,
    /// Number and full name.
    pub(crate) label: Label,
    /// An item of a message set.
    in_set: bool,
    #[cfg(feature = "json")]
    pub(crate) json: crate::json::ExtensionJson,
    #[cfg(feature = "text")]
    pub(crate) text: crate::text::ExtensionText,
}

impl ExtensionType {
    const fn of<E: Message, L: Shape<T>, T>(label: Label) -> Self {
        Self {
            extendee: E::NAME,
            label,
            in_set: L::IN_SET,
            #[cfg(feature = "json")]
            json: crate::json::ExtensionJson::of::<L, T>(),
            #[cfg(feature = "text")]
            text: crate::text::ExtensionText::of::<L, T>(),
        }
    }
}
