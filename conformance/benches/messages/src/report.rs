//! The rows of the table, for people and for programs.

use crate::measure::Timing;
use crate::peer::{Op, rsgrpc};

/// What the best peer may take at least, in times of our time, by shape: the
/// columns decode, view, encode.
const TARGETS: [(&str, [f64; 3]); 5] = [
    ("ApiResponse", [1.6, 2.1, 1.5]),
    ("LogRecord", [2.1, 3.7, 1.8]),
    ("AnalyticsEvent", [1.4, 5.0, 2.3]),
    ("GoogleMessage1", [1.9, 3.5, 1.9]),
    ("MediaFrame", [1.35, 1.9, 1.0]),
];

/// One operation on one shape.
pub struct Row {
    pub shape: &'static str,
    /// The messages' size: the mean, in bytes.
    pub bytes: usize,
    pub op: Op,
    /// Name and median of each peer, in nanoseconds, ours last.
    pub times: Vec<(&'static str, f64)>,
    pub best: &'static str,
    /// The best peer's time ÷ ours.
    pub ratio: f64,
    pub target: Option<f64>,
}

impl Row {
    pub fn new(shape: &'static str, bytes: usize, op: Op, timings: &[Timing]) -> Option<Self> {
        let of = || timings.iter().filter(move |timing| timing.op == op);
        let ours = of().find(|timing| timing.peer == rsgrpc::NAME)?;
        let best = of()
            .filter(|timing| timing.peer != rsgrpc::NAME)
            .min_by(|left, right| left.median().total_cmp(&right.median()))?;
        let columns = TARGETS.iter().find(|row| row.0 == shape).map(|row| row.1);
        let target = match op {
            Op::Decode => columns.map(|columns| columns[0]),
            Op::View => columns.map(|columns| columns[1]),
            Op::Encode => columns.map(|columns| columns[2]),
            Op::ToVec => None,
        };
        let times = of().map(|timing| (timing.peer, timing.median())).collect();
        Some(Self { shape, bytes, op, times, best: best.peer, ratio: best.over(ours), target })
    }

    /// A line of JSON.
    pub fn json(&self) -> String {
        let target = self.target.map_or("null".to_owned(), |target| format!("{target}"));
        format!(
            r#"{{"workload":"{} {}","peer":"{}","ratio":{:.3},"target":{target}}}"#,
            self.shape,
            self.op.name(),
            self.best,
            self.ratio,
        )
    }
}

/// A Markdown table for each operation.
pub fn tables(rows: &[Row]) -> String {
    let mut text = String::new();
    for op in Op::ALL {
        let rows: Vec<&Row> = rows.iter().filter(|row| row.op == op).collect();
        let Some(first) = rows.first() else { continue };
        let peers: Vec<&str> = first.times.iter().map(|time| time.0).collect();
        text += &format!("\n| {} | bytes | {} | best ÷ ours | target |\n", op.name(), peers.join(" | "));
        text += &format!("|---|---:|{}---:|---:|\n", "---:|".repeat(peers.len()));
        for row in rows {
            let times: Vec<String> = row.times.iter().map(|time| format!("{:.0} ns", time.1)).collect();
            let target = row.target.map_or(String::new(), |target| target.to_string());
            let times = times.join(" | ");
            text += &format!(
                "| {} | {} | {times} | **{:.2}** {} | {target} |\n",
                row.shape, row.bytes, row.ratio, row.best
            );
        }
    }
    text
}
