//! One connection, one task: the transport and the handlers of its calls.

use super::accept;
use super::calls::Calls;
use super::flood::{Allowance, Resets};
use super::service::Shared;
use super::signal::{ConnectionWaker, Signal};
use crate::transport::{Accepted, Incoming};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use tokio::task::coop;

/// New calls that are started before the connection looks at its socket again, and as many that are resumed.
const TURN: usize = 256;

/// Time after which a turn ends, so that other tasks get theirs.
const TURN_TIME: Duration = Duration::from_micros(500);

/// A clock read per so many handlers is lost in the noise, and bounds a turn of slow ones.
const LOOK_AT_CLOCK: usize = 8;

/// How long a connection that is over may take to tell the peer.
const LINGER: Duration = Duration::from_secs(1);

/// A connection that was busy keeps its memory for so long.
const REST: Duration = Duration::from_secs(1);

/// What the server wants of its connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Serving,
    /// Take no new calls, finish those that run.
    Draining,
    /// Cancel what runs.
    Closing,
}

/// Serves a connection until the peer leaves, an error ends it, or a shutdown has drained or closed it.
pub(super) async fn serve(mut incoming: Incoming, shared: Arc<Shared>) {
    let signal = Arc::new(Signal::default());
    let waker = Waker::from(Arc::new(ConnectionWaker(signal.clone())));
    let mut accepted: VecDeque<Accepted> = VecDeque::new();
    let mut draining = false;
    let mut resting = None;
    let stage = &shared.stages;
    let mut new_stage = stage.clone();
    let mut new_stage = pin!(async {
        while new_stage.changed().await.is_ok() {}
        std::future::pending::<()>().await;
    });

    let resets = Arc::new(Resets::default());
    let mut allowance = Allowance::new(Instant::now());

    // Handlers borrow the services from this frame, so a call costs no reference count.
    let mut calls = Calls::new(signal.clone(), &shared.load, resets.clone());
    poll_fn(|task| {
        signal.begin(task.waker());
        let cx = &mut Context::from_waker(&waker);
        let begun = Instant::now();
        loop {
            match *stage.borrow() {
                Stage::Draining if !draining => {
                    draining = true;
                    incoming.drain();
                }
                Stage::Serving | Stage::Draining => {}
                Stage::Closing => {
                    // Answers that are there still leave.
                    let _ = take_all(&mut incoming, &mut accepted, cx);
                    incoming.hang_up();
                    return Poll::Ready(());
                }
            }

            // 1. Parse what the socket holds. What the previous round has sent is framed here, too.
            signal.clear_connection();
            let open = take_all(&mut incoming, &mut accepted, cx);

            // 2. Start new calls and resume woken ones, within the turn.
            let late = |polled: usize| polled.is_multiple_of(LOOK_AT_CLOCK) && begun.elapsed() > TURN_TIME;
            let mut work = 0;
            while work < TURN {
                let Some(next) = accepted.pop_front() else { break };
                work += 1;
                if let Some(call) = accept::open(next, &shared) {
                    calls.start(call, &shared);
                }
                if late(work) {
                    break;
                }
            }
            work += calls.resume(|polled| polled >= TURN || late(polled));

            // 3. The end, of a flood or by itself: what still runs is dropped, and so cancelled.
            if !allowance.covers(&resets, begun) {
                incoming.refuse_flood();
                return Poll::Ready(());
            }
            if !open {
                return Poll::Ready(());
            }

            // 4. Nothing left to do: one write for all of it, then sleep.
            if work == 0 && accepted.is_empty() && !calls.has_woken() {
                if let Poll::Ready(Err(_)) = incoming.poll_flush(cx) {
                    return Poll::Ready(());
                }
                if calls.is_empty() && (resting.is_some() || calls.can_rest() || incoming.can_rest()) {
                    // Once a while and not each time: a connection with one call after the other is not idle.
                    let rest = resting.get_or_insert_with(|| Box::pin(tokio::time::sleep(REST)));
                    if rest.as_mut().poll(cx).is_ready() {
                        resting = None;
                        calls.rest();
                        incoming.rest();
                    }
                }
                let _ = new_stage.as_mut().poll(cx);
                if signal.sleep() {
                    return Poll::Pending;
                }
            }

            // 5. Others want to run: flush and come back.
            if !coop::has_budget_remaining() || begun.elapsed() > TURN_TIME {
                let _ = take_all(&mut incoming, &mut accepted, cx);
                let _ = incoming.poll_flush(cx);
                task.waker().wake_by_ref();
                return Poll::Pending;
            }
        }
    })
    .await;
    drop(calls);
    drop(accepted);
    incoming.close(LINGER).await;
}

/// Takes new calls until there are none or a turn is full, and frames what has been sent. False when the
/// connection has ended.
fn take_all(incoming: &mut Incoming, accepted: &mut VecDeque<Accepted>, cx: &mut Context<'_>) -> bool {
    while accepted.len() < TURN {
        match incoming.poll_accept(cx) {
            Poll::Ready(Some(call)) => accepted.push_back(call),
            Poll::Ready(None) => return false,
            Poll::Pending => break,
        }
    }
    true
}
