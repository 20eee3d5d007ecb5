//! One request, one response.

use super::answer::Answer;
use super::attempt::Begun;
use super::chain::{self, Erased};
use super::channel::Channel;
use super::options::{CallOptions, options};
use super::response::{Response, ResponseFuture};
use crate::call::Decoder;
use crate::method::Method;
use crate::status::Status;
use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;

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
    pub async fn response(mut self) -> Result<Response<Res>, Status>
    where
        Req: Send,
        Res: Send,
    {
        if let Some(interceptors) = self.channel.interceptors().cloned() {
            return Box::pin(self.intercepted(interceptors)).await;
        }
        self.make(Answer::respond).await
    }
}

impl<Req: Send, Res: Send> UnaryCall<Req, Res> {
    /// Makes the call; `conclude` says what of its answer is wanted.
    async fn make<T>(&mut self, conclude: fn(Answer, Res) -> T) -> Result<T, Status> {
        let begun = Begun::plain(&self.channel, self.method, &mut self.options)?;
        let mut answer = begun.send(&mut self.request).await?;
        let message = answer.single(&mut Decoder::new(self.method.response(), None)).await?;
        Ok(conclude(answer, message))
    }

    /// Makes the call through the interceptors of the channel.
    async fn intercepted(self, interceptors: Arc<[Box<dyn Erased>]>) -> Result<Response<Res>, Status> {
        let Self { channel, method, request, options } = self;
        chain::unary(channel, interceptors, method, options, request).await
    }
}

impl<Req: Send, Res: Send> IntoFuture for UnaryCall<Req, Res> {
    type Output = Result<Res, Status>;
    type IntoFuture = ResponseFuture<Res>;

    fn into_future(mut self) -> Self::IntoFuture {
        ResponseFuture::new(async move {
            if let Some(interceptors) = self.channel.interceptors().cloned() {
                return Ok(Box::pin(self.intercepted(interceptors)).await?.message);
            }
            self.make(|_, message| message).await
        })
    }
}

impl<Req, Res> fmt::Debug for UnaryCall<Req, Res> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnaryCall").field("method", &self.method).field("options", &self.options).finish()
    }
}
