//! Curves of chances with their intervals, one panel beside the other, as a picture that stands alone.
//!
//! Strokes and words tell the curves apart; colors only repeat it.

use askama::Template;

use crate::drawing::{Drawing, at};
use crate::page::RenderError;

const PANEL: f64 = 330.0;
const LEFT: f64 = 58.0;
const RIGHT: f64 = 318.0;
const TOP: f64 = 76.0;
const BOTTOM: f64 = 296.0;
const HEIGHT: u32 = 344;
/// Curves of one panel; a further one is left out.
const CURVES: [(&str, &str, &str); 2] = [("curve-0", "band-0", "word-0"), ("curve-1", "band-1", "word-1")];

/// A plot: a line of words, and panels.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// What it shows.
    pub title: String,
    /// The same in words, numbers included, for who does not see it.
    pub description: String,
    /// From left to right.
    pub panels: Vec<Panel>,
}

/// Curves over one axis; upwards a chance in percent.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// What grows upwards.
    pub title: String,
    /// What grows to the right.
    pub axis: String,
    /// Where we stand on that axis.
    pub here: f64,
    /// At most two.
    pub curves: Vec<Curve>,
}

/// One curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Its name.
    pub name: String,
    /// Along the axis, the chance from 0 to 1, and the ends of its interval; rising along the axis.
    pub points: Vec<(f64, f64, (f64, f64))>,
}

#[derive(Template)]
#[template(path = "plot.svg")]
struct Picture<'a> {
    drawing: &'a Drawing,
}

/// Draws a plot as SVG. The same plot gives the same bytes.
///
/// # Errors
/// When the template fails.
pub fn plot_svg(plot: &Plot) -> Result<String, RenderError> {
    let mut drawing = Drawing {
        width: (PANEL * plot.panels.len().max(1) as f64) as u32,
        height: HEIGHT,
        title: plot.title.clone(),
        description: plot.description.clone(),
        ..Drawing::default()
    };
    drawing.word((16.0, 26.0), "start", "title", plot.title.as_str());
    for (number, panel) in plot.panels.iter().enumerate() {
        draw(&mut drawing, panel, PANEL * number as f64);
    }
    Ok(Picture { drawing: &drawing }.render()?)
}

fn draw(drawing: &mut Drawing, panel: &Panel, left: f64) {
    let points = || panel.curves.iter().flat_map(|curve| curve.points.iter());
    let finite = |value: f64| if value.is_finite() { value } else { 0.0 };
    let furthest = points().map(|point| finite(point.0)).fold(1e-9, f64::max);
    let highest = points().map(|point| finite(point.2.1).max(finite(point.1))).fold(1e-9, f64::max).min(1.0);
    let x = |value: f64| left + LEFT + (RIGHT - LEFT) * (finite(value) / furthest).clamp(0.0, 1.0);
    let y = |value: f64| BOTTOM - (BOTTOM - TOP) * (finite(value) / highest).clamp(0.0, 1.0);
    drawing.word((left + 16.0, 50.0), "start", "panel", panel.title.as_str());
    let step = step(highest);
    for tick in (1..).map(|tick| f64::from(tick) * step).take_while(|tick| *tick <= highest * (1.0 + 1e-9)) {
        drawing.rule((left + LEFT, y(tick)), (left + RIGHT, y(tick)));
        drawing.word((left + LEFT - 6.0, y(tick) + 4.0), "end", "tick", format!("{} %", at(100.0 * tick)));
    }
    for (curve, (_, band, _)) in panel.curves.iter().zip(CURVES) {
        let up = curve.points.iter().map(|point| (x(point.0), y(point.2.1)));
        let back = curve.points.iter().rev().map(|point| (x(point.0), y(point.2.0)));
        drawing.paths.push((path(up.chain(back)) + "Z", band));
    }
    for (number, (curve, (class, _, word))) in panel.curves.iter().zip(CURVES).enumerate() {
        drawing.paths.push((path(curve.points.iter().map(|point| (x(point.0), y(point.1)))), class));
        let line = TOP + 14.0 + 17.0 * number as f64;
        drawing.word((left + LEFT + 8.0, line), "start", word, curve.name.as_str());
    }
    drawing.line((left + LEFT, BOTTOM), (left + RIGHT, BOTTOM), "axis");
    drawing.line((x(panel.here), TOP), (x(panel.here), BOTTOM), "here");
    drawing.word((left + LEFT, BOTTOM + 18.0), "start", "tick", "0");
    drawing.word((x(panel.here), BOTTOM + 18.0), "middle", "tick", at(panel.here));
    drawing.word((left + RIGHT, BOTTOM + 18.0), "end", "tick", at(furthest));
    drawing.word((left + (LEFT + RIGHT) / 2.0, BOTTOM + 36.0), "middle", "caption", panel.axis.as_str());
}

/// A round step that parts `highest` into three to six.
fn step(highest: f64) -> f64 {
    let decade = 10f64.powf(highest.log10().floor());
    let steps = [0.2, 0.5, 1.0, 2.0].map(|part| part * decade);
    steps.into_iter().find(|step| highest / step <= 6.0).unwrap_or(decade)
}

fn path(points: impl Iterator<Item = (f64, f64)>) -> String {
    let mut text = String::new();
    for (number, (x, y)) in points.enumerate() {
        text += &format!("{}{} {}", if number == 0 { "M" } else { "L" }, at(x), at(y));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(points: Vec<(f64, f64, (f64, f64))>) -> Plot {
        let curve = Curve { name: "a <leak>".to_owned(), points };
        let panel =
            Panel { title: "p".to_owned(), axis: "partners".to_owned(), here: 80.0, curves: vec![curve] };
        Plot { title: "t & u".to_owned(), description: "d".to_owned(), panels: vec![panel] }
    }

    #[test]
    fn a_curve_ends_where_its_axes_end_and_words_are_escaped() {
        let svg = plot_svg(&curve(vec![(0.0, 0.0, (0.0, 0.0)), (160.0, 0.3, (0.1, 0.5))])).unwrap();
        assert!(svg.contains(r#"class="curve-0" d="M58 296L318 164""#), "{svg}");
        assert!(svg.contains(r#"class="band-0" d="M58 296L318 76L318 252L58 296Z""#), "{svg}");
        assert!(svg.contains("a &#60;leak&#62;") && svg.contains("t &#38; u"), "{svg}");
    }

    #[test]
    fn figures_that_are_none_draw_no_bounds() {
        for wild in [f64::NAN, f64::INFINITY, -1.0, 0.0] {
            let svg = plot_svg(&curve(vec![(wild, wild, (wild, wild))])).unwrap();
            assert!(svg.len() < 5_000 && !svg.contains("NaN") && !svg.contains("inf"), "{wild}: {svg}");
        }
    }
}
