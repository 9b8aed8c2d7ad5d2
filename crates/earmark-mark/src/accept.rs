//! Chooses among proposed sites: they nest, and never cross.

use std::cmp::Reverse;

use earmark_model::Span;

use crate::draft::{Candidate, Draft, Nested, Part, Standing};
use crate::gluing::separate;

/// Deeper nests are cut off: rendering recurses.
pub(crate) const DEPTH: usize = 48;

/// Accepts drafts in order of their start, wider first, then lower rank first; a draft that crosses
/// an accepted or an inherited one, or lies in one outside its children, is refused, and so is one that would run
/// together with what stands beside it. The result is in preorder.
pub(crate) fn accept(mut candidates: Vec<Candidate>, source: &[u8]) -> Vec<Nested> {
    let order = |draft: &Draft| (draft.span.start, Reverse(draft.span.end), draft.rank, draft.code);
    candidates.sort_by_key(|candidate| order(&candidate.draft));
    let heirs: Vec<Draft> = candidates
        .iter()
        .filter(|candidate| matches!(candidate.standing, Standing::Inherited(_)))
        .map(|candidate| candidate.draft.clone())
        .collect();
    // Those around a place come before it, whatever lies between: the furthest end so far finds them all.
    let furthest: Vec<u32> = heirs
        .iter()
        .scan(0, |end, heir| {
            *end = heir.span.end.max(*end);
            Some(*end)
        })
        .collect();
    let clears = |draft: &Draft| {
        let from = furthest.partition_point(|end| *end <= draft.span.start);
        heirs[from..].iter().take_while(|heir| heir.span.start < draft.span.end).all(|heir| {
            !heir.span.meets(draft.span)
                || if order(draft) <= order(heir) {
                    admits(draft, heir.span, heir)
                } else {
                    admits(heir, draft.span, draft)
                }
        })
    };
    let mut accepted: Vec<Nested> = Vec::with_capacity(candidates.len());
    let mut open: Vec<usize> = Vec::new();
    for Candidate { draft, standing } in candidates {
        if !matches!(standing, Standing::Inherited(_)) && !clears(&draft) {
            continue;
        }
        while open.last().is_some_and(|top| accepted[*top].draft.span.end <= draft.span.start) {
            open.pop();
        }
        let parent = open.last().copied();
        let fits = parent.is_none_or(|top| admits(&accepted[top].draft, draft.span, &draft));
        if fits && open.len() < DEPTH && is_sound(&draft, source) {
            open.push(accepted.len());
            accepted.push(Nested { draft, standing, parent });
        }
    }
    separate(accepted, source)
}

fn admits(outer: &Draft, span: Span, inner: &Draft) -> bool {
    let in_child = outer
        .forms
        .iter()
        .all(|form| form.iter().any(|part| matches!(part, Part::Child(child) if child.holds(span))));
    in_child && (outer.span != span || outer.code != inner.code)
}

/// Refuses what a faulty rule could propose: forms that do not reproduce the text, move lines,
/// repeat or lose a child.
fn is_sound(draft: &Draft, source: &[u8]) -> bool {
    let children = |form: &Vec<Part>| {
        let mut spans: Vec<Span> = form
            .iter()
            .filter_map(|part| if let Part::Child(span) = part { Some(*span) } else { None })
            .collect();
        spans.sort_by_key(|span| (span.start, span.end));
        spans
    };
    let Some(first) = draft.forms.first().map(children) else { return false };
    (2..=8).contains(&draft.forms.len())
        && !draft.span.is_empty()
        && first.iter().all(|child| draft.span.holds(*child) && !child.is_empty())
        && first.windows(2).all(|pair| pair[0].end <= pair[1].start)
        && draft.forms.iter().all(|form| children(form) == first)
        && draft.reproduces(source)
        && draft.keeps_lines(source)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::FormOrder;
    use crate::heritage::all_new;
    use crate::rule::RuleCode;

    fn swap(start: u32, middle: u32, end: u32) -> Draft {
        let (left, right) = (Span::new(start, middle), Span::new(middle, end));
        Draft {
            span: Span::new(start, end),
            code: RuleCode(*b"C999"),
            forms: vec![
                vec![Part::Child(left), Part::Child(right)],
                vec![Part::Child(right), Part::Child(left)],
            ],
            labels: Vec::new(),
            current: 0,
            order: FormOrder::Sorted,
            rank: 0,
        }
    }

    #[test]
    fn sites_nest_and_never_cross() {
        let source = [b'('; 40];
        let drafts =
            vec![swap(0, 10, 20), swap(0, 5, 10), swap(5, 12, 15), swap(15, 18, 25), swap(20, 30, 40)];
        let spans: Vec<(u32, u32)> = accept(all_new(drafts), &source)
            .iter()
            .map(|nested| (nested.draft.span.start, nested.draft.span.end))
            .collect();
        assert_eq!(spans, [(0, 20), (0, 10), (20, 40)]);
    }

    #[test]
    fn a_form_whose_parts_run_together_is_refused() {
        assert!(accept(all_new(vec![swap(0, 4, 8)]), b"char*abc").is_empty());
        assert_eq!(accept(all_new(vec![swap(0, 4, 8)]), b"(ar)*abc").len(), 1);
    }

    #[test]
    fn a_form_that_loses_a_child_is_refused() {
        let mut draft = swap(0, 4, 8);
        draft.forms[1].pop();
        assert!(accept(all_new(vec![draft]), b"(b)(d)(f").is_empty());
    }
}
