//! What stands around the calls of a channel where these are HTTP: layers of tower's kind.
//!
//! Without layers calls go straight to their connection. With layers a call is a request whose body is a pipe; a
//! task of its own takes it through the layers to the connection, and brings back the response.

use super::subchannel::{Opened, Subchannel};
use crate::status::Status;
use crate::transport::foreign::{self, Outward};
use crate::transport::{Body, Outgoing, Reply, RequestHead, Reset, Side, memory};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

pub(crate) type Request = http::Request<Body>;

/// A response under way.
pub(crate) type Response = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Status>> + Send>>;

/// One layer and all below it.
pub(crate) trait Around: Send + Sync {
    fn call(&self, request: Request) -> Response;
}

/// Puts a layer around those that are there.
pub(crate) type Layer = Box<dyn FnOnce(Arc<dyn Around>) -> Arc<dyn Around> + Send + Sync>;

/// Whether a call waits until the server can be reached, among the extensions of its request.
#[derive(Clone, Copy)]
struct WaitForReady(bool);

/// All layers of a channel, the first one outside; none where there are none.
pub(super) fn stack(layers: Vec<Layer>, subchannel: &Subchannel) -> Option<Arc<dyn Around>> {
    if layers.is_empty() {
        return None;
    }
    let direct: Arc<dyn Around> = Arc::new(Direct(subchannel.clone()));
    Some(layers.into_iter().rev().fold(direct, |around, layer| layer(around)))
}

/// Sends the head of a call through layers.
pub(super) fn open(around: &Arc<dyn Around>, head: RequestHead, wait_for_ready: bool) -> (Outgoing, Reply) {
    let (outgoing, body) = memory::request();
    let mut request = http::Request::from(head).map(|()| Body::Memory(body));
    request.extensions_mut().insert(WaitForReady(wait_for_ready));
    let around = around.clone();
    let (send, response) = oneshot::channel();
    let task = tokio::spawn(async move {
        // An error says that nobody waits any more.
        let _ = send.send(around.call(request).await);
    });
    let aborted = Abort(task.abort_handle());
    let response = async move {
        let _aborted = aborted;
        let gone = |_| Err(Status::internal("a layer panicked"));
        let (head, body) = response.await.unwrap_or_else(gone)?.into_parts();
        Ok((head.into(), body))
    };
    (Outgoing::Memory(outgoing), Reply::Foreign(foreign::Reply::new(response)))
}

/// The connection, below all layers.
struct Direct(Subchannel);

impl Around for Direct {
    fn call(&self, request: Request) -> Response {
        let subchannel = self.0.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let wait = parts.extensions.get().is_some_and(|WaitForReady(wait)| *wait);
            let (outgoing, mut reply) =
                subchannel.open(wait, || RequestHead::from(parts.clone()), Opened::Not).await?;
            let pump = Abort(tokio::spawn(pump(body, outgoing)).abort_handle());
            let (head, body) = poll_fn(|cx| reply.poll_head(cx)).await?;
            let body = Body::Foreign(foreign::Body::new(Outward::new(body, pump), Side::Client));
            Ok(head.into_response(body))
        })
    }
}

/// Moves a request's body to its connection.
async fn pump(mut body: Body, mut outgoing: Outgoing) {
    loop {
        match poll_fn(|cx| body.poll_data(cx)).await {
            Some(Ok(mut chunk)) => {
                while !chunk.is_empty() {
                    let want = chunk.len();
                    let Ok(room) = poll_fn(|cx| outgoing.poll_capacity(want, cx)).await else { return };
                    if outgoing.send_data(chunk.split_to(room.min(want)), false).is_err() {
                        // The server has ended the stream, and the answer says why.
                        return;
                    }
                }
            }
            Some(Err(_)) => return outgoing.reset(Reset::Cancel),
            None => {
                // As above.
                let _ = outgoing.send_data(Default::default(), true);
                return;
            }
        }
    }
}

/// Ends a task together with what holds this.
struct Abort(AbortHandle);

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}
