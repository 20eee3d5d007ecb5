//! The memory allocator as a matter of the command line, not of the build.

#![allow(unsafe_code, reason = "an allocator")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU8, Ordering};

use mimalloc::MiMalloc;

/// Set to anything, it chooses mimalloc.
pub const VARIABLE: &str = "BENCH_MIMALLOC";

#[global_allocator]
static ALLOCATOR: Chosen = Chosen;

/// The system's allocator or mimalloc, as the environment says when the first
/// memory is asked for. Both pay for the choice: a load and a branch.
struct Chosen;

static CHOICE: AtomicU8 = AtomicU8::new(UNDECIDED);
const UNDECIDED: u8 = 0;
const SYSTEM: u8 = 1;
const MIMALLOC: u8 = 2;

#[inline]
fn mimalloc() -> bool {
    match CHOICE.load(Ordering::Relaxed) {
        SYSTEM => false,
        MIMALLOC => true,
        _ => decide(),
    }
}

#[cold]
fn decide() -> bool {
    unsafe extern "C" {
        fn getenv(name: *const std::ffi::c_char) -> *const std::ffi::c_char;
    }
    const NAME: &std::ffi::CStr = c"BENCH_MIMALLOC";
    // SAFETY: the name is a C string; std's own functions would allocate.
    let chosen = unsafe { !getenv(NAME.as_ptr()).is_null() };
    CHOICE.store(if chosen { MIMALLOC } else { SYSTEM }, Ordering::Relaxed);
    chosen
}

// SAFETY: each call goes to an allocator that keeps the contract, always the
// same one.
unsafe impl GlobalAlloc for Chosen {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { if mimalloc() { MiMalloc.alloc(layout) } else { System.alloc(layout) } }
    }

    #[inline]
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        unsafe { if mimalloc() { MiMalloc.dealloc(at, layout) } else { System.dealloc(at, layout) } }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        unsafe { if mimalloc() { MiMalloc.alloc_zeroed(layout) } else { System.alloc_zeroed(layout) } }
    }

    #[inline]
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        unsafe {
            if mimalloc() { MiMalloc.realloc(at, layout, size) } else { System.realloc(at, layout, size) }
        }
    }
}
