//! What a side has written, as TCP counts it.

use std::io;
use std::process::Command;

use crate::workload::Side;

/// The segments with data that one side of all connections to the server at
/// `port` has sent, by `ss` of iproute2; none where there is no such program.
///
/// Over loopback without Nagle's algorithm a write is a segment, if it is not
/// of more than 64 kB or has to wait for the other side.
pub fn sent(side: Side, port: u16) -> io::Result<Option<u64>> {
    let filter = match side {
        Side::Server => format!("sport = :{port}"),
        Side::Client => format!("dport = :{port}"),
    };
    let output = match Command::new("ss").args(["-tinH", "state", "established"]).arg(filter).output() {
        Ok(output) => output,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let text = String::from_utf8_lossy(&output.stdout);
    let counts = text.split_whitespace().filter_map(|word| word.strip_prefix("data_segs_out:"));
    Ok(Some(counts.filter_map(|count| count.parse::<u64>().ok()).sum()))
}
