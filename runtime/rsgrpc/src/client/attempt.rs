//! The beginning of a call, common to all four kinds.

use super::answer::Answer;
use super::chain;
use super::channel::Channel;
use super::credentials::{CallTarget, exposed};
use super::link::Link;
use super::options::CallOptions;
use super::subchannel::Opened;
use crate::call::{Bounds, Decoder, Outbox, Sender, Tap, Timer};
use crate::compression::{Encoder, Encoding};
use crate::frame::{self, Framed};
use crate::metadata::Metadata;
use crate::method::Method;
use crate::status::{Code, Status};
use crate::transport::error::is_unprocessed;
use crate::transport::{Outgoing, Reply, RequestHead};
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use tokio::time::Instant;

/// A call that has begun: its deadline runs.
///
/// It borrows from whoever awaits the call. An `async fn` has its arguments twice, as they came and where it uses them,
/// and a call is some of them deep.
pub(super) struct Begun<'a, Req: 'static, Res: 'static> {
    channel: &'a Channel,
    method: &'static Method<Req, Res>,
    options: &'a CallOptions,
    bounds: Bounds,
    /// When the call began, so that few calls ask the clock again.
    begun: Instant,
}

impl<'a, Req, Res> Begun<'a, Req, Res> {
    pub(super) fn new(
        channel: &'a Channel,
        method: &'static Method<Req, Res>,
        options: &'a CallOptions,
        bounds: Bounds,
    ) -> Self {
        Self { channel, method, options, bounds, begun: Instant::now() }
    }

    /// A call without interceptors.
    pub(super) fn plain(
        channel: &'a Channel,
        method: &'static Method<Req, Res>,
        options: &'a mut CallOptions,
    ) -> Result<Self, Status> {
        options.check()?;
        let begun = Instant::now();
        let bounds = options.bounds(begun);
        match bounds.passed(begun) {
            Some(passed) => Err(passed),
            None => Ok(Self { channel, method, options, bounds, begun }),
        }
    }

    /// Sends the one request of a call, which `encode` gives, and waits for the head of the answer. If the server
    /// says that it has not looked at the call, as one does that shuts down, the call is sent once more.
    pub(super) async fn exchange(
        &self,
        encode: &mut impl FnMut() -> Result<Framed, Status>,
    ) -> Result<Answer, Status> {
        let mut resent = false;
        loop {
            // Encoded first: what cannot be encoded opens no call.
            let message = encode()?;
            // The clock is read once for a call that is not sent again.
            let now = if resent { Instant::now() } else { self.begun };
            let (mut outgoing, reply) = self.open(message.encoding.as_ref(), now).await?;
            send_only(&mut outgoing, message);
            // A stream of responses ends in time even where nobody looks at it.
            let watched = self.method.kind().streams_responses() && !self.bounds.is_none();
            let outgoing = watched.then_some(outgoing);
            let mut answer = self.answer(reply);
            match answer.head().await {
                Ok(()) => {
                    if let Some(outgoing) = outgoing {
                        answer.link(Link::new(Outbox::request(outgoing, None, None), &self.bounds));
                    }
                    return Ok(answer);
                }
                Err(status) if !resent && is_unprocessed(&status) => resent = true,
                Err(status) => return Err(status),
            }
        }
    }

    /// As [`exchange`](Self::exchange), of this request. Mutable, because requests need not be `Sync`.
    pub(super) async fn send(&self, request: &mut Req) -> Result<Answer, Status> {
        let (coding, encoder) = (*self.method.request(), self.encoder());
        self.exchange(&mut move || frame::encode(coding, request, encoder.as_ref())).await
    }

    /// Opens a call that sends any number of requests, each of which `tap` sees. Does not wait for the answer.
    pub(super) async fn stream(&self, tap: Option<Tap<Req>>) -> Result<(Sender<Req>, Answer), Status> {
        let encoder = self.encoder();
        let (outgoing, reply) = self.open(encoder.as_ref().map(Encoder::encoding), self.begun).await?;
        let turn = reply.turn().cloned();
        let (sender, outbox) = Sender::requests(outgoing, turn, self.method.request(), encoder, tap);
        let mut answer = self.answer(reply);
        answer.link(Link::new(outbox, &self.bounds));
        Ok((sender, answer))
    }

