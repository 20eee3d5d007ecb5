//! Many requests, one response.

use super::answer::Answer;
use super::attempt::Begun;
use super::channel::Channel;
use super::options::{CallOptions, options};
use super::response::{Response, ResponseFuture};
use crate::call::Sender;
use crate::codec::Coding;
use crate::method::Method;
use crate::status::Status;
use futures_core::Stream;
use std::fmt;
use std::future::{IntoFuture, poll_fn};
use std::pin::pin;

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
    pub async fn send_all(self, requests: impl Stream<Item = Req> + Send) -> Result<Res, Status> {
        let mut upload = self.open().await?;
        let mut requests = pin!(requests);
        while !upload.is_answered()
            && let Some(request) = poll_fn(|cx| requests.as_mut().poll_next(cx)).await
        {
            upload.send(request).await?;
        }
        upload.finish().await
    }

    async fn open(self) -> Result<Upload<Req, Res>, Status> {
        let Self { channel, method, options } = self;
        let (sender, answer) = Begun::new(channel, method, options).await?.stream().await?;
        Ok(Upload { sender, answer, response: method.response(), early: None })
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
    answer: Answer,
    response: Coding<Res>,
    /// The response of a server that did not wait for all requests.
    early: Option<Res>,
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
        if self.early.is_some() {
            return Ok(());
        }
        match self.sender.send(request).await {
            Ok(()) => Ok(()),
            Err(status) if !self.sender.outbox().is_closed() => Err(status),
            // The server has ended the call, and its answer says why.
            Err(_) => {
                self.early = Some(self.answer.single(self.response).await?);
                Ok(())
            }
        }
    }

    /// Whether the server is known to have answered, so that further requests are of no use.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        self.early.is_some()
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
        let Self { sender, mut answer, response, early } = self;
        let message = match early {
            Some(message) => message,
            None => {
                sender.close();
                answer.single(response).await?
            }
        };
        Ok((message, answer))
    }
}

impl<Req, Res> fmt::Debug for Upload<Req, Res> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("answered", &self.is_answered()).finish_non_exhaustive()
    }
}
