//! What a picture is made of: rectangles, paths, lines and words, at coordinates that are text already.

/// A picture: everything the template writes as inline SVG. Colors and hatches come from the stylesheet by class.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Drawing {
    /// Width of the view box.
    pub(crate) width: u32,
    /// Height of the view box.
    pub(crate) height: u32,
    /// What it shows, in a line.
    pub(crate) title: String,
    /// The same in words, numbers included, for who does not see it.
    pub(crate) description: String,
    /// Behind everything: thin lines at the ticks.
    pub(crate) grid: Vec<Line>,
    /// On the grid, behind the bars: paths as `d` and class.
    pub(crate) paths: Vec<(String, &'static str)>,
    /// Rectangles, and the words that show on hover.
    pub(crate) bars: Vec<Bar>,
    /// Lines: two ends and a class.
    pub(crate) lines: Vec<Line>,
    /// Words.
    pub(crate) words: Vec<Words>,
}

/// A rectangle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bar {
    /// Left edge.
    pub(crate) x: String,
    /// Upper edge.
    pub(crate) y: String,
    /// Width.
    pub(crate) width: String,
    /// Height.
    pub(crate) height: String,
    /// Style.
    pub(crate) class: &'static str,
    /// Shown on hover; may be empty.
    pub(crate) hover: String,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// One end.
    pub(crate) from: (String, String),
    /// The other end.
    pub(crate) to: (String, String),
    /// Style.
    pub(crate) class: &'static str,
}

/// Words at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    /// Anchor point.
    pub(crate) x: String,
    /// Base line.
    pub(crate) y: String,
    /// `start`, `middle` or `end`.
    pub(crate) anchor: &'static str,
    /// Style.
    pub(crate) class: &'static str,
    /// The words, already visible.
    pub(crate) text: String,
}

impl Drawing {
    /// Adds a rectangle; a negative height is turned around.
    pub(crate) fn bar(
        &mut self,
        x: f64,
        (top, bottom): (f64, f64),
        width: f64,
        class: &'static str,
        hover: String,
    ) {
        let (y, height) = (top.min(bottom), (bottom - top).abs());
        self.bars.push(Bar { x: at(x), y: at(y), width: at(width), height: at(height), class, hover });
    }

    /// Adds a line before the bars.
    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &'static str) {
        self.lines.push(line(from, to, class));
    }

    /// Adds a line behind everything.
    pub(crate) fn rule(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.grid.push(line(from, to, "grid"));
    }

    /// Adds words.
    pub(crate) fn word(
        &mut self,
        (x, y): (f64, f64),
        anchor: &'static str,
        class: &'static str,
        text: impl Into<String>,
    ) {
        self.words.push(Words { x: at(x), y: at(y), anchor, class, text: text.into() });
    }
}

fn line(from: (f64, f64), to: (f64, f64), class: &'static str) -> Line {
    Line { from: (at(from.0), at(from.1)), to: (at(to.0), at(to.1)), class }
}

/// A coordinate with at most two decimals, the same on every machine.
#[must_use]
pub(crate) fn at(value: f64) -> String {
    let shown = format!("{:.2}", if value.is_finite() { value } else { 0.0 });
    let shown = shown.trim_end_matches('0').trim_end_matches('.');
    if shown == "-0" { "0".to_owned() } else { shown.to_owned() }
}