    fn answer(&self, reply: Reply) -> Answer {
        let receive_limit = self.options.chosen_receive_limit().unwrap_or(self.channel.receive_limit());
        let compression = self.channel.compression().cloned();
        let peer = self.channel.interceptors().and_then(|_| reply.peer());
        Answer::new(reply, peer, self.method.kind(), receive_limit, compression, self.bounds.clone())
    }

    /// What the requests are compressed with.
    pub(super) fn encoder(&self) -> Option<Encoder> {
        self.channel.compression()?.encoder(self.options.chosen_encoding())
    }

    /// Connects if need be, and sends the head of the call, whose requests have this encoding.
    async fn open(&self, encoding: Option<&Encoding>, now: Instant) -> Result<(Outgoing, Reply), Status> {
        let begun = match self.has_credentials() {
            true => Opened::Not,
            false => self.channel.open_now(|| self.head(None, encoding, now)),
        };
        match begun {
            Opened::Sent(outgoing, reply) => Ok((outgoing, reply)),
            // In a box, so that no room is kept for it in the futures of all calls.
            begun => Box::pin(self.open_late(encoding, begun)).await,
        }
    }

    /// As [`open`](Self::open), where something has to be waited for.
    async fn open_late(
        &self,
        encoding: Option<&Encoding>,
        begun: Opened,
    ) -> Result<(Outgoing, Reply), Status> {
        let opening = async {
            let credentials = match self.has_credentials() {
                true => Some(self.credentials().await?),
                false => None,
            };
            let head = || self.head(credentials.as_ref(), encoding, Instant::now());
            self.channel.open(self.options, head, begun).await
        };
        within(&self.bounds, opening).await.unwrap_or_else(|status| {
            Err(match status.code() {
                Code::DeadlineExceeded => self.channel.late(),
                _ => status,
            })
        })
    }

    fn head(&self, credentials: Option<&Metadata>, encoding: Option<&Encoding>, now: Instant) -> RequestHead {
        let timeout = self.bounds.deadline.map(|deadline| deadline.remaining_at(now));
        self.channel.head(self.method.target(), self.options, credentials, encoding, timeout)
    }

    fn has_credentials(&self) -> bool {
        !self.channel.credentials().is_empty() || !self.options.own_credentials().is_empty()
    }

    /// What proves who calls. Asked for each time that the call is sent.
    async fn credentials(&self) -> Result<Metadata, Status> {
        let (channel, call) = (self.channel.credentials(), self.options.own_credentials());
        if !self.channel.is_private() {
            return Err(exposed());
        }
        let mut metadata = Metadata::new();
        let target = CallTarget::new(self.channel.authority(), self.method.path());
        for credentials in channel.iter().chain(call) {
            credentials.attach(&target, &mut metadata).await?;
        }
        Ok(metadata)
    }
}

/// Sends the one request of a call.
fn send_only(outgoing: &mut Outgoing, message: Framed) {
    let mut segments = message.segments.into_iter().peekable();
    while let Some(segment) = segments.next() {
        if outgoing.send_data(segment, segments.peek().is_none()).is_err() {
            // The server has ended the stream, and the answer says why.
            break;
        }
    }
}

/// Opens a call that sends any number of requests, through the interceptors of the channel.
pub(super) async fn open<Req: Send, Res: Send>(
    channel: Channel,
    method: &'static Method<Req, Res>,
    mut options: CallOptions,
) -> Result<chain::Opened<Req, Res>, Status> {
    if let Some(interceptors) = channel.interceptors().cloned() {
        return chain::open(channel, interceptors, method, options).await;
    }
    let (sender, answer) = Begun::plain(&channel, method, &mut options)?.stream(None).await?;
    Ok(chain::Opened {
        sender,
        answer,
        decoder: Decoder::new(method.response(), None),
        ahead: VecDeque::new(),
    })
}

/// Runs a part of a call up to its deadline; an error is the status of a call that has met it.
async fn within<T>(bounds: &Bounds, part: impl Future<Output = T>) -> Result<T, Status> {
    let mut part = pin!(part);
    let mut timer = Timer::new(bounds.clone());
    poll_fn(|cx| match part.as_mut().poll(cx) {
        Poll::Ready(done) => Poll::Ready(Ok(done)),
        Poll::Pending => timer.poll_expired(cx).map(Err),
    })
    .await
}
