//! Messages whose type is not known where they are looked at.

use crate::Writer;
use crate::codec::Coding;
use crate::status::Status;
use bytes::{Bytes, BytesMut};
use std::any::{Any, type_name};
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// A message on its way, as interceptors see it: of whatever type the method has.
///
/// Where the type is known it can be had, and changed. Otherwise there are its `Debug` form, which leaves nothing
/// out, and its bytes.
///
/// ```
/// use rsgrpc::{AnyMessage, wkt::Timestamp};
///
/// fn look(message: &mut AnyMessage<'_>) {
///     if let Some(time) = message.downcast_mut::<Timestamp>() {
///         time.nanos = 0;
///     }
///     println!("{message:?}");
/// }
/// ```
pub struct AnyMessage<'a> {
    item: &'a mut (dyn Any + Send),
    coding: &'static dyn AnyCoding,
}

impl<'a> AnyMessage<'a> {
    pub(crate) fn new<T: Send + 'static>(item: &'a mut T, coding: &'static Coding<T>) -> Self {
        Self { item, coding }
    }

    /// Whether the message is a `T`.
    #[must_use]
    pub fn is<T: 'static>(&self) -> bool {
        self.item.is::<T>()
    }

    /// The message, if it is a `T`. Requests that a handler takes as views are
    /// [`Encoded<T>`](crate::Encoded) on the server.
    #[must_use]
    pub fn downcast_ref<T: 'static>(&self) -> Option<&T> {
        self.item.downcast_ref()
    }

    /// The message to be changed, if it is a `T`.
    #[must_use]
    pub fn downcast_mut<T: 'static>(&mut self) -> Option<&mut T> {
        self.item.downcast_mut()
    }

    /// The bytes of the message, neither framed nor compressed. It is encoded anew for this.
    ///
    /// # Errors
    /// The message cannot be encoded.
    pub fn encode(&self) -> Result<Bytes, Status> {
        self.coding.encode(&*self.item)
    }
}

impl fmt::Debug for AnyMessage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.coding.show(&*self.item, f)
    }
}

/// A [`Coding`] whose type is not known. It is asked only about items of that type.
pub(crate) trait AnyCoding: Sync {
    fn encode(&self, item: &dyn Any) -> Result<Bytes, Status>;
    fn show(&self, item: &dyn Any, f: &mut fmt::Formatter<'_>) -> fmt::Result;
    /// Whether an item is of the type; the type's name otherwise.
    fn check(&self, item: &dyn Any) -> Result<(), &'static str>;
}

impl<T: 'static> AnyCoding for Coding<T> {
    fn encode(&self, item: &dyn Any) -> Result<Bytes, Status> {
        let mut out = Writer::with_capacity(256);
        if let Some(item) = item.downcast_ref() {
            (self.encode)(item, &mut out)?;
        }
        Ok(match out.take() {
            segments if segments.len() == 1 => segments.into_iter().next().unwrap_or_default(),
            segments => segments
                .iter()
                .fold(BytesMut::new(), |mut all, part| {
                    all.extend_from_slice(part);
                    all
                })
                .freeze(),
        })
    }

    fn show(&self, item: &dyn Any, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match item.downcast_ref() {
            Some(item) => (self.show)(item, f),
            None => Ok(()),
        }
    }

    fn check(&self, item: &dyn Any) -> Result<(), &'static str> {
        if item.is::<T>() { Ok(()) } else { Err(type_name::<T>()) }
    }
}

/// A message that is kept.
pub(crate) struct Held {
    /// Never locked but by whoever has it to himself: it makes this `Sync` where the message need not be.
    item: Mutex<Box<dyn Any + Send>>,
    coding: &'static dyn AnyCoding,
}

impl Held {
    pub(crate) fn new<T: Send + 'static>(item: T, coding: &'static Coding<T>) -> Self {
        Self { item: Mutex::new(Box::new(item)), coding }
    }

    /// A message that is said to fit; an error where it does not.
    pub(crate) fn checked<T: Send + 'static>(
        item: T,
        coding: &'static dyn AnyCoding,
    ) -> Result<Self, Status> {
        match coding.check(&item) {
            Ok(()) => Ok(Self { item: Mutex::new(Box::new(item)), coding }),
            Err(due) => Err(Status::internal(format!(
                "an interceptor gave a {} where a {due} is due",
                type_name::<T>()
            ))),
        }
    }

    pub(crate) fn message(&mut self) -> AnyMessage<'_> {
        let item = self.item.get_mut().unwrap_or_else(PoisonError::into_inner);
        AnyMessage { item: &mut **item, coding: self.coding }
    }

    /// The message, if it is a `T`.
    pub(crate) fn take<T: 'static>(self) -> Option<T> {
        let item = self.item.into_inner().unwrap_or_else(PoisonError::into_inner);
        item.downcast().ok().map(|item| *item)
    }
}
