//! The rows of the tables, for people and for programs.

use bench_report::{Bar, Chart, Group, median};

use crate::bench::{Sample, Series};
use crate::peer;
use crate::workload::{Measure, Side, Workload};

/// All columns there may be, ours first.
const PEERS: [&str; 6] = [
    peer::rsgrpc::NAME,
    peer::tonic::NAME,
    peer::connectrpc::NAME,
    peer::grpc::NAME,
    peer::cpp::NAME,
    peer::raw::NAME,
];

/// A workload and what it has shown.
pub struct Row {
    pub workload: Workload,
    /// Ours is the last.
    series: Vec<Series>,
}

impl Row {
    pub fn new(workload: Workload, series: Vec<Series>) -> Self {
        Self { workload, series }
    }

    fn samples(&self, peer: &str) -> Option<&[Sample]> {
        self.series.iter().find(|series| series.0 == peer).map(|series| series.1.as_slice())
    }

    /// The median of something.
    fn of(&self, peer: &str, what: impl Fn(&Sample) -> f64) -> Option<f64> {
        Some(median(self.samples(peer)?.iter().map(what).collect()))
    }

    /// How many times as well as a peer this project does: the median over the
    /// rounds, in which both ran within moments of each other.
    fn ratio(&self, peer: &str, measure: Measure) -> Option<f64> {
        let (ours, theirs) = (self.samples(peer::rsgrpc::NAME)?, self.samples(peer)?);
        Some(median(ours.iter().zip(theirs).map(|(ours, theirs)| ours.over(theirs, measure)).collect()))
    }

    /// CPU time, and whatever else has a target.
    fn measures(&self) -> impl Iterator<Item = Measure> {
        let targets = self.workload.targets;
        let wanted = |measure: &Measure| targets.iter().any(|target| target.measure == *measure);
        Measure::ALL.into_iter().filter(move |measure| *measure == Measure::Cpu || wanted(measure))
    }

    /// A line of JSON for each peer and measure.
    pub fn json(&self) -> String {
        let line = |measure: Measure, peer: &str| {
            let workload = self.workload.full_name() + measure.suffix();
            let (ratio, target) = (self.ratio(peer, measure)?, self.workload.target(peer, measure));
            Some(bench_report::json(&workload, peer, ratio, target))
        };
        let peers = |measure| PEERS[1..].iter().filter_map(move |peer| line(measure, peer));
        self.measures().flat_map(peers).collect()
    }
}

/// Two Markdown tables for each side: what is compared, and the rest.
pub fn tables(rows: &[Row]) -> String {
    let mut text = String::new();
    for side in Side::ALL {
        let rows: Vec<&Row> = rows.iter().filter(|row| row.workload.side == side).collect();
        if rows.is_empty() {
            continue;
        }
        let known = |peer: &&str| rows.iter().any(|row| row.samples(peer).is_some());
        let peers: Vec<&str> = PEERS.into_iter().filter(known).collect();
        let titles = peers[1..].iter().map(|peer| format!(" {peer} | ÷ |"));
        text += &format!("\n| {} | {} |{}\n", side.name(), peers[0], titles.collect::<String>());
        text += &format!("|---|---:|{}\n", "---:|---:|".repeat(peers.len() - 1));
        for row in &rows {
            row.measures().for_each(|measure| text += &compared(row, measure, &peers));
        }
        text += &format!("\n| {}: /s, p50, p99, writes | {} |\n", side.name(), peers.join(" | "));
        text += &format!("|---|{}\n", "---:|".repeat(peers.len()));
        for row in &rows {
            let cells = peers.iter().map(|peer| format!(" {} |", rest(row, peer).unwrap_or_default()));
            text += &format!("| {} |{}\n", row.workload.name, cells.collect::<String>());
        }
    }
    text
}

fn compared(row: &Row, measure: Measure, peers: &[&str]) -> String {
    let value = |peer: &str| match measure {
        Measure::Cpu => row.of(peer, |sample| sample.cpu).map(micros),
        Measure::Rate => row.of(peer, |sample| sample.rate).map(|rate| format!("{}/s", thousands(rate))),
        Measure::P99 => row.of(peer, |sample| sample.p99).map(micros),
    };
    let cell = |peer: &&str| {
        let target = row.workload.target(peer, measure).map(|target| format!(" of {target}"));
        match (value(peer), row.ratio(peer, measure)) {
            (Some(value), Some(ratio)) => {
                format!(" {value} | **{ratio:.2}**{} |", target.unwrap_or_default())
            }
            _ => " | |".to_owned(),
        }
    };
    let cells: String = peers[1..].iter().map(cell).collect();
    let ours = value(peers[0]).unwrap_or_default();
    format!("| {}{} | {ours} |{cells}\n", row.workload.name, measure.suffix())
}

fn rest(row: &Row, peer: &str) -> Option<String> {
    let writes = row.of(peer, |sample| sample.writes)?;
    Some(format!(
        "{}, {}, {}, {writes:.*}",
        thousands(row.of(peer, |sample| sample.rate)?),
        micros(row.of(peer, |sample| sample.p50)?),
        micros(row.of(peer, |sample| sample.p99)?),
        if writes < 0.1 { 3 } else { 2 },
    ))
}

/// Of tonic and connectrpc, and of the ceiling.
pub fn chart(rows: &[Row]) -> String {
    const SERIES: [&str; 3] = [peer::tonic::NAME, peer::connectrpc::NAME, peer::raw::NAME];
    let group = |row: &Row| {
        let bar = |(series, peer): (usize, &&str)| {
            let ratio = row.ratio(peer, Measure::Cpu)?;
            let target = row.workload.target(peer, Measure::Cpu);
            let note = target.map_or(String::new(), |target| format!("target {target}"));
            Some(Bar { series, ratio, note })
        };
        Group { label: row.workload.full_name(), bars: SERIES.iter().enumerate().filter_map(bar).collect() }
    };
    Chart {
        title: "CPU time of the peer ÷ that of rsgrpc",
        series: &["tonic", "connectrpc", "h2 alone"],
        groups: rows.iter().map(group).collect(),
        left: 255.0,
    }
    .svg()
}

/// A time that is given in microseconds.
pub fn micros(time: f64) -> String {
    match time {
        ..1.0 => format!("{:.0} ns", time * 1000.0),
        ..10.0 => format!("{time:.2} µs"),
        ..100.0 => format!("{time:.1} µs"),
        ..10_000.0 => format!("{time:.0} µs"),
        _ => format!("{:.1} ms", time / 1000.0),
    }
}

pub fn thousands(rate: f64) -> String {
    match rate {
        ..1_000.0 => format!("{rate:.0}"),
        ..10_000.0 => format!("{:.1}k", rate / 1000.0),
        ..10_000_000.0 => format!("{:.0}k", rate / 1000.0),
        _ => format!("{:.1}M", rate / 1e6),
    }
}
