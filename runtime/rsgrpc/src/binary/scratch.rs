//! Memory to encode in, kept from one message to the next.

use std::cell::Cell;

use super::encode;
use crate::Writer;
use crate::visit::Shown;

/// A thread keeps no more than this.
const KEPT: usize = 64 * 1024;

thread_local! {
    /// Nothing before the first message, and while it is in use. Boxed, because
    /// it moves out and in for each message.
    static SCRATCH: Cell<Option<Box<Writer>>> = const { Cell::new(None) };
}

/// What can be written. Not a closure, of which the compiler makes three functions for each message.
pub(super) trait Written {
    fn write(&self, writer: &mut Writer);
}

impl<'m, M: Shown<'m>> Written for M {
    #[inline]
    fn write(&self, writer: &mut Writer) {
        encode(*self, writer);
    }
}

/// A message as a vector; by way of memory that was used before, if possible, since its length is known only when all is
/// written.
#[inline(never)]
pub(super) fn written(message: &dyn Written) -> Vec<u8> {
    // While a thread ends there may be none any more.
    let kept = SCRATCH.try_with(Cell::take).ok().flatten();
    let mut writer = kept.unwrap_or_else(|| Box::new(Writer::for_vec()));
    message.write(&mut writer);
    let written = writer.to_vec();
    writer.clear();
    if writer.capacity() <= KEPT {
        let _ = SCRATCH.try_with(|scratch| scratch.set(Some(writer)));
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_use_starts_empty_even_within_another() {
        struct Inner;
        impl Written for Inner {
            fn write(&self, writer: &mut Writer) {
                writer.prepend(b"inner");
            }
        }
        struct Outer;
        impl Written for Outer {
            fn write(&self, writer: &mut Writer) {
                assert_eq!(written(&Inner), b"inner");
                writer.prepend(b"outer");
            }
        }
        for _ in 0..2 {
            assert_eq!(written(&Outer), b"outer");
        }
    }

    #[test]
    fn much_memory_is_not_kept() {
        struct Much;
        impl Written for Much {
            fn write(&self, writer: &mut Writer) {
                assert!(writer.capacity() <= KEPT);
                writer.prepend(&[0; KEPT + 1]);
            }
        }
        for _ in 0..2 {
            assert_eq!(written(&Much).len(), KEPT + 1);
        }
    }
}
