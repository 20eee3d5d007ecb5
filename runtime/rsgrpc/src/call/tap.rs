//! What looks at messages on their way: the hooks of interceptors.

use super::message::AnyMessage;
use crate::codec::Coding;
use crate::status::Status;
use bytes::Bytes;
use std::sync::{Mutex, PoisonError};

/// Looks at one message, and may change it. An error takes its place.
pub(crate) type Hook = Box<dyn FnMut(&mut AnyMessage<'_>) -> Result<(), Status> + Send>;

/// All hooks of one direction, for messages of one type.
pub(crate) type Tap<T> = Box<dyn FnMut(&mut T) -> Result<(), Status> + Send>;

/// The hooks of a call, in the order in which interceptors have added them.
#[derive(Default)]
pub(crate) struct Hooks {
    pub(crate) requests: Mutex<Vec<Hook>>,
    pub(crate) responses: Mutex<Vec<Hook>>,
}

impl Hooks {
    pub(crate) fn on_request(&mut self, hook: Hook) {
        hooks(&mut self.requests).push(hook);
    }

    pub(crate) fn on_response(&mut self, hook: Hook) {
        hooks(&mut self.responses).push(hook);
    }

    /// How many there are.
    pub(crate) fn mark(&mut self) -> (usize, usize) {
        (hooks(&mut self.requests).len(), hooks(&mut self.responses).len())
    }

    /// Forgets those that have been added since.
    pub(crate) fn forget(&mut self, (requests, responses): (usize, usize)) {
        hooks(&mut self.requests).truncate(requests);
        hooks(&mut self.responses).truncate(responses);
    }

    /// Shows a request to the hooks, first one first.
    pub(crate) fn request(&mut self, mut message: AnyMessage<'_>) -> Result<(), Status> {
        hooks(&mut self.requests).iter_mut().try_for_each(|hook| hook(&mut message))
    }

    /// Shows a response to the hooks, last one first.
    pub(crate) fn response(&mut self, mut message: AnyMessage<'_>) -> Result<(), Status> {
        hooks(&mut self.responses).iter_mut().rev().try_for_each(|hook| hook(&mut message))
    }

    /// The hooks for requests; none where there are none.
    pub(crate) fn take_requests<T: Send + 'static>(&mut self, coding: &'static Coding<T>) -> Option<Tap<T>> {
        tap(std::mem::take(hooks(&mut self.requests)), coding)
    }

    /// The hooks for responses; none where there are none.
    pub(crate) fn take_responses<T: Send + 'static>(&mut self, coding: &'static Coding<T>) -> Option<Tap<T>> {
        let mut hooks = std::mem::take(hooks(&mut self.responses));
        hooks.reverse();
        tap(hooks, coding)
    }
}

/// The locks are there for `Sync` alone: nobody looks at hooks who does not have them to himself.
fn hooks(hooks: &mut Mutex<Vec<Hook>>) -> &mut Vec<Hook> {
    hooks.get_mut().unwrap_or_else(PoisonError::into_inner)
}

fn tap<T: Send + 'static>(mut hooks: Vec<Hook>, coding: &'static Coding<T>) -> Option<Tap<T>> {
    if hooks.is_empty() {
        return None;
    }
    Some(Box::new(move |item| {
        let mut message = AnyMessage::new(item, coding);
        hooks.iter_mut().try_for_each(|hook| hook(&mut message))
    }))
}

/// Turns frames into messages, and shows them to the hooks.
pub(crate) struct Decoder<T> {
    coding: Coding<T>,
    tap: Option<Tap<T>>,
}

impl<T> Decoder<T> {
    pub(crate) fn new(coding: &Coding<T>, tap: Option<Tap<T>>) -> Self {
        Self { coding: *coding, tap }
    }

    pub(crate) fn decode(&mut self, frame: Bytes) -> Result<T, Status> {
        let mut message = (self.coding.decode)(frame)?;
        if let Some(tap) = &mut self.tap {
            tap(&mut message)?;
        }
        Ok(message)
    }

    /// As [`decode`](Self::decode), of a message that lies in `chunk` among others, into `slot`, which is empty.
    pub(crate) fn decode_within(
        &mut self,
        chunk: &Bytes,
        frame: &[u8],
        slot: &mut Option<T>,
    ) -> Result<(), Status> {
        (self.coding.decode_within)(chunk, frame, slot)?;
        let Some(message) = slot else {
            return Err(Status::internal("the codec read no message and named no error"));
        };
        match &mut self.tap {
            Some(tap) => tap(message),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Codec;
    use crate::{Code, Writer};

    /// Says that it has read a message, and has not.
    struct Silent;

    impl Codec<()> for Silent {
        fn encode(_: &(), _: &mut Writer) -> Result<(), Status> {
            Ok(())
        }

        fn decode(_: Bytes) -> Result<(), Status> {
            Ok(())
        }

        fn decode_within(_: &Bytes, _: &[u8], _: &mut Option<()>) -> Result<(), Status> {
            Ok(())
        }
    }

    #[test]
    fn no_message_is_lost_in_silence() {
        let mut decoder = Decoder::new(&Coding::of::<Silent>(), None);
        let read = decoder.decode_within(&Bytes::new(), &[], &mut None);
        assert_eq!(read.unwrap_err().code(), Code::Internal);
    }
}
