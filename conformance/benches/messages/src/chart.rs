//! The ratios as a picture: a bar for each shape and operation, in SVG that
//! suits light and dark pages.

use crate::peer::{Op, rsgrpc};
use crate::report::Row;

const LEFT: usize = 170;
const WIDTH: usize = 860;
const BAR: usize = 13;
const GAP: usize = 3;
const HEAD: usize = 44;

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

/// The chart of these rows.
pub fn svg(rows: &[Row]) -> String {
    let mut shapes: Vec<&'static str> = rows.iter().map(|row| row.shape).collect();
    shapes.dedup();
    let bars = |shape: &'static str| {
        SERIES.iter().enumerate().filter_map(move |(index, (op, ours, _))| {
            let row = rows.iter().find(|row| row.shape == shape && row.op == *op)?;
            Some((index, row.ratios.iter().find(|ratio| ratio.ours == *ours)?))
        })
    };
    let longest = shapes.iter().flat_map(|shape| bars(shape)).map(|bar| bar.1.ratio).fold(2.0, f64::max);
    let scale = (WIDTH - LEFT - 120) as f64 / longest;
    let x = |ratio: f64| LEFT as f64 + ratio * scale;

    let mut body = String::new();
    let mut y = HEAD + 34;
    let top = y;
    for shape in shapes {
        let first = y;
        for (series, bar) in bars(shape) {
            let (width, middle) = (bar.ratio * scale, y + BAR - 3);
            body += &format!(
                "<rect class=\"s{series}\" x=\"{LEFT}\" y=\"{y}\" width=\"{width:.1}\" height=\"{BAR}\"/>\n"
            );
            body += &format!(
                "<text x=\"{:.1}\" y=\"{middle}\">{:.2} <tspan class=\"faint\">{}</tspan></text>\n",
                x(bar.ratio) + 5.0,
                bar.ratio,
                bar.best
            );
            y += BAR + GAP;
        }
        let middle = (first + y) / 2 + 2;
        body += &format!("<text x=\"{}\" y=\"{middle}\" text-anchor=\"end\">{shape}</text>\n", LEFT - 10);
        y += 14;
    }
    let mut grid = String::new();
    for ratio in 0..=longest as u32 {
        let (at, class) = (x(f64::from(ratio)), if ratio == 1 { "one" } else { "grid" });
        grid += &format!("<line class=\"{class}\" x1=\"{at:.1}\" y1=\"{top}\" x2=\"{at:.1}\" y2=\"{y}\"/>\n");
        grid += &format!(
            "<text class=\"faint\" x=\"{at:.1}\" y=\"{}\" text-anchor=\"middle\">{ratio}</text>\n",
            y + 16
        );
    }
    let mut legend = String::new();
    let mut at = LEFT;
    for (series, (_, _, name)) in SERIES.iter().enumerate() {
        legend +=
            &format!("<rect class=\"s{series}\" x=\"{at}\" y=\"{}\" width=\"11\" height=\"11\"/>\n", HEAD);
        legend += &format!("<text x=\"{}\" y=\"{}\">{name}</text>\n", at + 16, HEAD + 10);
        at += 40 + name.len() * 6;
    }
    let height = y + 28;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\n\
         <title>Time of the fastest peer ÷ time of rsgrpc</title>\n<style>{STYLE}</style>\n\
         <text class=\"head\" x=\"{LEFT}\" y=\"22\">Time of the fastest peer ÷ time of rsgrpc: right of 1 is ahead</text>\n\
         {legend}{grid}{body}</svg>\n"
    )
}
