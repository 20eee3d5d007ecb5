//! Many requests, many responses.

use super::attempt;
use super::chain::Opened;
use super::channel::Channel;
use super::options::{CallOptions, options};
use super::response::ResponseFuture;
use crate::call::{Sender, Streaming};
use crate::method::Method;
use crate::status::Status;
use std::fmt;
use std::future::IntoFuture;

/// A call with many requests and many responses, not yet opened: give it options, then `await` it.
///
/// It is ready as soon as requests can be sent, before the server has answered. Requests end when the sender
/// is [closed](Sender::close); dropping the sender without that, or the stream before its end, cancels the
/// call. Once the call is over a `send` fails, and the stream says how the call ended.
///
/// ```
/// # use rsgrpc::{Channel, Kind, Method, Protobuf, Status, wkt::{Duration, Timestamp}};
/// # static METHOD: Method<Duration, Timestamp> = Method::new::<Protobuf>(Kind::Bidi, "/clock.v1.Clock/Converse");
/// # struct Client(Channel);
/// # impl Client {
/// #     fn converse(&self) -> rsgrpc::BidiCall<Duration, Timestamp> { self.0.bidi(&METHOD) }
/// # }
/// # async fn example(client: Client) -> Result<(), Status> {
/// let (requests, mut responses) = client.converse().await?;
/// requests.send(Duration { seconds: 60, ..Default::default() }).await?;
/// requests.close();
/// while let Some(time) = responses.message().await? {
///     println!("{time:?}");
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "a call is opened when it is awaited"]
pub struct BidiCall<Req: 'static, Res: 'static> {
    channel: Channel,
    method: &'static Method<Req, Res>,
    options: CallOptions,
}

impl<Req, Res> BidiCall<Req, Res> {
    pub(super) fn new(channel: Channel, method: &'static Method<Req, Res>) -> Self {
        Self { channel, method, options: CallOptions::default() }
    }

    options!();
}

impl<Req: Send, Res: Send> IntoFuture for BidiCall<Req, Res> {
    type Output = Result<(Sender<Req>, Streaming<Res>), Status>;
    type IntoFuture = ResponseFuture<(Sender<Req>, Streaming<Res>)>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { channel, method, options } = self;
        ResponseFuture::new(async move {
            let Opened { sender, answer, decoder, ahead } = attempt::open(channel, method, options).await?;
            Ok((sender, Streaming::responses(Box::new(answer), decoder, ahead)))
        })
    }
}

impl<Req, Res> fmt::Debug for BidiCall<Req, Res> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BidiCall").field("method", &self.method).field("options", &self.options).finish()
    }
}
