//! The ratios as a picture: a bar for each shape and operation.

use bench_report::{Bar, Chart, Group};

use crate::peer::{Op, rsgrpc};
use crate::report::Row;

/// What the chart shows, and under which name.
const SERIES: [(Op, &str, &str); 6] = [
    (Op::Decode, rsgrpc::NAME, "decode"),
    (Op::Decode, rsgrpc::INLINE, "decode, inline strings"),
    (Op::View, rsgrpc::NAME, "view"),
    (Op::Encode, rsgrpc::NAME, "encode"),
    (Op::ToJson, rsgrpc::NAME, "JSON encode"),
    (Op::FromJson, rsgrpc::NAME, "JSON decode"),
];

/// The chart of these rows.
pub fn svg(rows: &[Row]) -> String {
    let mut shapes: Vec<&'static str> = rows.iter().map(|row| row.shape).collect();
    shapes.dedup();
    let bars = |shape: &'static str| {
        SERIES.iter().enumerate().filter_map(move |(series, (op, ours, _))| {
            let row = rows.iter().find(|row| row.shape == shape && row.op == *op)?;
            let bar = row.ratios.iter().find(|ratio| ratio.ours == *ours)?;
            Some(Bar { series, ratio: bar.ratio, note: bar.best.to_owned() })
        })
    };
    let group = |shape| Group { label: String::from(shape), bars: bars(shape).collect() };
    Chart {
        title: "Time of the fastest peer ÷ time of rsgrpc",
        series: &SERIES.map(|series| series.2),
        groups: shapes.into_iter().map(group).collect(),
        left: 170.0,
    }
    .svg()
}
