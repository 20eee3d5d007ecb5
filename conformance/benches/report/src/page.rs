//! The documentation's page of results, into which benches write their own.

use std::fs;

const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs");

/// Replaces what stands between the marks of `section` in docs/benchmarks.md,
/// and the chart beside it, if there is one. The marks are
/// `<!-- SECTION: … -->`, whatever it says, and `<!-- SECTION: end -->`.
///
/// # Errors
/// The page has no such marks, or cannot be written.
pub fn record(section: &str, report: &str, chart: Option<&str>) -> Result<(), String> {
    let page = format!("{DOCS}/benchmarks.md");
    let text = fs::read_to_string(&page).map_err(|error| format!("{page}: {error}"))?;
    let missing = || format!("{page} has no marks of {section}");
    let (before, rest) = text.split_once(&format!("<!-- {section}: ")).ok_or_else(missing)?;
    let (mark, rest) = rest.split_once("-->\n").ok_or_else(missing)?;
    let end = format!("<!-- {section}: end -->\n");
    let (_, after) = rest.split_once(&end).ok_or_else(missing)?;
    let report = report.trim_matches('\n');
    fs::write(&page, format!("{before}<!-- {section}: {mark}-->\n\n{report}\n\n{end}{after}"))
        .and_then(|()| chart.map_or(Ok(()), |chart| fs::write(format!("{DOCS}/{section}.svg"), chart)))
        .map_err(|error| format!("{DOCS}: {error}"))
}
