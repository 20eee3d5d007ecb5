//! Interceptors that look at messages.

use crate::support::*;
use rsgrpc::{AnyMessage, Bytes, Call, Channel, Interceptor, Next, Outcome, Server, Status};
use std::sync::{Arc, Mutex};

/// Notes messages, and adds its name to them; refuses those that say so.
struct Noting(&'static str, Arc<Mutex<Vec<String>>>);

impl Interceptor for Noting {
    async fn intercept(&self, mut call: Call, next: Next<'_>) -> Outcome {
        let hook = |direction: &'static str| {
            let (name, notes) = (self.0, self.1.clone());
            move |message: &mut AnyMessage<'_>| {
                assert_eq!(message.encode()?, message.downcast_ref::<Bytes>().unwrap());
                let bytes = message.downcast_mut::<Bytes>().unwrap();
                let text = String::from_utf8_lossy(bytes).into_owned();
                if text.starts_with(direction) {
                    return Err(Status::invalid_argument(format!("{name} refuses")));
                }
                notes.lock().unwrap().push(format!("{name} {direction} {text}"));
                *bytes = format!("{text}{name}").into();
                Ok(())
            }
        };
        call.on_request(hook("request"));
        call.on_response(hook("response"));
        next.run(call).await
    }
}

fn noted() -> (Channel, rsgrpc::Local, Arc<Mutex<Vec<String>>>) {
    let notes = Arc::default();
    let server = Server::new().intercept(Noting("A", Arc::clone(&notes)));
    let local = server.intercept(Noting("B", notes.clone())).add(Test::default()).local();
    (Channel::local(&local), local, notes)
}

#[tokio::test]
async fn messages_pass_in_order_both_ways() {
    let (channel, _local, notes) = noted();
    let take = || std::mem::take(&mut *notes.lock().unwrap());
    let both = ["A request x", "B request xA", "B response xAB", "A response xABB"];

    assert_eq!(limited(channel.unary(&UNARY, "x".into())).await.unwrap(), "xABBA");
    assert_eq!(take(), both);

    let (requests, mut responses) = limited(channel.bidi(&BOTH)).await.unwrap();
    for _ in 0..2 {
        limited(requests.send("x".into())).await.unwrap();
        assert_eq!(limited(responses.message()).await.unwrap().unwrap(), "xABBA");
        assert_eq!(take(), both);
    }

    let mut upload = limited(channel.client_streaming(&UP)).await.unwrap();
    limited(upload.send("x".into())).await.unwrap();
    assert_eq!(limited(upload.finish()).await.unwrap(), "1 3BA");
    assert_eq!(take(), ["A request x", "B request xA", "B response 1 3", "A response 1 3B"]);
}

#[tokio::test]
async fn a_message_may_be_refused() {
    let (channel, _local, _) = noted();
    for refused in ["request", "response"] {
        let status = limited(channel.unary(&UNARY, refused.into())).await.unwrap_err();
        let who = if refused == "request" { "A" } else { "B" };
        assert_eq!(status.to_string(), format!("INVALID_ARGUMENT: {who} refuses"));

        let (requests, mut responses) = limited(channel.bidi(&BOTH)).await.unwrap();
        limited(requests.send(refused.into())).await.unwrap();
        let status = limited(responses.message()).await.unwrap_err();
        assert_eq!(status.to_string(), format!("INVALID_ARGUMENT: {who} refuses"));
    }
}

/// Knows the answer.
struct Knowing;

impl Interceptor for Knowing {
    async fn intercept(&self, call: Call, next: Next<'_>) -> Outcome {
        match call.method() {
            "Unary" => call.respond(&UNARY, "known".into()),
            "Down" => call.respond(&DOWN, "garbage".into()),
            _ => next.run(call).await,
        }
    }
}

#[tokio::test]
async fn an_interceptor_may_answer() {
    let notes = Arc::default();
    let server = Server::new().intercept(Noting("A", Arc::clone(&notes))).intercept(Knowing);
    let served = server.add(Test::default()).local();
    let channel = Channel::local(&served);
    assert_eq!(limited(channel.unary(&UNARY, "x".into())).await.unwrap(), "knownA");
    let mut stream = limited(channel.server_streaming(&DOWN, "1".into())).await.unwrap();
    assert_eq!(limited(stream.message()).await.unwrap().unwrap(), "garbageA");
    assert_eq!(limited(stream.message()).await.unwrap(), None);
    assert_eq!(*notes.lock().unwrap(), ["A response known", "A response garbage"]);
}
