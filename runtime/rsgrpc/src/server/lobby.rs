//! Connections that shake hands: so many at a time, and whoever comes when there is no room sends the oldest away.
//!
//! A client that shakes hands at all does so at once. If silent connections could fill the room, they would keep all
//! others out until their time is up.

use crate::status::Status;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// Connections that may shake hands at a time.
const ROOM: usize = 1024;

#[derive(Default)]
pub(super) struct Lobby(Mutex<Inside>);

#[derive(Default)]
struct Inside {
    /// How many have come so far.
    entered: u64,
    /// Those that are there, the oldest first. Who loses the sender has to leave. Invariant: at most [`ROOM`].
    waiting: BTreeMap<u64, oneshot::Sender<()>>,
}

impl Lobby {
    /// Runs a handshake as long as there is room for it.
    pub(super) async fn run<T>(
        &self,
        handshake: impl Future<Output = Result<T, Status>>,
    ) -> Result<T, Status> {
        let (_seat, displaced) = self.enter();
        tokio::select! {
            done = handshake => done,
            _ = displaced => {
                let message = format!("{ROOM} younger connections shake hands, and this one has not got ahead");
                Err(Status::resource_exhausted(message))
            }
        }
    }

    fn enter(&self) -> (Seat<'_>, oneshot::Receiver<()>) {
        let (leave, displaced) = oneshot::channel();
        let mut inside = self.lock();
        if inside.waiting.len() >= ROOM {
            inside.waiting.pop_first();
        }
        inside.entered += 1;
        let number = inside.entered;
        inside.waiting.insert(number, leave);
        (Seat { lobby: self, number }, displaced)
    }

    /// The map is whole between any two operations, so a panic elsewhere spoils nothing.
    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the lobby, free when this is dropped.
struct Seat<'a> {
    lobby: &'a Lobby,
    number: u64,
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.lobby.lock().waiting.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use std::future::{pending, ready};
    use std::pin::{Pin, pin};
    use std::task::{Context, Poll, Waker};

    fn poll<T>(future: Pin<&mut impl Future<Output = T>>) -> Poll<T> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn silent_connections_keep_nobody_out() {
        let lobby = Lobby::default();
        let mut silent: Vec<_> = (0..ROOM).map(|_| Box::pin(lobby.run(pending::<Result<(), _>>()))).collect();
        assert!(silent.iter_mut().all(|handshake| poll(handshake.as_mut()).is_pending()));

        let quick = pin!(lobby.run(ready(Ok(7))));
        assert!(matches!(poll(quick), Poll::Ready(Ok(7))));
        let mut left = silent.iter_mut().map(|handshake| poll(handshake.as_mut()));
        let Some(Poll::Ready(Err(status))) = left.next() else { panic!("the oldest is still there") };
        assert_eq!(status.code(), Code::ResourceExhausted);
        assert!(left.all(|handshake| handshake.is_pending()));
    }

    #[test]
    fn who_leaves_makes_room() {
        let lobby = Lobby::default();
        let mut first = pin!(lobby.run(pending::<Result<(), _>>()));
        assert!(poll(first.as_mut()).is_pending());
        for _ in 0..2 * ROOM {
            assert!(matches!(poll(pin!(lobby.run(ready(Ok(()))))), Poll::Ready(Ok(()))));
        }
        for _ in 0..2 * ROOM {
            assert!(poll(pin!(lobby.run(pending::<Result<(), _>>()))).is_pending());
        }
        assert!(poll(first.as_mut()).is_pending());
        assert_eq!(lobby.lock().waiting.len(), 1);
    }
}
