//! Order sites: neighbors that may stand in any order, in groups of three (six forms) and two.

use earmark_model::Span;

use crate::draft::{Draft, FormOrder, Part, SPARE};
use crate::rule::RuleCode;
use crate::syntax::Node;

/// Of a sequence, the elements that a rule may move, in runs of neighbors.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    pub(crate) runs: Vec<Vec<Span>>,
    open: bool,
}

impl Runs {
    /// Adds an element; elements added without a break in between are neighbors.
    pub(crate) fn push(&mut self, unit: Span) {
        match self.runs.last_mut().filter(|_| self.open) {
            Some(run) => run.push(unit),
            None => self.runs.push(vec![unit]),
        }
        self.open = true;
    }

    /// Ends the run: what comes next is no neighbor of what came before.
    pub(crate) fn cut(&mut self) {
        self.open = false;
    }

    /// Proposes a site for every three neighbors of a run from its start, and for two that are left.
    ///
    /// What lies between elements stays where it is. Groups are counted off from the start of a run,
    /// so that every order of their members shows the same groups again.
    pub(crate) fn propose(&self, source: &[u8], code: RuleCode, rank: u8, drafts: &mut Vec<Draft>) {
        let groups = self.runs.iter().flat_map(|run| groups(run));
        drafts.extend(groups.filter_map(|(group, spare)| permutations(source, code, rank | spare, group)));
    }
}

/// The groups of a run: counted off in threes from its start, what is left at its end, and then, each with
/// [`SPARE`], all other neighbors that may have been a group when the run began elsewhere.
pub(crate) fn groups<T>(run: &[T]) -> impl Iterator<Item = (&[T], u8)> {
    let counted = run.chunks(3).map(|group| (group, 0));
    let whole = run.len() / 3 * 3;
    let threes = run.windows(3).enumerate().filter(|(at, _)| at % 3 != 0);
    let twos = run.windows(2).enumerate().filter(move |(at, _)| *at != whole);
    counted.chain(threes.chain(twos).map(|(_, group)| (group, SPARE))).filter(|(group, _)| group.len() > 1)
}

const OF_TWO: &[&[usize]] = &[&[0, 1], &[1, 0]];
const OF_THREE: &[&[usize]] = &[&[0, 1, 2], &[0, 2, 1], &[1, 0, 2], &[1, 2, 0], &[2, 0, 1], &[2, 1, 0]];

/// A site of two or three units in any order.
pub(crate) fn permutations(source: &[u8], code: RuleCode, rank: u8, units: &[Span]) -> Option<Draft> {
    let orders = match units.len() {
        2 => OF_TWO,
        3 => OF_THREE,
        _ => return None,
    };
    let (first, last) = (units.first()?, units.last()?);
    let gaps: Vec<&[u8]> = units
        .windows(2)
        .map(|pair| source.get(pair[0].end as usize..pair[1].start as usize))
        .collect::<Option<_>>()?;
    let form = |order: &&[usize]| {
        let mut parts = Vec::with_capacity(units.len() * 2);
        for (place, unit) in order.iter().enumerate() {
            if let Some(gap) = place.checked_sub(1).and_then(|at| gaps.get(at)).filter(|gap| !gap.is_empty())
            {
                parts.push(Part::text(*gap));
            }
            parts.push(Part::Child(units[*unit]));
        }
        parts
    };
    Some(Draft {
        span: Span::new(first.start, last.end),
        code,
        forms: orders.iter().map(form).collect(),
        labels: Vec::new(),
        current: 0,
        order: FormOrder::Sorted,
        rank,
    })
}

/// What a child of a sequence of lines is to a rule of order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// An element that may move.
    Unit,
    /// Goes with the element that follows it: an attribute, a decorator.
    Lead,
    /// Belongs to the element before it if it follows at once: a comma.
    Tail,
    /// Nothing moves past it.
    Wall,
}

struct Lines<'a> {
    source: &'a [u8],
    runs: Runs,
    /// Where what leads the next unit starts and ends so far, and whether it is comments only.
    lead: Option<(u32, u32, bool)>,
    /// The unit read last, which a comma or a comment may yet lengthen.
    last: Option<Span>,
    behind: Behind,
}

/// What becomes of a unit that has a comment behind it on its last line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Behind {
    /// It takes the comment along.
    Follows,
    /// It moves nowhere.
    Binds,
}

/// Runs among children that stand on lines of their own. A unit takes along the comments right above
/// it and behind it, and must begin and end with a line; else it is a wall.
pub(crate) fn line_runs<'t>(
    source: &[u8],
    children: impl Iterator<Item = Node<'t>>,
    role: impl Fn(Node<'t>) -> Role,
) -> Runs {
    runs_of_lines(source, children, Behind::Follows, role)
}

/// As [`line_runs`], but a unit with a comment behind it on its last line moves nowhere: where blocks
/// end by indentation, the unit's place decides which block such a comment is in.
pub(crate) fn bound_line_runs<'t>(
    source: &[u8],
    children: impl Iterator<Item = Node<'t>>,
    role: impl Fn(Node<'t>) -> Role,
) -> Runs {
    runs_of_lines(source, children, Behind::Binds, role)
}

