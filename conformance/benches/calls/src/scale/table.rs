//! Measurements, for people and for programs.

use crate::peer::{rsgrpc, tonic};
use crate::report::{micros, thousands};

#[derive(Clone, Copy)]
pub enum Unit {
    Bytes,
    Micros,
    /// More is better, unlike the others.
    PerSecond,
}

/// What was measured of this project and of something else.
pub struct Measurement {
    pub name: String,
    pub unit: Unit,
    pub ours: f64,
    pub theirs: f64,
    /// What the other one is.
    pub other: &'static str,
    /// How many times as well this project should do at least.
    pub target: Option<f64>,
}

impl Measurement {
    /// Ours and tonic's.
    pub fn new(name: impl Into<String>, unit: Unit, [ours, theirs]: [f64; 2]) -> Self {
        Self { name: name.into(), unit, ours, theirs, other: tonic::NAME, target: None }
    }

    pub fn target(self, target: f64) -> Self {
        Self { target: Some(target), ..self }
    }

    fn ratio(&self) -> f64 {
        match self.unit {
            Unit::Bytes | Unit::Micros => self.theirs / self.ours,
            Unit::PerSecond => self.ours / self.theirs,
        }
    }

    fn shown(&self, value: f64) -> String {
        match self.unit {
            Unit::Bytes if value < 10_000.0 => format!("{value:.0} B"),
            Unit::Bytes => format!("{:.1} kB", value / 1000.0),
            Unit::Micros => micros(value),
            Unit::PerSecond => format!("{}/s", thousands(value)),
        }
    }
}

/// A line of JSON.
pub fn json(measurement: &Measurement) -> String {
    let Measurement { name, other, target, .. } = measurement;
    bench_report::json(&format!("scale {name}"), other, measurement.ratio(), *target)
}

/// A Markdown table.
pub fn table(measurements: &[Measurement]) -> String {
    let mut text =
        format!("| | {} | the other | | ratio | target |\n|---|---:|---:|---|---:|---:|\n", rsgrpc::NAME);
    for measurement in measurements {
        let Measurement { name, ours, theirs, other, target, .. } = measurement;
        let (ours, theirs) = (measurement.shown(*ours), measurement.shown(*theirs));
        let target = target.map_or(String::new(), |target| target.to_string());
        text += &format!(
            "| {name} | {ours} | {theirs} | {other} | **{:.2}** | {target} |\n",
            measurement.ratio()
        );
    }
    text
}
