//! The beginning of a call, common to all four kinds.

use super::answer::Answer;
use super::channel::Channel;
use super::credentials::{CallTarget, exposed};
use super::interceptor::{CallStart, Watch};
use super::link::Link;
use super::options::CallOptions;
use crate::call::{Bounds, Outbox, Sender, Timer};
use crate::compression::{Encoder, Encoding};
use crate::frame;
use crate::metadata::Metadata;
use crate::method::Method;
use crate::status::{Code, Status};
use crate::transport::error::is_unprocessed;
use crate::transport::{Outgoing, Reply};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

/// A call that has begun: its deadline runs, and the interceptors have let it pass.
pub(super) struct Begun<Req: 'static, Res: 'static> {
    channel: Channel,
    method: &'static Method<Req, Res>,
    options: CallOptions,
    bounds: Bounds,
    watch: Option<Watch>,
}

impl<Req, Res> Begun<Req, Res> {
    pub(super) async fn new(
        channel: Channel,
        method: &'static Method<Req, Res>,
        mut options: CallOptions,
    ) -> Result<Self, Status> {
        options.check()?;
        let bounds = options.bounds();
        if let Some(passed) = bounds.passed() {
            return Err(passed);
        }
        let deadline = bounds.deadline;
        let (path, kind) = (method.path(), method.kind());
        let start = CallStart { path, kind, deadline, metadata: &mut options.metadata };
        let watch = within(&bounds, Watch::start(channel.interceptors(), start)).await?;
        Ok(Self { channel, method, options, bounds, watch })
    }

    /// Sends the one request of a call and waits for the head of the answer. If the server says that it has
    /// not looked at the call, as one does that shuts down, the call is sent once more.
    pub(super) async fn exchange(mut self, request: Req) -> Result<Answer, Status> {
        let mut resent = false;
        let encoder = self.encoder();
        let status = loop {
            // Encoded first: what cannot be encoded opens no call.
            let opened = match frame::encode(self.method.request(), &request, encoder.as_ref()) {
                Ok(message) => {
                    self.open(message.encoding.as_ref()).await.map(|opened| (message.segments, opened))
                }
                Err(status) => Err(status),
            };
            let (message, (mut outgoing, reply)) = match opened {
                Ok(opened) => opened,
                Err(status) => break status,
            };
            let mut segments = message.into_iter().peekable();
            while let Some(segment) = segments.next() {
                let end = segments.peek().is_none();
                if outgoing.send_data(segment, end).is_err() {
                    // The server has ended the stream, and the answer says why.
                    break;
                }
            }
            let mut answer = self.answer(reply);
            match answer.head().await {
                Ok(()) => {
                    if self.method.kind().streams_responses() && !self.bounds.is_none() {
                        answer.link(Link::new(Outbox::request(outgoing, None), &self.bounds));
                    }
                    answer.watch(self.watch.take());
                    return Ok(answer);
                }
                Err(status) if !resent && is_unprocessed(&status) => resent = true,
                Err(status) => break status,
            }
        };
        if let Some(watch) = self.watch.take() {
            watch.end(Err(&status));
        }
        Err(status)
    }

    /// Opens a call that sends any number of requests. Does not wait for the answer.
    pub(super) async fn stream(mut self) -> Result<(Sender<Req>, Answer), Status> {
        let encoder = self.encoder();
        match self.open(encoder.as_ref().map(Encoder::encoding)).await {
            Ok((outgoing, reply)) => {
                let sender = Sender::requests(outgoing, self.method.request(), encoder);
                let mut answer = self.answer(reply);
                answer.link(Link::new(sender.outbox().clone(), &self.bounds));
                answer.watch(self.watch.take());
                Ok((sender, answer))
            }
            Err(status) => {
                if let Some(watch) = self.watch.take() {
                    watch.end(Err(&status));
                }
                Err(status)
            }
        }
    }

    fn answer(&self, reply: Reply) -> Answer {
        let receive_limit = self.options.receive_limit.unwrap_or(self.channel.receive_limit());
        let compression = self.channel.compression().cloned();
        Answer::new(reply, self.method.kind(), receive_limit, compression, self.bounds.clone())
    }

    /// What the requests are compressed with.
    fn encoder(&self) -> Option<Encoder> {
        self.channel.compression()?.encoder(self.options.encoding.as_ref())
    }

    /// Connects if need be, and sends the head of the call, whose requests have this encoding.
    async fn open(&self, encoding: Option<&Encoding>) -> Result<(Outgoing, Reply), Status> {
        let deadline = self.bounds.deadline;
        let opening = async {
            let credentials = self.credentials().await?;
            let target = self.method.target();
            self.channel.open(target, &self.options, credentials.as_ref(), encoding, deadline).await
        };
        within(&self.bounds, opening).await.map_err(|status| match status.code() {
            Code::DeadlineExceeded => self.channel.late(),
            _ => status,
        })
    }

    /// What proves who calls, if anything does. Asked for each time that the call is sent.
    async fn credentials(&self) -> Result<Option<Metadata>, Status> {
        let (channel, call) = (self.channel.credentials(), &self.options.credentials);
        if channel.is_empty() && call.is_empty() {
            return Ok(None);
        }
        if !self.channel.is_private() {
            return Err(exposed());
        }
        let mut metadata = Metadata::new();
        let target = CallTarget::new(self.channel.authority(), self.method.path());
        for credentials in channel.iter().chain(call) {
            credentials.attach(&target, &mut metadata).await?;
        }
        Ok(Some(metadata))
    }
}

/// Runs a part of a call up to its deadline.
async fn within<T>(bounds: &Bounds, part: impl Future<Output = Result<T, Status>>) -> Result<T, Status> {
    let mut part = pin!(part);
    let mut timer = Timer::new(bounds.clone());
    poll_fn(|cx| match part.as_mut().poll(cx) {
        Poll::Ready(done) => Poll::Ready(done),
        Poll::Pending => timer.poll_expired(cx).map(Err),
    })
    .await
}
