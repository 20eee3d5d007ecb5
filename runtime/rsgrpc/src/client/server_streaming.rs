//! One request, many responses.

use super::attempt::Begun;
use super::chain;
use super::channel::Channel;
use super::options::{CallOptions, options};
use super::response::ResponseFuture;
use crate::call::{Decoder, Streaming};
use crate::method::Method;
use crate::status::Status;
use std::collections::VecDeque;
use std::fmt;
use std::future::IntoFuture;

/// A call with one request and many responses, not yet sent: give it options, then `await` it.
///
/// It is ready with the stream of responses when the server has begun to answer; a call that the server
/// refuses fails at once.
///
/// ```
/// # use rsgrpc::{Channel, Kind, Method, Protobuf, Status, wkt::{Duration, Timestamp}};
/// # static METHOD: Method<Duration, Timestamp> = Method::new::<Protobuf>(Kind::ServerStreaming, "/clock.v1.Clock/Tick");
/// # struct Client(Channel);
/// # impl Client {
/// #     fn tick(&self, request: Duration) -> rsgrpc::ServerStreamingCall<Duration, Timestamp> { self.0.server_streaming(&METHOD, request) }
/// # }
/// # async fn example(client: Client) -> Result<(), Status> {
/// let mut ticks = client.tick(Duration { seconds: 1, ..Default::default() }).await?;
/// while let Some(tick) = ticks.message().await? {
///     println!("{tick:?}");
/// }
/// # Ok(())
/// # }
/// ```
///
/// Dropping the stream before its end cancels the call.
#[must_use = "a call is sent when it is awaited"]
pub struct ServerStreamingCall<Req: 'static, Res: 'static> {
    channel: Channel,
    method: &'static Method<Req, Res>,
    request: Req,
    options: CallOptions,
}

impl<Req, Res> ServerStreamingCall<Req, Res> {
    pub(super) fn new(channel: Channel, method: &'static Method<Req, Res>, request: Req) -> Self {
        Self { channel, method, request, options: CallOptions::default() }
    }

    options!();
}

impl<Req: Send, Res: Send> IntoFuture for ServerStreamingCall<Req, Res> {
    type Output = Result<Streaming<Res>, Status>;
    type IntoFuture = ResponseFuture<Streaming<Res>>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { channel, method, mut request, mut options } = self;
        ResponseFuture::new(async move {
            if let Some(interceptors) = channel.interceptors().cloned() {
                return Box::pin(chain::download(channel, interceptors, method, options, request)).await;
            }
            let answer = Begun::plain(&channel, method, &mut options)?.send(&mut request).await?;
            let decoder = Decoder::new(method.response(), None);
            Ok(Streaming::responses(Box::new(answer), decoder, VecDeque::new()))
        })
    }
}

impl<Req, Res> fmt::Debug for ServerStreamingCall<Req, Res> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerStreamingCall")
            .field("method", &self.method)
            .field("options", &self.options)
            .finish()
    }
}
