//! Ratios as a picture: a bar for each, from 1 to the right where we are ahead
//! and to the left where we are behind, in SVG that suits light and dark pages.
//! The scale is logarithmic, so that twice as fast and half as fast are as far
//! from 1, and one long bar does not squeeze the others.

use std::fmt::Write;

use crate::peer::{Op, rsgrpc};
use crate::report::Row;

const LEFT: f64 = 170.0;
const RIGHT: f64 = 130.0;
const WIDTH: f64 = 860.0;
const BAR: f64 = 13.0;
const GAP: f64 = 3.0;
const HEAD: f64 = 44.0;

/// What the chart shows, and under which name.
const SERIES: [(Op, &str, &str); 6] = [
    (Op::Decode, rsgrpc::NAME, "decode"),
    (Op::Decode, rsgrpc::INLINE, "decode, inline strings"),
    (Op::View, rsgrpc::NAME, "view"),
    (Op::Encode, rsgrpc::NAME, "encode"),
    (Op::ToJson, rsgrpc::NAME, "JSON encode"),
    (Op::FromJson, rsgrpc::NAME, "JSON decode"),
];

const STYLE: &str = "\
text { font: 12px system-ui, sans-serif; fill: #24292f; }
.head { font-size: 15px; font-weight: 600; }
.faint { fill: #57606a; }
.grid { stroke: #d0d7de; }
.one { stroke: #24292f; }
.s0 { fill: #0b66c3; } .s1 { fill: #5aa9f0; } .s2 { fill: #1a7f4b; }
.s3 { fill: #b35900; } .s4 { fill: #7a3fc4; } .s5 { fill: #b58ae0; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .faint { fill: #9198a1; }
  .grid { stroke: #3d444d; }
  .one { stroke: #e6edf3; }
}";

/// A ratio in the chart.
struct Bar {
    /// Which of the series it belongs to.
    series: usize,
    ratio: f64,
    /// The peer that it is over.
    peer: &'static str,
}

/// The chart of these rows.
pub fn svg(rows: &[Row]) -> String {
    let mut shapes: Vec<&'static str> = rows.iter().map(|row| row.shape).collect();
    shapes.dedup();
    let bar = |shape: &str, series: usize| {
        let (op, ours, _) = SERIES[series];
        let row = rows.iter().find(|row| row.shape == shape && row.op == op)?;
        let ratio = row.ratios.iter().find(|ratio| ratio.ours == ours)?;
        Some(Bar { series, ratio: ratio.ratio, peer: ratio.best })
    };
    let groups: Vec<(&str, Vec<Bar>)> = shapes
        .into_iter()
        .map(|shape| (shape, (0..SERIES.len()).filter_map(|series| bar(shape, series)).collect()))
        .collect();
    draw("Time of the fastest peer ÷ time of rsgrpc", &SERIES.map(|series| series.2), &groups)
}

/// A chart of groups of bars.
fn draw(title: &str, series: &[&str], groups: &[(&str, Vec<Bar>)]) -> String {
    let ratios = || groups.iter().flat_map(|group| &group.1).map(|bar| bar.ratio);
    let first = ratios().fold(0.75, f64::min).log2().floor() as i32;
    let last = ratios().fold(2.0, f64::max).log2().ceil() as i32;
    let octave = (WIDTH - LEFT - RIGHT) / f64::from(last - first);
    let x = |ratio: f64| LEFT + (ratio.log2() - f64::from(first)) * octave;

    let mut body = String::new();
    let top = HEAD + 34.0;
    let mut y = top;
    for (name, bars) in groups {
        let middle = y + bars.len() as f64 * (BAR + GAP) / 2.0 + 2.0;
        line(
            &mut body,
            format_args!("<text x=\"{}\" y=\"{middle}\" text-anchor=\"end\">{name}</text>", LEFT - 10.0),
        );
        for Bar { series, ratio, peer } in bars {
            let (from, to) = (x(ratio.min(1.0)), x(ratio.max(1.0)));
            let (width, text, base) = (to - from, to + 5.0, y + BAR - 3.0);
            line(
                &mut body,
                format_args!(
                    "<rect class=\"s{series}\" x=\"{from:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"{BAR}\"/>"
                ),
            );
            line(
                &mut body,
                format_args!(
                    "<text x=\"{text:.1}\" y=\"{base}\">{ratio:.2} <tspan class=\"faint\">{peer}</tspan></text>"
                ),
            );
            y += BAR + GAP;
        }
        y += 14.0;
    }
    let mut grid = String::new();
    for power in first..=last {
        let ratio = 2_f64.powi(power);
        let (at, class) = (x(ratio), if power == 0 { "one" } else { "grid" });
        line(
            &mut grid,
            format_args!("<line class=\"{class}\" x1=\"{at:.1}\" y1=\"{top}\" x2=\"{at:.1}\" y2=\"{y}\"/>"),
        );
        line(
            &mut grid,
            format_args!(
                "<text class=\"faint\" x=\"{at:.1}\" y=\"{}\" text-anchor=\"middle\">{ratio}</text>",
                y + 16.0
            ),
        );
    }
    let mut legend = String::new();
    let mut at = LEFT;
    for (series, name) in series.iter().enumerate() {
        line(
            &mut legend,
            format_args!("<rect class=\"s{series}\" x=\"{at}\" y=\"{HEAD}\" width=\"11\" height=\"11\"/>"),
        );
        line(&mut legend, format_args!("<text x=\"{}\" y=\"{}\">{name}</text>", at + 16.0, HEAD + 10.0));
        at += 40.0 + name.len() as f64 * 6.0;
    }
    let height = y + 28.0;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n\
         <text class=\"head\" x=\"{LEFT}\" y=\"22\">{title}: right of 1 is ahead</text>\n\
         {legend}{grid}{body}</svg>\n"
    )
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // A string takes whatever is written to it.
    let _ = writeln!(text, "{line}");
}
