//! What all benches tell their results with: medians, pages of the
//! documentation, charts.

mod chart;
mod page;

pub use chart::{Bar, Chart, Group};
pub use page::record;

/// The middle value; not a number if there is none.
#[must_use]
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        len if len % 2 == 1 => values[len / 2],
        len => (values[len / 2 - 1] + values[len / 2]) / 2.0,
    }
}

/// A line of JSON: how a peer fares against this project. The ratio is better
/// where it is larger.
#[must_use]
pub fn json(workload: &str, peer: &str, ratio: f64, target: Option<f64>) -> String {
    let target = target.map_or("null".to_owned(), |target| target.to_string());
    format!("{{\"workload\":\"{workload}\",\"peer\":\"{peer}\",\"ratio\":{ratio:.3},\"target\":{target}}}\n")
}
