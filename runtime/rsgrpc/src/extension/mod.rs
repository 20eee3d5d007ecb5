//! Extensions: fields that a message leaves room for and others declare.

mod set;
mod shape;
mod stored;
#[cfg(test)]
mod tests;

use std::fmt;
use std::marker::PhantomData;

use crate::field::{Explicit, Packed, Repeated};
use crate::label::Label;
use crate::{DecodeError, Message};

pub use set::InSet;
pub(crate) use set::item;
pub use shape::Shape;
pub(crate) use stored::{Record, records};

/// An extension of the message `E`: its number, name, layout and type.
///
/// The plugin writes one constant for each `extend` of the schema. The message
/// keeps extensions in encoded form among its unknown fields; these methods
/// decode and encode there. An extension that nobody asks for is kept as it is.
///
/// ```
/// use rsgrpc::codegen::{Explicit, Repeated, Sint32, Str};
/// use rsgrpc::{Extension, Message, wkt::Empty};
///
/// // extend google.protobuf.Empty { optional string note = 1000; repeated sint32 marks = 1001; }
/// const NOTE: Extension<Empty, Explicit<Str>, String> = Extension::new(1000, "acme.note");
/// const MARKS: Extension<Empty, Repeated<Sint32>, i32> = Extension::new(1001, "acme.marks");
///
/// let mut message = Empty::default();
/// NOTE.set(&mut message, "hello".to_owned());
/// MARKS.push(&mut message, -1);
/// let received = Empty::decode(&message.encode())?;
/// assert_eq!(NOTE.get(&received)?.as_deref(), Some("hello"));
/// assert_eq!(MARKS.get(&received)?, [-1]);
/// # Ok::<(), rsgrpc::DecodeError>(())
/// ```
pub struct Extension<E, L, T> {
    label: Label,
    default: fn() -> T,
    types: PhantomData<fn(E, L)>,
}

impl<E: Message, L: Shape<T>, T: Default> Extension<E, L, T> {
    /// The extension with this number and this name in the schema, with its
    /// package.
    #[must_use]
    pub const fn new(number: u32, name: &'static str) -> Self {
        let label = if L::IN_SET { Label::item(number, name) } else { Label::new(number, L::WIRE, name) };
        Self { label, default: T::default, types: PhantomData }
    }

    /// Says what [`get_or_default`](Self::get_or_default) gives when unset.
    #[must_use]
    pub const fn or(mut self, default: fn() -> T) -> Self {
        self.default = default;
        self
    }

    /// Keeps the value out of text for people.
    #[must_use]
    pub const fn redacted(mut self) -> Self {
        self.label.redact = true;
        self
    }

    /// The extension, apart from its value. The name is the full one.
    #[must_use]
    pub const fn label(&self) -> &Label {
        &self.label
    }

    /// Whether `message` has a value.
    #[must_use]
    pub fn has(&self, message: &E) -> bool {
        L::has(&self.label, message.unknown_fields())
    }

    /// Takes the value, or all values, away.
    pub fn clear(&self, message: &mut E) {
        L::clear(&self.label, message.unknown_fields_mut());
    }
}

/// An extension with one value at most.
macro_rules! singular {
    ($([$($kind:ident)?] $layout:ty;)*) => {$(
        impl<E: Message, $($kind,)? T: Default> Extension<E, $layout, T>
        where
            $layout: Shape<T, Value = Option<T>>,
        {
            /// The value, if there is one.
            ///
            /// # Errors
            /// What came is no such value: a message keeps extensions unread.
            pub fn get(&self, message: &E) -> Result<Option<T>, DecodeError> {
                self.read(message)
            }

            /// The value, or the default that the schema gives.
            ///
            /// # Errors
            /// As for [`get`](Self::get).
            pub fn get_or_default(&self, message: &E) -> Result<T, DecodeError> {
                Ok(self.read(message)?.unwrap_or_else(self.default))
            }

            /// Sets the value.
            pub fn set(&self, message: &mut E, value: T) {
                self.write(message, &Some(value));
            }
        }
    )*};
}

singular! {
    [K] Explicit<K>;
    [] InSet;
}

/// An extension with any number of values.
macro_rules! lists {
    ($($layout:ident)*) => {$(
        impl<E: Message, K, T: Default> Extension<E, $layout<K>, T>
        where
            $layout<K>: Shape<T, Value = Vec<T>>,
        {
            /// All values.
            ///
            /// # Errors
            /// What came are no such values: a message keeps extensions unread.
            pub fn get(&self, message: &E) -> Result<Vec<T>, DecodeError> {
                self.read(message)
            }

            /// Sets all values.
            pub fn set(&self, message: &mut E, values: Vec<T>) {
                self.write(message, &values);
            }

            /// Adds a value.
            pub fn push(&self, message: &mut E, value: T) {
                <$layout<K>>::write(&self.label, &vec![value], message.unknown_fields_mut());
            }
        }
    )*};
}
lists!(Repeated Packed);

impl<E: Message, L: Shape<T>, T> Extension<E, L, T> {
    fn read(&self, message: &E) -> Result<L::Value, DecodeError> {
        let mut value = L::Value::default();
        L::read(&self.label, E::NAME, message.unknown_fields(), &mut value)?;
        Ok(value)
    }

    fn write(&self, message: &mut E, value: &L::Value) {
        let fields = message.unknown_fields_mut();
        L::clear(&self.label, fields);
        L::write(&self.label, value, fields);
    }
}

impl<E: Message, L, T> fmt::Debug for Extension<E, L, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Extension({} = {} of {})", self.label.name, self.label.number, E::NAME)
    }
}
