//! Ratios as a picture: groups of bars, in SVG that suits light and dark pages.

const WIDTH: usize = 860;
const BAR: usize = 13;
const GAP: usize = 3;
const HEAD: usize = 44;
/// Room for what is written at a bar's end.
const NOTE: usize = 120;

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

/// Ratios around 1, of several series, in groups.
pub struct Chart<'a> {
    pub title: &'a str,
    /// At most six.
    pub series: &'a [&'a str],
    pub groups: Vec<Group>,
    /// The room for the labels of groups.
    pub left: usize,
}

/// Bars with one label.
pub struct Group {
    pub label: String,
    pub bars: Vec<Bar>,
}

pub struct Bar {
    /// Index into [`Chart::series`].
    pub series: usize,
    pub ratio: f64,
    /// Written beside the ratio.
    pub note: String,
}

impl Chart<'_> {
    /// The picture.
    #[must_use]
    pub fn svg(&self) -> String {
        let Self { title, left, .. } = self;
        let bars = self.groups.iter().flat_map(|group| &group.bars);
        let longest = bars.map(|bar| bar.ratio).fold(2.0, f64::max);
        let scale = (WIDTH - left - NOTE) as f64 / longest;
        let top = HEAD + 34;
        let (bars, bottom) = self.bars(top, scale);
        let (grid, legend) = (self.grid(top, bottom, longest, scale), self.legend());
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {}\" role=\"img\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n\
             <text class=\"head\" x=\"{left}\" y=\"22\">{title}: right of 1 is ahead</text>\n\
             {legend}{grid}{bars}</svg>\n",
            bottom + 28
        )
    }

    /// All bars from `y` on, and where they end.
    fn bars(&self, mut y: usize, scale: f64) -> (String, usize) {
        let (left, mut body) = (self.left, String::new());
        for group in &self.groups {
            let first = y;
            for Bar { series, ratio, note } in &group.bars {
                let (width, middle) = (ratio * scale, y + BAR - 3);
                body += &format!(
                    "<rect class=\"s{series}\" x=\"{left}\" y=\"{y}\" width=\"{width:.1}\" height=\"{BAR}\"/>\n\
                     <text x=\"{:.1}\" y=\"{middle}\">{ratio:.2} <tspan class=\"faint\">{note}</tspan></text>\n",
                    left as f64 + width + 5.0,
                );
                y += BAR + GAP;
            }
            let (x, middle) = (left - 10, (first + y) / 2 + 2);
            body += &format!("<text x=\"{x}\" y=\"{middle}\" text-anchor=\"end\">{}</text>\n", group.label);
            y += 14;
        }
        (body, y)
    }

    fn grid(&self, top: usize, bottom: usize, longest: f64, scale: f64) -> String {
        let line = |ratio: u32| {
            let (x, class) =
                (self.left as f64 + f64::from(ratio) * scale, if ratio == 1 { "one" } else { "grid" });
            format!(
                "<line class=\"{class}\" x1=\"{x:.1}\" y1=\"{top}\" x2=\"{x:.1}\" y2=\"{bottom}\"/>\n\
                 <text class=\"faint\" x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{ratio}</text>\n",
                bottom + 16
            )
        };
        (0..=longest as u32).map(line).collect()
    }

    fn legend(&self) -> String {
        let mut x = self.left;
        let entry = |(series, name): (usize, &&str)| {
            let entry = format!(
                "<rect class=\"s{series}\" x=\"{x}\" y=\"{HEAD}\" width=\"11\" height=\"11\"/>\n\
                 <text x=\"{}\" y=\"{}\">{name}</text>\n",
                x + 16,
                HEAD + 10
            );
            x += 40 + name.len() * 6;
            entry
        };
        self.series.iter().enumerate().map(entry).collect()
    }
}