fn runs_of_lines<'t>(
    source: &[u8],
    children: impl Iterator<Item = Node<'t>>,
    behind: Behind,
    role: impl Fn(Node<'t>) -> Role,
) -> Runs {
    let mut lines = Lines { source, runs: Runs::default(), lead: None, last: None, behind };
    for node in children {
        let span = trimmed(source, node.span());
        if node.is_comment() {
            lines.comment(node, span);
            continue;
        }
        match role(node) {
            Role::Tail => lines.tail(span),
            Role::Lead => lines.lead(span, false),
            Role::Unit => lines.unit(span),
            Role::Wall => lines.wall(),
        }
    }
    lines.settle();
    lines.runs
}

impl Lines<'_> {
    fn gap(&self, from: u32, to: u32) -> usize {
        let between = self.source.get(from as usize..to as usize).unwrap_or_default();
        between.iter().filter(|byte| **byte == b'\n').count()
    }

    fn comment(&mut self, node: Node<'_>, span: Span) {
        if speaks_of_file(node.text()) {
            return self.wall();
        }
        match self.last.as_mut() {
            Some(last) if self.lead.is_none() && !holds_line_end(self.source, last.end, span.start) => {
                last.end = span.end;
                if self.behind == Behind::Binds {
                    self.last = None;
                    self.runs.cut();
                }
            }
            // Rust's documentation belongs to what follows, however far.
            _ => self.lead(span, !(node.kind() == "line_comment" && node.text().starts_with(b"///"))),
        }
    }

    fn lead(&mut self, span: Span, comment: bool) {
        self.settle();
        let lead = match self.lead {
            Some((start, end, comments)) if !comments || self.gap(end, span.start) < 2 => {
                (start, span.end, comments && comment)
            }
            _ => (span.start, span.end, comment),
        };
        self.lead = Some(lead);
    }

    fn unit(&mut self, span: Span) {
        self.settle();
        let start = match self.lead.take() {
            Some((start, end, comments)) if !comments || self.gap(end, span.start) < 2 => start,
            _ => span.start,
        };
        self.last = Some(Span::new(start, span.end));
    }

    fn tail(&mut self, span: Span) {
        match self.last.as_mut() {
            Some(last) if self.lead.is_none() => last.end = span.end,
            _ => self.wall(),
        }
    }

    fn wall(&mut self) {
        self.settle();
        self.lead = None;
        self.runs.cut();
    }

    /// Enters the unit read last, if it has its lines for itself.
    fn settle(&mut self) {
        let Some(unit) = self.last.take() else { return };
        if has_own_lines(self.source, unit) {
            self.runs.push(unit);
        } else {
            self.runs.cut();
        }
    }
}

/// Whether a comment is about the file or all that follows and not about its neighbor: it stays where it is. Such
/// are the module's documentation, the interpreter's name, the encoding, the license, and a tool's switches.
fn speaks_of_file(comment: &[u8]) -> bool {
    const BEGINNINGS: &[&[u8]] = &[b"#!", b"//!", b"/*!"];
    const WORDS: &[&str] = &[
        "@flow",
        "@jest-",
        "@jsx",
        "@license",
        "@ts-check",
        "@ts-nocheck",
        "clang-format o",
        "coding:",
        "coding=",
        "copyright",
        "eslint-disable ",
        "eslint-disable*",
        "eslint-enable",
        "fmt: o",
        "fmt:o",
        "prettier-ignore-",
        "pylint:",
        "spdx-license",
    ];
    let text = String::from_utf8_lossy(comment).to_ascii_lowercase();
    BEGINNINGS.iter().any(|mark| comment.starts_with(mark)) || WORDS.iter().any(|word| text.contains(word))
}

fn holds_line_end(source: &[u8], from: u32, to: u32) -> bool {
    source.get(from as usize..to as usize).is_none_or(|between| between.contains(&b'\n'))
}

fn trimmed(source: &[u8], span: Span) -> Span {
    let text = source.get(span.range()).unwrap_or_default();
    let blanks = text.iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
    Span::new(span.start, span.end - u32::try_from(blanks).unwrap_or(0))
}

/// Whether nothing else is on the lines of the span.
fn has_own_lines(source: &[u8], span: Span) -> bool {
    let (before, after) = source.split_at(span.start as usize);
    let after = after.get(span.len() as usize..).unwrap_or_default();
    let is_blank = |byte: &&u8| !matches!(**byte, b' ' | b'\t' | b'\r');
    before.iter().rev().find(is_blank).is_none_or(|byte| *byte == b'\n')
        && after.iter().find(is_blank).is_none_or(|byte| *byte == b'\n')
}

/// Runs among the elements of a list between commas, without their commas. An element that may not
/// move, a comment or an attribute between elements is a wall.
pub(crate) fn list_runs<'t>(
    children: impl Iterator<Item = Node<'t>>,
    is_free: impl Fn(Node<'t>) -> bool,
) -> Runs {
    let mut runs = Runs::default();
    for node in children {
        if node.is_comment() {
            runs.cut();
        } else if node.is_named() {
            if is_free(node) { runs.push(node.span()) } else { runs.cut() }
        }
    }
    runs
}
