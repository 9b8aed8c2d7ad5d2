//! Which token of a new text is which of the old.

use std::cmp::Reverse;
use std::collections::HashMap;

use earmark_align::align;
use earmark_model::Span;

use crate::lex::Token;

/// So many tokens at the beginning of a declaration are looked up.
const HEAD: usize = 4;
/// So many places with the same head are looked at.
const PLACES: usize = 64;

/// For each new token the old one that it aligns with. Where an edge may slide, the longer of two equal stretches
/// has the token between: a function's first word is its own, not that of the function put before it.
pub(crate) fn matched(new: &[Token], old: &[Token]) -> Vec<Option<usize>> {
    let exact = |tokens: &[Token]| tokens.iter().map(|token| token.exact).collect::<Vec<_>>();
    let (a, b) = (exact(new), exact(old));
    let (mut before, mut after) = (vec![None; a.len()], vec![None; b.len()]);
    // How long the stretch of a new token is.
    let mut lengths = vec![0; a.len()];
    let mut stretches: Vec<(usize, usize, usize)> = Vec::new();
    for (at, from) in align(&a, &b) {
        (before[at], after[from]) = (Some(from), Some(at));
        match stretches.last_mut() {
            Some((start, old, length)) if *start + *length == at && *old + *length == from => *length += 1,
            _ => stretches.push((at, from, 1)),
        }
    }
    for (start, _, length) in &stretches {
        lengths[*start..start + length].fill(*length);
    }
    stretches.sort_by_key(|(start, _, length)| (Reverse(*length), *start));
    for (start, from, length) in stretches {
        let mut take = |at: usize, from: usize| {
            let fits = a.get(at).is_some_and(|token| b.get(from) == Some(token)) && before[at] != Some(from);
            let partner = after.get(from).copied().flatten();
            let is_shorter =
                |at: Option<usize>| at.is_none_or(|at| before[at].is_none() || lengths[at] < length);
            if !fits || !is_shorter(Some(at)) || !is_shorter(partner) {
                return false;
            }
            if let Some(other) = before[at] {
                after[other] = None;
            }
            if let Some(other) = partner {
                before[other] = None;
            }
            (before[at], after[from], lengths[at]) = (Some(from), Some(at), length);
            true
        };
        let _ = (1..=start.min(from)).take_while(|step| take(start - step, from - step)).count();
        let _ = (length..a.len()).take_while(|step| take(start + step, from + step)).count();
    }
    before
}

/// Aligns each declaration that is in the old text token by token with a place where it stands there, wherever that
/// is: declarations that are alike, or have moved, are no reason to take a part of one for a part of another.
pub(crate) fn find_again(new: &[Token], old: &[Token], declarations: &[Span], before: &mut [Option<usize>]) {
    let exact = |tokens: &[Token]| tokens.iter().map(|token| token.exact).collect::<Vec<_>>();
    let (a, b) = (exact(new), exact(old));
    let mut heads: HashMap<&[u32], Vec<usize>> = HashMap::new();
    for (at, head) in b.windows(HEAD).enumerate() {
        heads.entry(head).or_default().push(at);
    }
    // Old tokens that a whole declaration has for its own, and who is aligned with each.
    let mut owned = vec![false; b.len()];
    let mut after = vec![None; b.len()];
    for (at, from) in before.iter().enumerate() {
        if let Some(from) = from {
            after[*from] = Some(at);
        }
    }
    let ranges = declarations.iter().map(|declaration| {
        let first = new.partition_point(|token| token.span.start < declaration.start);
        first..new.partition_point(|token| token.span.end <= declaration.end).max(first)
    });
    let (whole, torn): (Vec<_>, Vec<_>) = ranges.filter(|range| range.len() >= HEAD).partition(|range| {
        range.clone().all(|at| {
            before[at].is_some() && before[at] == before[range.start].map(|from| from + at - range.start)
        })
    });
    for range in whole {
        range.filter_map(|at| before[at]).for_each(|from| owned[from] = true);
    }
    for range in torn {
        let text = &a[range.clone()];
        let places = heads.get(&text[..HEAD]).into_iter().flatten().take(PLACES);
        let place = places.copied().find(|from| {
            b.get(*from..from + text.len()) == Some(text) && !owned[*from..from + text.len()].contains(&true)
        });
        let Some(place) = place else { continue };
        for (at, from) in range.zip(place..) {
            if let Some(other) = after[from].replace(at) {
                before[other] = None;
            }
            if let Some(other) = before[at].replace(from).filter(|other| *other != from) {
                after[other] = None;
            }
            owned[from] = true;
        }
    }
}
