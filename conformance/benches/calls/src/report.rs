//! The rows of the tables, for people and for programs.

use crate::bench::{Sample, Side};
use crate::peer::PEERS;
use crate::workload::{Flavor, Kind, Workload};

/// One kind of load on one side.
pub struct Row {
    pub side: Side,
    pub flavor: Flavor,
    pub workload: Workload,
    /// Medians, in the order of [`PEERS`].
    pub medians: Vec<Sample>,
    /// Peer ÷ ours in CPU time, ours ÷ peer in messages per second: medians over
    /// the rounds. Without ours.
    pub ratios: Vec<Sample>,
}

impl Row {
    pub fn new(side: Side, flavor: Flavor, workload: Workload, samples: &[Vec<Sample>]) -> Option<Self> {
        let (ours, peers) = samples.split_last()?;
        let ratio = |peer: &Vec<Sample>| Sample {
            cpu: median(peer.iter().zip(ours).map(|(peer, ours)| peer.cpu / ours.cpu).collect()),
            rate: median(peer.iter().zip(ours).map(|(peer, ours)| ours.rate / peer.rate).collect()),
        };
        let medians = samples.iter().map(|samples| Sample {
            cpu: median(samples.iter().map(|sample| sample.cpu).collect()),
            rate: median(samples.iter().map(|sample| sample.rate).collect()),
        });
        Some(Self {
            side,
            flavor,
            workload,
            medians: medians.collect(),
            ratios: peers.iter().map(ratio).collect(),
        })
    }

    /// What tonic's CPU time ÷ ours has to be: the figures that the design was
    /// decided on.
    fn target(&self) -> Option<f64> {
        let multi = self.flavor == Flavor::Multi;
        match (self.side, self.workload.kind, self.workload.in_flight) {
            (Side::Server, Kind::Unary, 16) if !multi => Some(1.41),
            (Side::Server, Kind::Unary, 64) => Some(if multi { 3.4 } else { 1.58 }),
            (Side::Server, Kind::Unary, 256) if !multi => Some(1.62),
            (Side::Server, Kind::Repeat, _) if !multi => Some(1.3),
            (Side::Server, Kind::Bidi, _) if !multi => Some(1.3),
            (Side::Server, Kind::Large, _) if !multi => Some(1.4),
            (Side::Client, Kind::Unary, 16) if !multi => Some(1.85),
            (Side::Client, Kind::Unary, 64) => Some(if multi { 4.6 } else { 2.1 }),
            (Side::Client, Kind::Unary, 256) if !multi => Some(2.5),
            _ => None,
        }
    }

    /// A line of JSON for each peer: its CPU time ÷ ours.
    pub fn json(&self) -> Vec<String> {
        let workload = format!("{} {} {}", self.side.name(), self.workload, self.flavor.name());
        let peers = PEERS.iter().zip(&self.ratios);
        let line = |(peer, ratio): (&&str, &Sample)| {
            let target = self.target().filter(|_| *peer == PEERS[0]);
            let target = target.map_or("null".to_owned(), |target| target.to_string());
            format!(
                r#"{{"workload":"{workload}","peer":"{peer}","ratio":{:.3},"target":{target}}}"#,
                ratio.cpu
            )
        };
        peers.map(line).collect()
    }
}

/// A Markdown table for each side and runtime.
pub fn tables(rows: &[Row]) -> String {
    let mut text = String::new();
    for side in Side::ALL {
        for flavor in Flavor::ALL {
            let rows: Vec<&Row> =
                rows.iter().filter(|row| row.side == side && row.flavor == flavor).collect();
            if rows.is_empty() {
                continue;
            }
            let (ours, peers) = PEERS.split_last().unwrap_or((&"", &[]));
            let titles = |what: &str| -> String {
                peers.iter().map(|peer| format!(" {peer} ÷ {ours}, {what} |")).collect()
            };
            text += &format!("\n| {}, {} | {} |", side.name(), flavor.name(), PEERS.join(" | "));
            text += &format!("{} target |", titles("CPU"));
            text += &format!("{}\n|---|", titles("time"));
            text += &"---:|".repeat(PEERS.len() + 2 * peers.len() + 1);
            text += "\n";
            for row in rows {
                text += &line(row);
            }
        }
    }
    text
}

fn line(row: &Row) -> String {
    let mut text = format!("| {} |", row.workload);
    for median in &row.medians {
        text += &format!(" {:.2} µs, {} /s |", median.cpu, thousands(median.rate));
    }
    for ratio in &row.ratios {
        text += &format!(" **{:.2}** |", ratio.cpu);
    }
    text += &row.target().map_or(" |".to_owned(), |target| format!(" {target} |"));
    for ratio in &row.ratios {
        text += &format!(" {:.2} |", ratio.rate);
    }
    text + "\n"
}

fn thousands(rate: f64) -> String {
    if rate >= 10_000.0 { format!("{:.0}k", rate / 1000.0) } else { format!("{rate:.0}") }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
