//! Messages that leave.

use super::tap::Tap;
use super::{Context as Call, Outbox};
use crate::codec::Coding;
use crate::compression::Encoder;
use crate::status::Status;
use crate::transport::{Outgoing, Reset, Turn};
use futures_core::Stream;
use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

/// Messages to the other side of a call.
///
/// [`send`](Self::send) waits while the other side does not read: at most some 150 KiB, or one larger
/// message, are on their way. Messages that are sent without a pause leave together; as soon as the sender
/// waits for something, all that it has sent leaves.
///
/// On the server the stream ends when the handler returns, with the handler's result as its status. On the
/// client it ends when the sender is closed; a sender that is dropped without that cancels the call, so
/// that the server never takes half of a stream for all of it.
///
/// ```
/// # use rsgrpc::{Context, Sender, Status};
/// async fn count(_: &Context, up_to: u32, numbers: Sender<u32>) -> Result<(), Status> {
///     for number in 1..=up_to {
///         numbers.send(number).await?;
///     }
///     Ok(())
/// }
/// ```
pub struct Sender<T> {
    way: Way<T>,
    tap: Option<Mutex<Tap<T>>>,
}

/// Where messages go.
enum Way<T> {
    /// To the other side of a call.
    Call { outbox: Arc<Outbox>, coding: Coding<T>, side: Side },
    /// To somebody in this process.
    Taker(Arc<dyn Take<T>>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Client,
    Server,
}

/// Takes messages in place of a call.
pub(crate) trait Take<T>: Send + Sync {
    fn take(&self, message: T) -> Result<(), Status>;

    /// The sender was closed.
    fn close(&self) {}
}

impl<T> Sender<T> {
    /// The responses to a call, on the server; for the call around also what is behind them.
    ///
    /// `due` is the call where the head of its response has not been sent.
    pub(crate) fn responses(
        outgoing: Outgoing,
        due: Option<Call>,
        coding: &Coding<T>,
        tap: Option<Tap<T>>,
    ) -> (Self, Arc<Outbox>) {
        Self::call(Outbox::response(outgoing, due), coding, Side::Server, tap)
    }

    /// The requests of a call, on the client; for the call around also what is behind them.
    pub(crate) fn requests(
        outgoing: Outgoing,
        turn: Option<Arc<Turn>>,
        coding: &Coding<T>,
        encoder: Option<Encoder>,
        tap: Option<Tap<T>>,
    ) -> (Self, Arc<Outbox>) {
        Self::call(Outbox::request(outgoing, turn, encoder), coding, Side::Client, tap)
    }

    /// Messages that go to somebody in this process.
    pub(crate) fn to(taker: Arc<dyn Take<T>>) -> Self {
        Self { way: Way::Taker(taker), tap: None }
    }

    fn call(outbox: Arc<Outbox>, coding: &Coding<T>, side: Side, tap: Option<Tap<T>>) -> (Self, Arc<Outbox>) {
        let way = Way::Call { outbox: outbox.clone(), coding: *coding, side };
        (Self { way, tap: tap.map(Mutex::new) }, outbox)
    }

    /// Whether nothing more can be sent.
    pub(crate) fn is_closed(&self) -> bool {
        match &self.way {
            Way::Call { outbox, .. } => outbox.is_closed(),
            Way::Taker(_) => false,
        }
    }

    /// Sends a message; ready when another one may be sent. May be called concurrently: messages do not mix, and what is
    /// sent after another `send` has returned comes behind it, whoever sends.
    ///
    /// The message is on its way when this returns, even where the future is dropped: that only waits for room.
    ///
    /// # Errors
    /// The message cannot be encoded, or an interceptor refuses it, and nothing was sent; or the call is over: cancelled, past its
    /// deadline, answered already, or lost with its connection.
    #[inline]
    pub fn send(&self, message: T) -> impl Future<Output = Result<(), Status>> + use<'_, T> {
        self.deliver(message, true)
    }

    /// As [`send`](Self::send), of a message that is not to be compressed, although the call's others may be:
    /// because it is compressed in itself, or because it must not tell anything by its length; see
    /// [`compression`](crate::compression).
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_uncompressed(&self, message: T) -> impl Future<Output = Result<(), Status>> + use<'_, T> {
        self.deliver(message, false)
    }

    /// Sends a message, to be compressed or not.
    ///
    /// It is encoded where it is: one that is moved to a future while it is being made has to wait for itself.
    #[inline]
    pub(crate) fn deliver(&self, mut message: T, compress: bool) -> Sending<'_> {
        if let Some(tap) = &self.tap
            && let Err(status) = show(tap, &mut message)
        {
            return Sending::Failed(status);
        }
        let put = match &self.way {
            Way::Call { outbox, coding, .. } => match outbox.put(coding, &message, compress) {
                Ok(false) => return Sending::Full(outbox),
                put => put.map(drop),
            },
            Way::Taker(taker) => taker.take(message),
        };
        put.map_or_else(Sending::Failed, |()| Sending::Sent)
    }

    /// Sends all messages of a stream, until it ends.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn send_all(&self, messages: impl Stream<Item = T>) -> Result<(), Status> {
        let mut messages = pin!(messages);
        while let Some(message) = poll_fn(|cx| messages.as_mut().poll_next(cx)).await {
            self.send(message).await?;
        }
        Ok(())
    }

    /// As [`send_all`](Self::send_all), of a stream that can fail, such as a
    /// [`Streaming`](crate::Streaming).
    ///
    /// # Errors
    /// As [`send`](Self::send), and the first error of the stream.
    pub async fn try_send_all<E>(&self, messages: impl Stream<Item = Result<T, E>>) -> Result<(), Status>
    where
        Status: From<E>,
    {
        let mut messages = pin!(messages);
        while let Some(message) = poll_fn(|cx| messages.as_mut().poll_next(cx)).await {
            self.send(message?).await?;
        }
        Ok(())
    }

    /// Says, on the client, that all requests are sent. What the server thinks of it, and whether the call
    /// was over before, the responses tell.
    ///
    /// On the server the stream ends when the handler returns, so there this does nothing.
    pub fn close(self) {
        match &self.way {
            // An error means that the call is over.
            Way::Call { outbox, side: Side::Client, .. } => drop(outbox.close()),
            Way::Call { side: Side::Server, .. } => {}
            Way::Taker(taker) => taker.close(),
        }
    }
}

/// Shows a message to interceptors.
#[cold]
fn show<T>(tap: &Mutex<Tap<T>>, message: &mut T) -> Result<(), Status> {
    // A panic of a hook ends the call; there is nothing to be found half done after it.
    let mut tap = tap.lock().unwrap_or_else(PoisonError::into_inner);
    tap(message)
}

/// What became of a message; ready when another one may be sent.
#[must_use = "without waiting for room, memory is unbounded"]
pub(crate) enum Sending<'a> {
    Sent,
    /// There is room for another one when the outbox says so.
    Full(&'a Outbox),
    Failed(Status),
}

impl Future for Sending<'_> {
    type Output = Result<(), Status>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        match &*self {
            Self::Sent => Poll::Ready(Ok(())),
            Self::Full(outbox) => outbox.poll_room(cx),
            Self::Failed(status) => Poll::Ready(Err(status.clone())),
        }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        if let Way::Call { outbox, side: Side::Client, .. } = &self.way
            && !outbox.is_closed()
        {
            outbox.reset(Reset::Cancel, Status::cancelled("the sender was dropped before it was closed"));
        }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Sender");
        if let Way::Call { side, .. } = &self.way {
            out.field("side", side);
        }
        out.finish_non_exhaustive()
    }
}
