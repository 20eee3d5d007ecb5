//! What came of it: ratios to prost, beside what they should be.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use super::package::Kind;
use crate::project::Project;

/// What one program took.
#[derive(Default)]
pub struct Program {
    /// In debug and in release.
    pub builds: [Builds; 2],
    /// How large each message is in memory, in bytes.
    pub sizes: BTreeMap<String, usize>,
}

/// What it took in one profile.
#[derive(Default)]
pub struct Builds {
    /// Seconds of all processors, round by round.
    pub seconds: Vec<f64>,
    /// Bytes of machine code, without those of a program that has no messages.
    pub code: u64,
}

/// One figure and what it should be at most.
struct Figure {
    code: &'static str,
    profile: &'static str,
    what: &'static str,
    ours: f64,
    other: f64,
    against: &'static str,
    ratio: f64,
    target: f64,
}

pub struct Report {
    messages: usize,
    figures: Vec<Figure>,
    /// Messages that are larger than prost's and a pointer.
    larger: usize,
    /// Bytes of all messages: ours, prost's.
    bytes: [usize; 2],
}

const MACHINE_CODE: &str = "machine code";

/// What time and machine code should be at most, in debug and in release.
type Targets = [(f64, f64); 2];
const OWNED: Targets = [(0.7, 0.85), (1.0, 0.85)];
const VIEWS: Targets = [(2.2, 1.7), (2.2, 1.7)];
/// What is not used costs nothing that could be measured.
const FORMATS: Targets = [(1.05, 1.0), (1.05, 1.0)];

impl Report {
    pub fn new(programs: BTreeMap<Kind, Program>) -> Result<Self, String> {
        let find = |kind| programs.get(&kind).ok_or("a program is missing");
        let (prost, owned) = (find(Kind::Prost)?, find(Kind::Owned)?);
        let mut figures = Vec::new();
        compare("rsgrpc", owned, "prost", prost, OWNED, &mut figures);
        compare("rsgrpc, views as well", find(Kind::Views)?, "prost", prost, VIEWS, &mut figures);
        compare("rsgrpc, unused formats", find(Kind::Formats)?, "rsgrpc", owned, FORMATS, &mut figures);
        let (ours, prosts) = (&owned.sizes, &prost.sizes);
        if !prosts.keys().eq(ours.keys()) {
            let odd = prosts.keys().filter(|key| !ours.contains_key(*key));
            let odd = odd.chain(ours.keys().filter(|key| !prosts.contains_key(*key)));
            return Err(format!("both do not have the same messages: {:?}", odd.collect::<Vec<_>>()));
        }
        let pointer = size_of::<usize>();
        let larger = ours.iter().filter_map(|(key, size)| {
            let prost = prosts.get(key)?;
            Some(*size > prost.next_multiple_of(pointer) + pointer)
        });
        Ok(Self {
            messages: ours.len(),
            figures,
            larger: larger.filter(|larger| *larger).count(),
            bytes: [ours.values().sum(), prosts.values().sum()],
        })
    }

    pub fn text(&self) -> String {
        let mut out = String::new();
        _ = writeln!(out, "| {} messages | profile | | of | this | ratio | at most |", self.messages);
        _ = writeln!(out, "|---|---|---|---:|---:|---:|---:|");
        for Figure { code, profile, what, ours, other, against, ratio, target } in &self.figures {
            let unit = if *what == MACHINE_CODE { "KB" } else { "s" };
            _ = writeln!(
                out,
                "| {code} | {profile} | {what} | {against}: {other:.1} {unit} | {ours:.1} {unit} | **{ratio:.2}** | {target} |"
            );
        }
        let [ours, prost] = self.bytes;
        _ = writeln!(
            out,
            "\nIn memory, one of each message takes {ours} bytes, prost's {prost}; {} of {} are larger than prost's and a pointer.",
            self.larger, self.messages
        );
        out
    }

    pub fn json(&self) -> String {
        let line = |Figure { code, profile, what, against, ratio, target, .. }: &Figure| {
            format!(
                "{{\"workload\":\"{code}, {profile}, {what}\",\"peer\":\"{against}\",\"ratio\":{ratio:.3},\"target\":{target}}}\n"
            )
        };
        let larger = self.larger;
        let sizes = format!(
            "{{\"workload\":\"messages larger than a pointer more\",\"peer\":\"prost\",\"ratio\":{larger},\"target\":0}}\n"
        );
        self.figures.iter().map(line).chain([sizes]).collect()
    }

    /// Replaces the table in the documentation.
    pub fn record(&self, project: &Project) -> Result<(), String> {
        let page = project.root.join("docs/benchmarks.md");
        let text = fs::read_to_string(&page).map_err(|error| format!("{}: {error}", page.display()))?;
        let (before, rest) = text.split_once(BEGIN).ok_or("benchmarks.md has no place for the table")?;
        let (_, after) = rest.split_once(END).ok_or("benchmarks.md has no end of the table")?;
        fs::write(&page, format!("{before}{BEGIN}\n{}\n{END}{after}", self.text()))
            .map_err(|error| format!("{}: {error}", page.display()))
    }
}

const BEGIN: &str = "<!-- cost: written by `cargo xtask cost --record` -->\n";
const END: &str = "<!-- cost: end -->\n";

fn compare(
    code: &'static str,
    ours: &Program,
    against: &'static str,
    other: &Program,
    targets: Targets,
    figures: &mut Vec<Figure>,
) {
    let builds = ["debug", "release"].into_iter().zip(ours.builds.iter().zip(&other.builds)).zip(targets);
    for ((profile, (ours, other)), (time, size)) in builds {
        let mut figure = |what, ours, other, ratio, target| {
            figures.push(Figure { code, profile, what, ours, other, against, ratio, target });
        };
        let ratios = ours.seconds.iter().zip(&other.seconds).map(|(ours, other)| ours / other);
        let seconds = [ours, other].map(|builds| median(builds.seconds.clone()));
        figure("build", seconds[0], seconds[1], median(ratios.collect()), time);
        let kilobytes = [ours, other].map(|builds| builds.code as f64 / 1000.0);
        figure(MACHINE_CODE, kilobytes[0], kilobytes[1], kilobytes[0] / kilobytes[1], size);
    }
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}
