//! libgrpc++, as a reference: programs in `conformance/peers/cpp`, which the
//! harness compiles where there are Debian's packages.

use std::env;
use std::path::PathBuf;

use crate::call::Call;
use crate::setup::Threads;
use crate::workload::Workload;

pub const NAME: &str = "C++";

/// The program that serves, or the one that calls, with the same arguments and
/// orders as this one. Where the harness has found none, C++ takes no part.
pub fn program(role: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(env::var_os("BENCH_CPP")?);
    Some(folder.join(if role == "serve" { "bench_server" } else { "bench_client" }))
}

/// Whether it has been written for this: one thread with a completion queue.
pub fn takes(workload: &Workload) -> bool {
    let plain = !workload.setup.tls && !workload.setup.gzip;
    let written = workload.call == Call::Small && workload.setup.threads == Threads::Current;
    plain && written && env::var_os("BENCH_CPP").is_some()
}
