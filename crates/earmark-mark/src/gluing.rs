//! Keeps tokens apart: no choice of forms may make one token of two.
//!
//! `UInt32* a, b` with its names exchanged would begin `UInt32b`. What meets at an edge depends on the forms of
//! every site that begins or ends there, so the edges of all forms are put together.

use std::collections::HashMap;

use earmark_model::Layer;

use crate::codes::rule_info;
use crate::draft::{Nested, Part, Standing};

/// The bytes that may stand at one edge of a stretch, whatever forms are chosen inside.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Bytes([u64; 4]);

impl Bytes {
    fn of(byte: Option<&u8>) -> Self {
        let mut one = Self::default();
        if let Some(byte) = byte {
            one.0[usize::from(byte / 64)] |= 1 << (byte % 64);
        }
        one
    }

    fn add(&mut self, other: Self) {
        for (own, more) in self.0.iter_mut().zip(other.0) {
            *own |= more;
        }
    }

    fn holds(&self, byte: u8) -> bool {
        self.0[usize::from(byte / 64)] & (1 << (byte % 64)) != 0
    }

    fn any(&self, wanted: impl Fn(u8) -> bool) -> bool {
        (0..=255).any(|byte| self.holds(byte) && wanted(byte))
    }
}

/// Whether a byte of `last` and one of `first`, side by side, make one token of two: words, doubled signs, or the
/// beginning of a comment.
fn glue(last: Bytes, first: Bytes) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (last.any(is_word) && first.any(is_word))
        || b"+-&|/".iter().any(|sign| last.holds(*sign) && first.holds(*sign))
        || (last.holds(b'/') && first.holds(b'*'))
        || (last.holds(b'<') && first.holds(b'!'))
}

/// What may stand first and last in a stretch.
#[derive(Debug, Clone, Copy, Default)]
struct Edges {
    first: Bytes,
    last: Bytes,
}

/// Takes out the sites one of whose forms would run together with what may stand beside it; those inside stay.
pub(crate) fn separate(mut sites: Vec<Nested>, source: &[u8]) -> Vec<Nested> {
    loop {
        let mut faulty = faulty(&sites, source);
        if !faulty.contains(&true) {
            return sites;
        }
        // Beside each other, inherited sites were in order before: what is new gives way.
        let is_heir = |site: &Nested| matches!(site.standing, Standing::Inherited(_));
        if faulty.iter().zip(&sites).any(|(faulty, site)| *faulty && !is_heir(site)) {
            faulty.iter_mut().zip(&sites).for_each(|(faulty, site)| *faulty &= !is_heir(site));
        }
        sites = without(sites, &faulty);
    }
}

/// Marks each site that is at fault.
fn faulty(sites: &[Nested], source: &[u8]) -> Vec<bool> {
    let mut edges = vec![Edges::default(); sites.len()];
    let mut faulty = vec![false; sites.len()];
    // The innermost site that begins, or ends, at a place is overwritten by those around it: sites are in preorder.
    let mut starting: HashMap<u32, usize> = HashMap::new();
    let mut ending: HashMap<u32, usize> = HashMap::new();
    for (index, site) in sites.iter().enumerate().rev() {
        let part_edges = |part: &Part| match part {
            Part::Literal(text) => Edges { first: Bytes::of(text.first()), last: Bytes::of(text.last()) },
            Part::Child(span) => Edges {
                first: starting
                    .get(&span.start)
                    .map_or_else(|| Bytes::of(source.get(span.start as usize)), |inner| edges[*inner].first),
                last: ending.get(&span.end).map_or_else(
                    || Bytes::of((span.end as usize).checked_sub(1).and_then(|at| source.get(at))),
                    |inner| edges[*inner].last,
                ),
            },
        };
        let mut own = Edges::default();
        for form in &site.draft.forms {
            let parts: Vec<Edges> = form
                .iter()
                .filter(|part| !matches!(part, Part::Literal(text) if text.is_empty()))
                .map(part_edges)
                .collect();
            faulty[index] |= parts.windows(2).any(|pair| glue(pair[0].last, pair[1].first));
            own.first.add(parts.first().map_or_else(Bytes::default, |part| part.first));
            own.last.add(parts.last().map_or_else(Bytes::default, |part| part.last));
        }
        edges[index] = own;
        starting.insert(site.draft.span.start, index);
        ending.insert(site.draft.span.end, index);
    }
    for (index, site) in sites.iter().enumerate() {
        let (start, end) = (site.draft.span.start, site.draft.span.end);
        // What a site around this one puts beside it was looked at with that site's parts.
        let before = ending.get(&start).map_or_else(
            || Bytes::of((start as usize).checked_sub(1).and_then(|at| source.get(at))),
            |beside| edges[*beside].last,
        );
        let after = starting
            .get(&end)
            .map_or_else(|| Bytes::of(source.get(end as usize)), |beside| edges[*beside].first);
        faulty[index] |= glue(before, edges[index].first) || glue(edges[index].last, after);
        // What an author declares is what the author means: `{re|un}lock`.
        faulty[index] &= rule_info(site.draft.code).is_none_or(|info| info.layer != Layer::Declared);
    }
    faulty
}

