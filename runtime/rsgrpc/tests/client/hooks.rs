//! Interceptors.

use crate::raw::*;
use rsgrpc::{CallEnd, CallStart, Channel, ChannelBuilder, ClientInterceptor, Status};
use std::sync::{Arc, Mutex};

/// Notes what it sees.
struct Notes {
    name: &'static str,
    notes: Arc<Mutex<Vec<String>>>,
}

impl ClientInterceptor for Notes {
    async fn start(&self, call: &mut CallStart<'_>) -> Result<(), Status> {
        tokio::task::yield_now().await;
        self.notes.lock().unwrap().push(format!("{} starts {}", self.name, call.path()));
        if call.metadata().get("forbidden").is_some() {
            return Err(Status::permission_denied("not you"));
        }
        call.metadata().append("seen-by", self.name)?;
        Ok(())
    }

    fn end(&self, call: &CallEnd<'_>) {
        let outcome = match call.outcome() {
            Ok(()) => "OK".to_owned(),
            Err(status) => status.to_string(),
        };
        self.notes.lock().unwrap().push(format!("{} ends {outcome}", self.name));
    }
}

async fn noted() -> (Channel, Arc<Mutex<Vec<String>>>) {
    let (listener, target) = listen().await;
    let handle = |mut call: Call| async move {
        let seen = call.head.headers.get_all("seen-by").iter().map(|value| value.to_str().unwrap());
        let seen = seen.collect::<Vec<_>>().join(",");
        call.answer(&seen, OK);
    };
    tokio::spawn(accept(listener, h2::server::Builder::new(), Arc::new(handle)));
    let notes = Arc::new(Mutex::new(Vec::new()));
    let channel = ChannelBuilder::new()
        .interceptor(Notes { name: "first", notes: notes.clone() })
        .interceptor(Notes { name: "second", notes: notes.clone() })
        .connect(&target)
        .unwrap();
    (channel, notes)
}

#[tokio::test]
async fn calls_of_all_kinds_are_seen() {
    let (channel, notes) = noted().await;
    let starts = |path: &str| [format!("first starts {path}"), format!("second starts {path}")];
    let take = || std::mem::take(&mut *notes.lock().unwrap());

    assert_eq!(limit(channel.unary(&UNARY, String::new())).await.unwrap(), "first,second");
    let [one, two] = starts("/test.Echo/Unary");
    assert_eq!(take(), [one, two, "second ends OK".into(), "first ends OK".into()]);

    let mut stream = limit(channel.server_streaming(&LIST, String::new())).await.unwrap();
    assert_eq!(take(), starts("/test.Echo/List"));
    limit(stream.message()).await.unwrap();
    assert!(take().is_empty());
    assert_eq!(limit(stream.message()).await.unwrap(), None);
    assert_eq!(take(), ["second ends OK", "first ends OK"]);

    let (_requests, responses) = limit(channel.bidi(&CHAT)).await.unwrap();
    drop(responses);
    assert_eq!(
        take()[2..],
        ["second ends CANCELLED: the call was dropped", "first ends CANCELLED: the call was dropped"]
    );
}

#[tokio::test]
async fn what_the_client_cannot_read_is_no_success() {
    let notes = Arc::new(Mutex::new(Vec::new()));
    let (listener, target) = listen().await;
    let handle = |mut call: Call| async move {
        let mut stream = call.begin();
        stream.send_data((&b"\0\0\0\0\x01\xff"[..]).into(), false).unwrap();
        stream.send_trailers(headers(OK)).unwrap();
    };
    tokio::spawn(accept(listener, h2::server::Builder::new(), Arc::new(handle)));
    let noting = Notes { name: "it", notes: notes.clone() };
    let channel = ChannelBuilder::new().interceptor(noting).connect(&target).unwrap();
    limit(channel.unary(&UNARY, String::new())).await.unwrap_err();
    assert_eq!(notes.lock().unwrap()[1..], ["it ends INTERNAL: not UTF-8"]);
}

#[tokio::test]
async fn a_call_can_be_refused() {
    let (channel, notes) = noted().await;
    let call = channel.unary(&UNARY, String::new()).metadata("forbidden", "yes");
    assert_eq!(limit(call).await.unwrap_err().to_string(), "PERMISSION_DENIED: not you");
    assert_eq!(*notes.lock().unwrap(), ["first starts /test.Echo/Unary"]);
}
