//! Where a handler's messages are packed while it runs.
//!
//! A [`Sender`](super::Sender) may be shared with other tasks, so what it packs stands behind a lock, which a handler that
//! sends one message after the other would take for each of them. Instead, with its second message, it gets the pack of its
//! outbox for itself, on a desk that belongs to the thread. That goes back when the pack is full, when the handler waits or is
//! done, and when it has to do with others: they find an empty pack meanwhile, whose messages go behind those on the desk,
//! and from then on everybody packs under the lock.

use super::pack::Pack;
use crate::codec::Coding;
use crate::compression::Encoder;
use crate::status::Status;
use std::cell::{Cell, RefCell};

thread_local! {
    static DESK: Cell<Desk> = const { Cell::new(Desk { polled: 0, lent: 0 }) };
    static WORK: RefCell<Option<Box<Work>>> = const { RefCell::new(None) };
}

/// Addresses of outboxes; 0 for none.
#[derive(Clone, Copy)]
struct Desk {
    /// Whose handler is being polled.
    polled: usize,
    /// Whose pack lies here. That of a handler which polls another one stays; the other one works without.
    lent: usize,
}

struct Work {
    pack: Pack,
    encoder: Option<Encoder>,
}

/// Polls a handler at the desk; gives back what it has left there.
#[inline]
pub(super) fn at<T>(owner: usize, poll: impl FnOnce() -> T) -> (T, Option<Pack>) {
    /// Puts back what was before, in a panic as well.
    struct Reset {
        owner: usize,
        before: usize,
    }
    impl Drop for Reset {
        fn drop(&mut self) {
            drop(back(self.owner));
            DESK.set(Desk { polled: self.before, ..DESK.get() });
        }
    }
    let desk = DESK.get();
    let _reset = Reset { owner, before: desk.polled };
    DESK.set(Desk { polled: owner, ..desk });
    let polled = poll();
    (polled, back(owner))
}

/// Gives a handler that is being polled the pack of its outbox; says whether it has.
pub(super) fn lend(owner: usize, pack: &mut Pack, encoder: Option<&Encoder>) -> bool {
    let desk = DESK.get();
    if desk.polled != owner || desk.lent != 0 {
        return false;
    }
    let lent = WORK.try_with(|work| {
        let mut work = work.try_borrow_mut().ok()?;
        *work = Some(Box::new(Work { pack: std::mem::take(pack), encoder: encoder.cloned() }));
        Some(())
    });
    // Otherwise the thread is ending, or a codec sends while it encodes.
    let lent = matches!(lent, Ok(Some(())));
    if lent {
        DESK.set(Desk { lent: owner, ..desk });
    }
    lent
}

/// Packs a message where a handler has the pack of its outbox; says whether there is room for another one.
#[inline]
pub(super) fn put<T>(
    owner: usize,
    coding: &Coding<T>,
    message: &T,
    compress: bool,
) -> Option<Result<bool, Status>> {
    if DESK.get().lent != owner {
        return None;
    }
    WORK.with(|work| {
        // A codec that itself sends finds the desk in use.
        let mut work = work.try_borrow_mut().ok()?;
        let Work { pack, encoder } = &mut **work.as_mut()?;
        let put = pack.put(coding, message, encoder.as_ref().filter(|_| compress));
        Some(put.map(|()| !pack.is_full()))
    })
}

/// Takes the pack back.
#[inline]
pub(super) fn back(owner: usize) -> Option<Pack> {
    let desk = DESK.get();
    if desk.lent != owner {
        return None;
    }
    WORK.with(|work| {
        let work = work.try_borrow_mut().ok()?.take()?;
        DESK.set(Desk { lent: 0, ..desk });
        Some(work.pack)
    })
}
