//! One connection, one task: the transport and the handlers of its calls.

use super::accept;
use super::calls::Calls;
use super::flood::{Allowance, Resets};
use super::lifetime::{Due, Lifetime};
use super::service::Shared;
use super::signal::{ConnectionWaker, Signal};
use crate::transport::{Accepted, Alarm, Goodbye, Incoming, earlier};
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
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Orders {
    pub(super) stage: Stage,
    /// How often clients have been sent away: those that were connected then.
    pub(super) evictions: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    #[default]
    Serving,
    /// Take no new calls, finish those that run.
    Draining,
    /// Cancel what runs.
    Closing,
}

/// Serves a connection until the peer leaves, an error ends it, its life is over, or a shutdown has drained or
/// closed it.
pub(super) async fn serve(mut incoming: Incoming, shared: Arc<Shared>) {
    let signal = Arc::new(Signal::default());
    let waker = Waker::from(Arc::new(ConnectionWaker(signal.clone())));
    // Most connections have a call at a time, and room for more is more than a kilobyte.
    let mut accepted: VecDeque<Accepted> = VecDeque::with_capacity(1);
    let mut lifetime = Lifetime::new(shared.lifespan);
    let mut alarm = Alarm::default();
    let mut rest_at = None;
    let orders = &shared.orders;
    let evictions = orders.borrow().evictions;
    let mut new_orders = orders.clone();
    let mut new_orders = pin!(async {
        while new_orders.changed().await.is_ok() {
            // This turn may have looked before.
            waker.wake_by_ref();
        }
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
            let Orders { stage, evictions: evicted } = *orders.borrow();
            if stage == Stage::Closing {
                return end(&mut incoming, &mut accepted, cx);
            }
            if (stage == Stage::Draining || evicted != evictions) && !lifetime.is_leaving() {
                // The grace is the server's matter.
                lifetime.leave(Duration::MAX);
                incoming.drain(Goodbye::Leaving);
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

            // 4. Before the turn ends: look after the connection.
            if work > 0 {
                lifetime.worked();
            }
            let sleepy = work == 0 && accepted.is_empty() && !calls.has_woken();
            let spent = || !coop::has_budget_remaining() || begun.elapsed() > TURN_TIME;
            if sleepy || spent() {
                let counting = lifetime.is_counting();
                let busy = counting && incoming.is_busy();
                if calls.is_empty() && (calls.can_rest() || incoming.can_rest()) {
                    // Once a while and not each time: a connection with one call after the other is not idle.
                    rest_at.get_or_insert_with(|| tokio::time::Instant::now() + REST);
                }
                let due = earlier(rest_at, earlier(incoming.due(), lifetime.due(busy)));
                let late = alarm.poll(due, cx).is_ready();
                if !incoming.tend(late, cx) {
                    incoming.refuse_pings();
                    return Poll::Ready(());
                }
                if late {
                    match lifetime.check(busy) {
                        Due::Nothing => {}
                        Due::Leave(goodbye) => {
                            lifetime.leave(shared.lifespan.grace);
                            incoming.drain(goodbye);
                        }
                        Due::End => return end(&mut incoming, &mut accepted, cx),
                    }
                    let resting = rest_at.take_if(|at| *at <= tokio::time::Instant::now());
                    if resting.is_some() && calls.is_empty() {
                        calls.rest();
                        incoming.rest();
                    }
                    // Once more, for what this has caused, and to set the alarm.
                    cx.waker().wake_by_ref();
                }
            }

            // 5. Nothing left to do: one write for all of it, then sleep.
            if sleepy {
                if let Poll::Ready(Err(_)) = incoming.poll_flush(cx) {
                    return Poll::Ready(());
                }
                let _ = new_orders.as_mut().poll(cx);
                if signal.sleep() {
                    return Poll::Pending;
                }
            }

            // 6. Others want to run: flush and come back.
            if spent() {
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

/// Ends a connection whatever runs on it; answers that are there still leave.
fn end(incoming: &mut Incoming, accepted: &mut VecDeque<Accepted>, cx: &mut Context<'_>) -> Poll<()> {
    let _ = take_all(incoming, accepted, cx);
    incoming.hang_up();
    Poll::Ready(())
}

/// Takes new calls until there are none or a turn is full, and frames what has been sent. False when the
/// connection has ended.
fn take_all(incoming: &mut Incoming, accepted: &mut VecDeque<Accepted>, cx: &mut Context<'_>) -> bool {
    incoming.begin();
    while accepted.len() < TURN {
        match incoming.poll_accept(cx) {
            Poll::Ready(Some(call)) => accepted.push_back(call),
            Poll::Ready(None) => return false,
            Poll::Pending => break,
        }
    }
    true
}
