//! The calls of one connection: slots, each with the waker that stays when the call goes.

use super::flood::Resets;
use super::linger::{Linger, OnCancel};
use super::load::{Load, Sample};
use super::service::{CallFuture, Shared};
use super::signal::{Signal, SlotWaker};
use super::{Call, Outcome};
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// A connection without calls keeps so many slots.
const KEEP: usize = 64;

pub(super) struct Calls<'a> {
    signal: Arc<Signal>,
    load: &'a Load,
    slots: Vec<Slot<'a>>,
    /// Slots without a call.
    free: Vec<usize>,
    /// Slots whose calls are to be polled in this turn.
    woken: Vec<usize>,
    /// How many calls there have been.
    started: usize,
    resets: Arc<Resets>,
}

struct Slot<'a> {
    call: Option<CallFuture<'a>>,
    /// One call in a few is timed, for as long as it runs.
    sample: Option<Sample>,
    clear: Arc<SlotWaker>,
    waker: Waker,
}

impl<'a> Calls<'a> {
    pub(super) fn new(signal: Arc<Signal>, load: &'a Load, resets: Arc<Resets>) -> Self {
        let (slots, free, woken) = Default::default();
        Self { signal, load, slots, free, woken, started: 0, resets }
    }

    /// Polls a new call once. Most calls end here; the others stay. A call whose method computes for long, or
    /// whose handler may outlive it, gets a task of its own.
    pub(super) fn start(&mut self, call: Call, shared: &'a Arc<Shared>) {
        let sample = self.load.sample(self.started, call.context());
        self.started = self.started.wrapping_add(1);
        if shared.on_cancel.of(call.path()) != OnCancel::Drop || self.load.moves(call.path()) {
            return run(call, shared.clone(), sample, self.resets.clone());
        }
        // A service's own `call` may panic as well; the call that it drops is reset.
        let Ok(call) = catch_unwind(AssertUnwindSafe(|| shared.services.call(call))) else { return };
        let index = self.free.pop().unwrap_or_else(|| self.grow());
        if let Some(slot) = self.slots.get_mut(index) {
            slot.call = Some(call);
            slot.sample = sample;
        }
        self.poll(index);
    }

    /// Polls woken calls until there are none or `stop` says so; returns how many.
    pub(super) fn resume(&mut self, mut stop: impl FnMut(usize) -> bool) -> usize {
        if self.woken.is_empty() {
            self.signal.take_ready(&mut self.woken);
        }
        let mut polled = 0;
        while let Some(index) = self.woken.pop() {
            self.poll(index);
            polled += 1;
            if stop(polled) {
                break;
            }
        }
        polled
    }

    pub(super) fn has_woken(&self) -> bool {
        !self.woken.is_empty()
    }

    /// Whether no call runs.
    pub(super) fn is_empty(&self) -> bool {
        self.free.len() == self.slots.len()
    }

    /// Whether there is memory to give back.
    pub(super) fn can_rest(&self) -> bool {
        self.slots.len() > KEEP && self.is_empty() && self.woken.is_empty()
    }

    /// Gives memory back: no call runs.
    pub(super) fn rest(&mut self) {
        if self.can_rest() {
            // Wakers of the slots that go may still be about; their numbers are looked up before use.
            self.slots = Vec::new();
            self.free = Vec::new();
        }
    }

    fn poll(&mut self, index: usize) {
        let Some(slot) = self.slots.get_mut(index) else { return };
        slot.clear.clear();
        let Some(call) = &mut slot.call else { return };
        let cx = &mut Context::from_waker(&slot.waker);
        let begun = slot.sample.as_ref().map(Sample::begin);
        // A handler's panic ends before it gets here; this one is an interceptor's or a codec's. What the
        // unwinding dropped has reset the stream.
        let polled = catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(cx)));
        if let (Some(sample), Some(begun)) = (&slot.sample, begun) {
            self.load.record(sample, begun.elapsed());
        }
        match polled {
            Ok(Poll::Pending) => return,
            Ok(Poll::Ready(outcome)) => finish(outcome, &self.resets),
            Err(_) => {}
        }
        slot.call = None;
        slot.sample = None;
        self.free.push(index);
    }

    #[cold]
    fn grow(&mut self) -> usize {
        let index = self.slots.len();
        let clear = SlotWaker::new(self.signal.clone(), index);
        self.slots.push(Slot { call: None, sample: None, waker: clear.clone().into(), clear });
        index
    }
}

/// Runs a call in a task of its own. Its answer still leaves with its connection's next flush, and its handler may
/// go on after it.
pub(super) fn run(call: Call, shared: Arc<Shared>, sample: Option<Sample>, resets: Arc<Resets>) {
    let linger = Linger::new(shared.on_cancel.of(call.path()), &shared);
    let call = call.lingering(linger);
    tokio::spawn(async move {
        let mut call = shared.services.call(call);
        let outcome = poll_fn(|cx| {
            let begun = sample.as_ref().map(Sample::begin);
            let polled = call.as_mut().poll(cx);
            if let (Some(sample), Some(begun)) = (&sample, begun) {
                shared.load.record(sample, begun.elapsed());
            }
            polled
        })
        .await;
        finish(outcome, &resets);
    });
}

fn finish(mut outcome: Outcome, resets: &Resets) {
    if outcome.is_reset() {
        resets.note();
    }
    outcome.finish();
}
