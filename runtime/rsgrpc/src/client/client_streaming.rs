//! Many requests, one response.

use super::answer::{Answer, missing};
use super::attempt;
use super::chain::Opened;
use super::channel::Channel;
use super::options::{CallOptions, options};
use super::response::{Response, ResponseFuture};
use crate::call::{Decoder, Sender};
use crate::method::Method;
use crate::status::Status;
use futures_core::Stream;
use std::fmt;
use std::future::{Future, IntoFuture, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll};

/// A call with many requests and one response, not yet opened: give it options, then `await` it.
///
/// ```
/// # use rsgrpc::{Channel, Kind, Method, Protobuf, Status, wkt::{Duration, Timestamp}};
/// # static METHOD: Method<Duration, Timestamp> = Method::new::<Protobuf>(Kind::ClientStreaming, "/clock.v1.Clock/Sum");
/// # struct Client(Channel);
/// # impl Client {
/// #     fn sum(&self) -> rsgrpc::ClientStreamingCall<Duration, Timestamp> { self.0.client_streaming(&METHOD) }
/// # }
/// # async fn example(client: Client) -> Result<(), Status> {
/// let mut sum = client.sum().await?;
/// for seconds in 0..60 {
///     sum.send(Duration { seconds, ..Default::default() }).await?;
/// }
/// let time = sum.finish().await?;
/// # Ok(())
/// # }
/// ```
///
/// or, from a stream, `client.sum().send_all(durations).await?`.
#[must_use = "a call is opened when it is awaited"]
pub struct ClientStreamingCall<Req: 'static, Res: 'static> {
    channel: Channel,
    method: &'static Method<Req, Res>,
    options: CallOptions,
}

impl<Req, Res> ClientStreamingCall<Req, Res> {
    pub(super) fn new(channel: Channel, method: &'static Method<Req, Res>) -> Self {
        Self { channel, method, options: CallOptions::default() }
    }

    options!();

    /// Makes the call: sends all messages of a stream, then waits for the response.
    ///
    /// # Errors
    /// The status with which the call failed.
    pub async fn send_all(self, requests: impl Stream<Item = Req> + Send) -> Result<Res, Status>
    where
        Req: Send,
        Res: Send,
    {
        let mut upload = self.open().await?;
        let mut requests = pin!(requests);
        while !upload.is_answered()
            && let Some(request) =
                upload.awaited.or_complete(poll_fn(|cx| requests.as_mut().poll_next(cx))).await?.flatten()
        {
            upload.send(request).await?;
        }
        upload.finish().await
    }

    async fn open(self) -> Result<Upload<Req, Res>, Status>
    where
        Req: Send,
        Res: Send,
    {
        let Self { channel, method, options } = self;
        let Opened { sender, answer, decoder, mut ahead } = attempt::open(channel, method, options).await?;
        let message = ahead.pop_front();
        let complete = message.is_some();
        Ok(Upload { sender, awaited: Awaited { answer, decoder, message, complete } })
    }
}

impl<Req: Send, Res: Send> IntoFuture for ClientStreamingCall<Req, Res> {
    type Output = Result<Upload<Req, Res>, Status>;
    type IntoFuture = ResponseFuture<Upload<Req, Res>>;

    fn into_future(self) -> Self::IntoFuture {
        ResponseFuture::new(self.open())
    }
}

impl<Req, Res> fmt::Debug for ClientStreamingCall<Req, Res> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientStreamingCall")
            .field("method", &self.method)
            .field("options", &self.options)
            .finish()
    }
}

/// An open call with many requests and one response.
///
/// Dropped before [`finish`](Self::finish) it cancels the call, so that the server never takes a part of the
/// requests for all of them.
#[must_use = "an upload that is dropped is cancelled"]
pub struct Upload<Req, Res> {
    sender: Sender<Req>,
    awaited: Awaited<Res>,
}

/// The response, which may come from a server that does not wait for all requests.
struct Awaited<Res> {
    answer: Answer,
    decoder: Decoder<Res>,
    message: Option<Res>,
    /// The server has answered: `message` is there.
    complete: bool,
}

impl<Req, Res> Upload<Req, Res> {
    /// Sends a request; ready when another one may be sent.
    ///
    /// A server may answer before it has read all requests. Then what is sent further is dropped, and
    /// [`finish`](Self::finish) gives the answer; see [`is_answered`](Self::is_answered).
    ///
    /// # Errors
    /// The request cannot be encoded, or the status with which the call failed.
    pub async fn send(&mut self, request: Req) -> Result<(), Status> {
        self.put(request, true).await
    }

    /// As [`send`](Self::send), of a request that is not to be compressed, although the call's others may be;
    /// see [`Sender::send_uncompressed`].
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn send_uncompressed(&mut self, request: Req) -> Result<(), Status> {
        self.put(request, false).await
    }

    async fn put(&mut self, request: Req, compress: bool) -> Result<(), Status> {
        if self.is_answered() {
            return Ok(());
        }
        // A server that has answered need not read on, so room may never come.
        match self.awaited.or_complete(self.sender.deliver(request, compress)).await? {
            None | Some(Ok(())) => Ok(()),
            Some(Err(status)) if !self.sender.is_closed() => Err(status),
            // The server has ended the call, and its answer says why.
            Some(Err(_)) => poll_fn(|cx| self.awaited.poll(cx)).await,
        }
    }

    /// Whether the server is known to have answered, so that further requests are of no use.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        self.awaited.complete
    }

    /// Says that all requests are sent, and waits for the response.
    ///
    /// # Errors
    /// The status with which the call failed.
    pub async fn finish(self) -> Result<Res, Status> {
        self.run().await.map(|(message, _)| message)
    }

    /// As [`finish`](Self::finish), with the metadata around the response.
    ///
    /// # Errors
    /// As [`finish`](Self::finish).
    pub async fn response(self) -> Result<Response<Res>, Status> {
        let (message, answer) = self.run().await?;
        Ok(answer.respond(message))
    }

    async fn run(self) -> Result<(Res, Answer), Status> {
        let Self { sender, mut awaited } = self;
        sender.close();
        poll_fn(|cx| awaited.poll(cx)).await?;
        Ok((awaited.message.ok_or_else(missing)?, awaited.answer))
    }
}

impl<Res> Awaited<Res> {
    /// Ready when the server has answered.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        let polled = self.answer.poll_single(&mut self.decoder, &mut self.message, cx);
        self.complete |= matches!(polled, Poll::Ready(Ok(())));
        polled
    }

    /// What `work` gives, or none where the server has answered first.
    async fn or_complete<T>(&mut self, work: impl Future<Output = T>) -> Result<Option<T>, Status> {
        let mut work = pin!(work);
        poll_fn(|cx| match work.as_mut().poll(cx) {
            Poll::Ready(done) => Poll::Ready(Ok(Some(done))),
            Poll::Pending => self.poll(cx).map_ok(|()| None),
        })
        .await
    }
}

impl<Req, Res> fmt::Debug for Upload<Req, Res> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("answered", &self.is_answered()).finish_non_exhaustive()
    }
}
