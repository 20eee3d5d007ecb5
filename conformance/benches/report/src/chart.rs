//! Ratios as a picture: a bar for each, from 1 to the right where we are ahead
//! and to the left where we are behind, in SVG that suits light and dark pages.
//! The scale is logarithmic, so that twice as fast and half as fast are as far
//! from 1, and one long bar does not squeeze the others.

const WIDTH: f64 = 860.0;
const BAR: f64 = 13.0;
const GAP: f64 = 3.0;
const HEAD: f64 = 44.0;
/// Room for what is written at a bar's end.
const NOTE: f64 = 130.0;

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
    pub left: f64,
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
        let (scale, top) = (Scale::new(self), HEAD + 34.0);
        let (bars, bottom) = self.bars(top, &scale);
        let (grid, legend) = (scale.grid(top, bottom), self.legend());
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {}\" role=\"img\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n\
             <text class=\"head\" x=\"{left}\" y=\"22\">{title}: right of 1 is ahead</text>\n\
             {legend}{grid}{bars}</svg>\n",
            bottom + 28.0
        )
    }

    /// All bars from `y` on, and where they end.
    fn bars(&self, mut y: f64, scale: &Scale) -> (String, f64) {
        let mut body = String::new();
        for Group { label, bars } in &self.groups {
            let (x, middle) = (self.left - 10.0, y + bars.len() as f64 * (BAR + GAP) / 2.0 + 2.0);
            body += &format!("<text x=\"{x}\" y=\"{middle}\" text-anchor=\"end\">{label}</text>\n");
            for Bar { series, ratio, note } in bars {
                let (from, to) = (scale.x(ratio.min(1.0)), scale.x(ratio.max(1.0)));
                let (width, text, base) = (to - from, to + 5.0, y + BAR - 3.0);
                body += &format!(
                    "<rect class=\"s{series}\" x=\"{from:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"{BAR}\"/>\n\
                     <text x=\"{text:.1}\" y=\"{base}\">{ratio:.2} <tspan class=\"faint\">{note}</tspan></text>\n"
                );
                y += BAR + GAP;
            }
            y += 14.0;
        }
        (body, y)
    }

    fn legend(&self) -> String {
        let mut x = self.left;
        let entry = |(series, name): (usize, &&str)| {
            let entry = format!(
                "<rect class=\"s{series}\" x=\"{x}\" y=\"{HEAD}\" width=\"11\" height=\"11\"/>\n\
                 <text x=\"{}\" y=\"{}\">{name}</text>\n",
                x + 16.0,
                HEAD + 10.0
            );
            x += 40.0 + name.len() as f64 * 6.0;
            entry
        };
        self.series.iter().enumerate().map(entry).collect()
    }
}

/// Powers of two, as far as there are ratios.
struct Scale {
    left: f64,
    octave: f64,
    first: i32,
    last: i32,
}

impl Scale {
    fn new(chart: &Chart<'_>) -> Self {
        let ratios = || chart.groups.iter().flat_map(|group| &group.bars).map(|bar| bar.ratio);
        let first = ratios().fold(0.75, f64::min).log2().floor() as i32;
        let last = ratios().fold(2.0, f64::max).log2().ceil() as i32;
        Self { left: chart.left, octave: (WIDTH - chart.left - NOTE) / f64::from(last - first), first, last }
    }

    fn x(&self, ratio: f64) -> f64 {
        self.left + (ratio.log2() - f64::from(self.first)) * self.octave
    }

    fn grid(&self, top: f64, bottom: f64) -> String {
        let line = |power: i32| {
            let ratio = 2_f64.powi(power);
            let (x, class) = (self.x(ratio), if power == 0 { "one" } else { "grid" });
            format!(
                "<line class=\"{class}\" x1=\"{x:.1}\" y1=\"{top}\" x2=\"{x:.1}\" y2=\"{bottom}\"/>\n\
                 <text class=\"faint\" x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{ratio}</text>\n",
                bottom + 16.0
            )
        };
        (self.first..=self.last).map(line).collect()
    }
}
