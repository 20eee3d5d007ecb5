//! libgrpc++, as a reference: programs in `conformance/peers/cpp`, which the
//! harness compiles where there are Debian's packages.

use std::env;
use std::path::PathBuf;

use crate::call::Call;
use crate::setup::Threads;
use crate::workload::Workload;

pub const NAME: &str = "C++";

/// The program that takes the same orders as this one; without it, C++ takes no
/// part.
pub fn program() -> Option<PathBuf> {
    env::var_os("BENCH_CPP").map(PathBuf::from)
}

/// Whether it has been written for this: one thread with a completion queue.
pub fn takes(workload: &Workload) -> bool {
    workload.call == Call::Small && workload.setup.threads == Threads::Current
}
