//! The rows of the tables, for people and for programs.

use crate::measure::Timing;
use crate::peer::{Op, buffa, prost, rsgrpc};

/// What the best peer may take at least, in times of our time, by shape: decode
/// with `String`, with inline strings, view, encode.
const TARGETS: [(&str, [f64; 4]); 5] = [
    ("ApiResponse", [1.6, 2.3, 2.1, 1.5]),
    ("LogRecord", [2.1, 3.0, 3.7, 1.8]),
    ("AnalyticsEvent", [1.4, 2.1, 5.0, 2.3]),
    ("GoogleMessage1", [1.9, 2.1, 3.5, 1.9]),
    ("MediaFrame", [1.35, 1.6, 1.9, 1.0]),
];

/// The same for any table and shape: ahead of the peers, JSON twice as fast; in
/// what is not about formats, not behind prost.
fn target(shape: &str, op: Op, ours: &str, mimalloc: bool) -> Option<f64> {
    let columns = TARGETS.iter().find(|row| row.0 == shape).map_or([1.0; 4], |row| row.1);
    let inline = ours == rsgrpc::INLINE;
    match op {
        Op::Decode if shape == "AnalyticsEvent" && mimalloc && !inline => Some(1.75),
        Op::Decode => Some(columns[usize::from(inline)]),
        Op::View => Some(columns[2]),
        Op::Read if shape == "AnalyticsEvent" => Some(2.0),
        Op::Encode => Some(columns[3]),
        Op::ToJson | Op::FromJson => Some(2.0),
        Op::ToVec => None,
        Op::Read | Op::Len | Op::Clone | Op::Eq | Op::Drop => Some(1.0),
    }
}

/// One operation on one shape.
pub struct Row {
    pub shape: &'static str,
    /// The messages' size: the mean, in bytes.
    pub bytes: usize,
    pub op: Op,
    /// Name and median of each peer, in nanoseconds.
    pub times: Vec<(&'static str, f64)>,
    pub ratios: Vec<Ratio>,
}

/// How this project fares.
pub struct Ratio {
    pub ours: &'static str,
    pub best: &'static str,
    /// The best peer's time ÷ ours, of the peers that count.
    pub ratio: f64,
    pub target: Option<f64>,
}

impl Row {
    pub fn new(
        shape: &'static str,
        bytes: usize,
        op: Op,
        timings: &[Timing],
        mimalloc: bool,
    ) -> Option<Self> {
        let of = || timings.iter().filter(move |timing| timing.op == op);
        let is_ours = |timing: &&Timing| [rsgrpc::NAME, rsgrpc::INLINE].contains(&timing.peer);
        let counts = |timing: &&Timing| match op {
            // A lazy view has not looked at nested messages yet.
            Op::View => timing.peer != buffa::LAZY,
            Op::Len | Op::Clone | Op::Eq | Op::Drop => [prost::NAME, prost::BYTES].contains(&timing.peer),
            _ => true,
        };
        let best = of()
            .filter(|timing| !is_ours(timing))
            .filter(counts)
            .min_by(|left, right| left.median().total_cmp(&right.median()))?;
        let ratios = of().filter(is_ours).map(|ours| Ratio {
            ours: ours.peer,
            best: best.peer,
            ratio: best.over(ours),
            target: target(shape, op, ours.peer, mimalloc),
        });
        let times = of().map(|timing| (timing.peer, timing.median())).collect();
        Some(Self { shape, bytes, op, times, ratios: ratios.collect() })
    }

    /// A line of JSON for each ratio.
    pub fn json(&self, mimalloc: bool) -> String {
        let with = if mimalloc { ", mimalloc" } else { "" };
        let line = |ratio: &Ratio| {
            let inline = if ratio.ours == rsgrpc::INLINE { " inline" } else { "" };
            let workload = format!("{} {}{inline}{with}", self.shape, self.op.name());
            bench_report::json(&workload, ratio.best, ratio.ratio, ratio.target)
        };
        self.ratios.iter().map(line).collect()
    }
}

/// A Markdown table for each operation.
pub fn tables(rows: &[Row]) -> String {
    let mut text = String::new();
    for op in Op::ALL {
        let rows: Vec<&Row> = rows.iter().filter(|row| row.op == op).collect();
        let Some(first) = rows.first() else { continue };
        let heads: Vec<&str> = first.times.iter().map(|time| time.0).collect();
        let ratios = first.ratios.iter().map(|ratio| format!(" best ÷ {} | target |", ratio.ours));
        let ratios: String = ratios.collect();
        text += &format!("\n| {} | bytes | {} |{ratios}\n", op.name(), heads.join(" | "));
        text += &format!("|---|---:|{}\n", "---:|".repeat(heads.len() + 2 * first.ratios.len()));
        for row in rows {
            let times: Vec<String> = row.times.iter().map(|time| duration(time.1)).collect();
            let ratio = |ratio: &Ratio| {
                let target = ratio.target.map_or(String::new(), |target| target.to_string());
                format!(" **{:.2}** {} | {target} |", ratio.ratio, ratio.best)
            };
            let ratios: String = row.ratios.iter().map(ratio).collect();
            text += &format!("| {} | {} | {} |{ratios}\n", row.shape, row.bytes, times.join(" | "));
        }
    }
    text
}

fn duration(nanoseconds: f64) -> String {
    if nanoseconds < 20.0 {
        format!("{nanoseconds:.1} ns")
    } else if nanoseconds < 100_000.0 {
        format!("{nanoseconds:.0} ns")
    } else {
        format!("{:.0} µs", nanoseconds / 1000.0)
    }
}
