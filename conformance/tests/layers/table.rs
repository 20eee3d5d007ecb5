//! The table of layers, as docs/ARCHITECTURE.md shows it.

use std::collections::BTreeSet;

/// The rows of one table, from the lowest layer to the highest.
///
/// A row is a set of groups. Modules of a group know each other; groups of one row (`a` or `b`) do not.
#[derive(Debug)]
pub struct Layers(Vec<Vec<BTreeSet<String>>>);

impl Layers {
    /// Reads the first table below this heading: the modules stand in its first column.
    pub fn parse(document: &str, heading: &str) -> Self {
        let rows = rows(document, heading).into_iter().map(|row| row[0].split(" or ").map(quoted).collect());
        Self(rows.collect())
    }

    /// All modules that have a place.
    pub fn modules(&self) -> BTreeSet<&str> {
        self.0.iter().flatten().flatten().map(String::as_str).collect()
    }

    /// Whether one module may name another.
    pub fn allows(&self, from: &str, to: &str) -> bool {
        let row = |module: &str| self.0.iter().position(|row| row.iter().any(|group| group.contains(module)));
        let group = |module: &str| self.0.iter().flatten().find(|group| group.contains(module));
        match (row(from), row(to)) {
            (Some(above), Some(below)) if above != below => above > below,
            (Some(_), Some(_)) => group(from) == group(to),
            _ => false,
        }
    }
}

/// Paths of other crates, and the modules that alone may name them.
pub struct Reserved {
    pub paths: BTreeSet<String>,
    pub modules: BTreeSet<String>,
}

impl Reserved {
    /// Reads the first table below this heading: paths in its first column, modules in its second.
    pub fn parse(document: &str, heading: &str) -> Vec<Self> {
        let rows = rows(document, heading);
        rows.iter().map(|row| Self { paths: quoted(&row[0]), modules: quoted(&row[1]) }).collect()
    }
}

/// The cells of the first table below a heading, without its head.
fn rows(document: &str, heading: &str) -> Vec<Vec<String>> {
    let (_, section) =
        document.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no heading {heading}"));
    let table =
        section.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    let rows: Vec<Vec<String>> = table.skip(2).map(cells).collect();
    assert!(!rows.is_empty(), "no table below {heading}");
    rows
}

/// What stands between backquotes.
fn quoted(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}
