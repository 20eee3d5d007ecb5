//! One request, one response.

use super::attempt::Begun;
use super::chain;
use super::channel::Channel;
use super::options::{CallOptions, options};
use super::response::{Response, ResponseFuture};
use crate::call::Decoder;
use crate::method::Method;
use crate::status::Status;
use std::fmt;
use std::future::IntoFuture;

/// A call with one request and one response, not yet sent: give it options, then `await` it.
///
/// ```
/// # use rsgrpc::{Channel, Kind, Method, Protobuf, Status, wkt::{Duration, Timestamp}};
/// # static METHOD: Method<Duration, Timestamp> = Method::new::<Protobuf>(Kind::Unary, "/clock.v1.Clock/After");
/// # struct Client(Channel);
/// # impl Client {
/// #     fn after(&self, request: Duration) -> rsgrpc::UnaryCall<Duration, Timestamp> { self.0.unary(&METHOD, request) }
/// # }
/// # async fn example(client: Client) -> Result<(), Status> {
/// let request = Duration { seconds: 60, ..Default::default() };
/// let limit = std::time::Duration::from_secs(2);
/// let time = client.after(request).timeout(limit).metadata("request-id", "7").await?;
/// # Ok(())
/// # }
/// ```
///
/// Dropping the future of a call cancels it.
#[must_use = "a call is sent when it is awaited"]
pub struct UnaryCall<Req: 'static, Res: 'static> {
    channel: Channel,
    method: &'static Method<Req, Res>,
    request: Req,
    options: CallOptions,
}

impl<Req, Res> UnaryCall<Req, Res> {
    pub(super) fn new(channel: Channel, method: &'static Method<Req, Res>, request: Req) -> Self {
        Self { channel, method, request, options: CallOptions::default() }
    }

    options!();

    /// Makes the call and returns the response with the metadata around it.
    ///
    /// # Errors
    /// The status with which the call failed.
    pub async fn response(self) -> Result<Response<Res>, Status>
    where
        Req: Send,
        Res: Send,
    {
        let Self { channel, method, request, options } = self;
        if let Some(interceptors) = channel.interceptors().cloned() {
            return Box::pin(chain::unary(channel, interceptors, method, options, request)).await;
        }
        let mut answer = Begun::plain(channel, method, options)?.send(request).await?;
        let message = answer.single(&mut Decoder::new(method.response(), None)).await?;
        Ok(answer.respond(message))
    }
}

impl<Req: Send, Res: Send> IntoFuture for UnaryCall<Req, Res> {
    type Output = Result<Res, Status>;
    type IntoFuture = ResponseFuture<Res>;

    fn into_future(self) -> Self::IntoFuture {
        ResponseFuture::new(async { self.response().await.map(|response| response.message) })
    }
}

impl<Req, Res> fmt::Debug for UnaryCall<Req, Res> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnaryCall").field("method", &self.method).field("options", &self.options).finish()
    }
}