/// Takes `out` those sites; what was inside one is then inside the site around it.
fn without(sites: Vec<Nested>, out: &[bool]) -> Vec<Nested> {
    let mut kept: Vec<Nested> = Vec::with_capacity(sites.len());
    let mut places: Vec<Option<usize>> = Vec::with_capacity(sites.len());
    for (site, out) in sites.into_iter().zip(out) {
        let parent = site.parent.and_then(|parent| places[parent]);
        if *out {
            places.push(parent);
        } else {
            places.push(Some(kept.len()));
            kept.push(Nested { parent, ..site });
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use earmark_model::Span;

    use super::*;
    use crate::draft::{Draft, FormOrder};
    use crate::rule::RuleCode;

    fn exchange(parent: Option<usize>, left: (u32, u32), right: (u32, u32), between: &str) -> Nested {
        let (left, right) = (Span::new(left.0, left.1), Span::new(right.0, right.1));
        let form = |one, other| vec![Part::Child(one), Part::text(between), Part::Child(other)];
        let draft = Draft {
            span: Span::new(left.start, right.end),
            code: RuleCode(*b"C999"),
            forms: vec![form(left, right), form(right, left)],
            labels: Vec::new(),
            current: 0,
            order: FormOrder::Sorted,
            rank: 0,
        };
        Nested { draft, standing: Standing::New, parent }
    }

    fn spans(sites: &[Nested]) -> Vec<(u32, u32)> {
        sites.iter().map(|site| (site.draft.span.start, site.draft.span.end)).collect()
    }

    #[test]
    fn what_comes_before_a_site_does_not_run_into_it() {
        // `int* a, b;` must not become `intb, * a;`.
        let source = b"int* a, b;";
        assert!(separate(vec![exchange(None, (3, 6), (8, 9), ", ")], source).is_empty());
        let source = b"int *a, b;";
        assert_eq!(separate(vec![exchange(None, (4, 6), (8, 9), ", ")], source).len(), 1);
    }

    #[test]
    fn a_form_of_a_site_inside_does_not_run_into_its_neighbor() {
        // `a*(b)+c`: inside, `(b)` and `x` change places; then `return(b)+x` would become `returnx+(b)`.
        let source = b"return(b)+x;";
        let inner = exchange(None, (6, 9), (10, 11), "+");
        assert!(separate(vec![inner], source).is_empty());
        // With a site around it that keeps a space before, all is well.
        let source = b"f = (b)+x - 1;";
        let outer = exchange(None, (4, 9), (12, 13), " - ");
        let inner = exchange(Some(0), (4, 7), (8, 9), "+");
        assert_eq!(spans(&separate(vec![outer, inner], source)), [(4, 13), (4, 9)]);
    }

    #[test]
    fn sites_inside_one_that_goes_stay() {
        let source = b"x-(-y*z) w";
        // `-` before a form that may begin with `-`: the outer site goes, the product inside stays.
        let outer = exchange(None, (0, 1), (3, 7), "-(");
        let inner = exchange(Some(0), (4, 5), (6, 7), "*");
        let left = separate(vec![outer, inner], source);
        assert_eq!((spans(&left), left[0].parent), (vec![(0, 7), (4, 7)], None));
        let outer = exchange(None, (0, 1), (3, 7), "-");
        let inner = exchange(Some(0), (4, 5), (6, 7), "*");
        let left = separate(vec![outer, inner], source);
        assert_eq!((spans(&left), left[0].parent), (vec![(4, 7)], None));
    }
}
