use super::*;
use crate::{Code, Context, Sender, Status};
use std::net::SocketAddr;
use std::time::Duration;

/// A handler that does all that handlers do.
async fn handler(
    ctx: &Context,
    mut requests: Streaming<u32>,
    responses: Sender<String>,
) -> Result<(), Status> {
    let name = ctx.get::<&str>().copied().unwrap_or("nobody");
    ctx.initial_metadata().insert("path", ctx.path())?;
    while let Some(request) = requests.message().await? {
        responses.send(format!("{name} {request}")).await?;
    }
    if ctx.deadline().is_some() {
        ctx.cancelled().await;
        ctx.trailers().insert("end", "cancelled")?;
    }
    Ok(())
}

#[tokio::test]
async fn a_handler_runs_without_a_call() {
    let peer = SocketAddr::from(([127, 0, 0, 1], 7));
    let ctx = TestContext::new()
        .with_path("/a.B/C")
        .with_peer(peer)
        .with_value("ada")
        .with_metadata_bin("x-bin", [1, 2]);
    let (responses, recorded) = recorder();
    handler(&ctx, stream([1, 2]), responses).await.unwrap();
    assert_eq!(recorded.all().await, ["ada 1", "ada 2"]);
    assert_eq!(ctx.initial_metadata().get("path"), Some("/a.B/C"));
    assert_eq!((ctx.service(), ctx.method(), ctx.peer().address()), ("a.B", "C", Some(peer)));
    assert_eq!(ctx.metadata().get_bin("x-bin").unwrap(), &[1, 2][..]);
}

#[tokio::test(start_paused = true)]
async fn streams_fail_calls_end_and_clients_go() {
    let ctx = TestContext::new();
    let (responses, mut recorded) = recorder();
    let broken = failing_stream([1], Status::aborted("half of it"));
    let status = handler(&ctx, broken, responses).await.unwrap_err();
    assert_eq!(status.code(), Code::Aborted);
    assert_eq!((recorded.so_far(), recorded.message().await), (vec!["nobody 1".to_owned()], None));

    let (responses, recorded) = recorder();
    drop(recorded);
    assert_eq!(handler(&ctx, stream([1]), responses).await.unwrap_err().code(), Code::Cancelled);

    let ctx = TestContext::new().with_timeout(Duration::from_secs(1));
    let (responses, mut recorded) = recorder();
    let (done, ()) = tokio::join!(handler(&ctx, stream([1]), responses), async {
        assert_eq!(recorded.message().await.unwrap(), "nobody 1");
        ctx.cancel();
    });
    done.unwrap();
    assert_eq!(ctx.trailers().get("end"), Some("cancelled"));
}

#[tokio::test]
#[should_panic(expected = "\"no path\" is no path")]
async fn what_is_no_path_panics() {
    let _ = TestContext::new().with_path("no path");
}

#[tokio::test]
#[should_panic(expected = "grpc-status: 0")]
async fn what_is_no_metadata_panics() {
    let _ = TestContext::new().with_metadata("grpc-status", "0");
}
