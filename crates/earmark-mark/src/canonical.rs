//! Canonical text: every site in its first form. It fixes the order of forms that rules leave to
//! content, and the keys of sites, so that both are the same in every marked copy.

use std::collections::HashMap;

use earmark_model::{Digest, Span};

use crate::draft::{FormOrder, Nested, Part, Standing};
use crate::lex::{Lexicon, lex};
use crate::rule::RuleCode;

/// An accepted site with its forms in catalog order and its key.
pub(crate) struct Keyed {
    pub(crate) span: Span,
    pub(crate) code: RuleCode,
    pub(crate) forms: Vec<Vec<Part>>,
    pub(crate) labels: Vec<u8>,
    pub(crate) original: u8,
    pub(crate) key: Digest,
    pub(crate) standing: Standing,
}

struct Canon<'a> {
    source: &'a [u8],
    sites: Vec<Nested>,
    children: Vec<Vec<usize>>,
    text: Vec<Vec<u8>>,
    /// A site whose forms all say the same: it carries nothing.
    dead: Vec<bool>,
}

/// Orders the forms of all sites and computes their keys: SHA-256 over rule code, digest of the
/// canonical tokens of the enclosing declaration, and ordinal there, each length-prefixed.
///
/// `declarations` are disjoint and ascending; a site that no single one holds is its own
/// declaration. Ordinals count the sites of one rule in canonical order.
pub(crate) fn key_sites(
    source: &[u8],
    sites: Vec<Nested>,
    declarations: &[Span],
    lexicon: &Lexicon,
) -> Vec<Keyed> {
    let count = sites.len();
    let mut children = vec![Vec::new(); count];
    for (index, site) in sites.iter().enumerate() {
        if let Some(parent) = site.parent {
            children[parent].push(index);
        }
    }
    let mut canon =
        Canon { source, sites, children, text: vec![Vec::new(); count], dead: vec![false; count] };
    // Preorder backwards: what is nested comes first.
    for index in (0..count).rev() {
        canon.order_forms(index, lexicon);
        canon.text[index] = canon.render(index, 0);
    }
    let keys = canon.keys(declarations, lexicon);
    canon
        .sites
        .into_iter()
        .zip(keys)
        .filter_map(|(site, key)| {
            let draft = site.draft;
            Some(Keyed {
                span: draft.span,
                code: draft.code,
                forms: draft.forms,
                labels: draft.labels,
                original: draft.current,
                key: key?,
                standing: site.standing,
            })
        })
        .collect()
}

impl Canon<'_> {
    fn render(&self, index: usize, form: usize) -> Vec<u8> {
        let mut out = Vec::new();
        for part in self.sites[index].draft.forms.get(form).into_iter().flatten() {
            match part {
                Part::Literal(text) => out.extend_from_slice(text),
                Part::Child(span) => self.render_span(*span, &self.children[index], &mut out),
            }
        }
        out
    }

    /// Writes `span` with those of `inside` (ascending, disjoint) that lie in it in canonical form.
    fn render_span(&self, span: Span, inside: &[usize], out: &mut Vec<u8>) {
        let mut at = span.start;
        let from = inside.partition_point(|site| self.sites[*site].draft.span.start < span.start);
        for site in &inside[from..] {
            let own = self.sites[*site].draft.span;
            if own.end > span.end {
                break;
            }
            out.extend_from_slice(self.source.get(at as usize..own.start as usize).unwrap_or_default());
            out.extend_from_slice(&self.text[*site]);
            at = own.end;
        }
        out.extend_from_slice(self.source.get(at as usize..span.end as usize).unwrap_or_default());
    }

    fn order_forms(&mut self, index: usize, lexicon: &Lexicon) {
        let draft = &self.sites[index].draft;
        let mut ranked: Vec<(Vec<u32>, Vec<Vec<u8>>, usize)> = (0..draft.forms.len())
            .map(|form| {
                let text = self.render(index, form);
                let tokens = lex(&text, lexicon);
                let blind = tokens.iter().map(|token| token.blind).collect();
                let words = tokens.iter().map(|token| text[token.span.range()].to_vec()).collect();
                (blind, words, form)
            })
            .collect();
        let sorted = draft.order == FormOrder::Sorted;
        let before: Vec<usize> = ranked.iter().map(|form| form.2).collect();
        ranked.sort();
        self.dead[index] = ranked.windows(2).any(|pair| pair[0].1 == pair[1].1);
        let draft = &mut self.sites[index].draft;
        if sorted && !self.dead[index] {
            let after: Vec<usize> = ranked.iter().map(|form| form.2).collect();
            if after != before {
                draft.forms = after.iter().map(|form| std::mem::take(&mut draft.forms[*form])).collect();
                let current = after.iter().position(|form| *form == usize::from(draft.current));
                draft.current = current.and_then(|at| u8::try_from(at).ok()).unwrap_or(0);
            }
        } else if self.dead[index] {
            // All that matters of a dead site is that it shows its text and its children.
            let current = usize::from(draft.current);
            draft.forms = vec![std::mem::take(&mut draft.forms[current])];
            draft.current = 0;
        }
    }

    fn keys(&self, declarations: &[Span], lexicon: &Lexicon) -> Vec<Option<Digest>> {
        let home = |span: Span| {
            let at = declarations.partition_point(|declaration| declaration.end <= span.start);
            declarations.get(at).copied().filter(|declaration| declaration.holds(span)).unwrap_or(span)
        };
        let mut groups: Vec<(Span, Vec<usize>)> = Vec::new();
        let mut group_of: HashMap<Span, usize> = HashMap::new();
        let homes: Vec<Span> = self.sites.iter().map(|site| home(site.draft.span)).collect();
        for (index, own) in homes.iter().enumerate() {
            let is_root = self.sites[index].parent.is_none_or(|parent| homes[parent] != *own);
            if is_root {
                let slot = *group_of.entry(*own).or_insert_with(|| {
                    groups.push((*own, Vec::new()));
                    groups.len() - 1
                });
                groups[slot].1.push(index);
            }
        }
        let mut keys = vec![None; self.sites.len()];
        for (span, roots) in groups {
            let mut text = Vec::new();
            self.render_span(span, &roots, &mut text);
            let tokens = lex(&text, lexicon);
            let words: Vec<&[u8]> = tokens.iter().map(|token| &text[token.span.range()]).collect();
            let stream = Digest::of_parts(&words);
            let mut ordinals: HashMap<RuleCode, u64> = HashMap::new();
            for root in roots {
                self.number(root, &homes, &stream, &mut ordinals, &mut keys);
            }
        }
        keys
    }

    /// Gives keys to a site and all below it, in the order of the canonical text. Recursion is
    /// bounded by [`crate::accept::DEPTH`].
    fn number(
        &self,
        index: usize,
        homes: &[Span],
        stream: &Digest,
        ordinals: &mut HashMap<RuleCode, u64>,
        keys: &mut [Option<Digest>],
    ) {
        let draft = &self.sites[index].draft;
        if !self.dead[index] {
            let ordinal = ordinals.entry(draft.code).or_insert(0);
            keys[index] = Some(Digest::of_parts(&[&draft.code.0, &stream.0, &ordinal.to_le_bytes()]));
            *ordinal += 1;
        }
        for part in draft.forms.first().into_iter().flatten() {
            let Part::Child(span) = part else { continue };
            let inside = &self.children[index];
            let from = inside.partition_point(|site| self.sites[*site].draft.span.start < span.start);
            for site in &inside[from..] {
                if self.sites[*site].draft.span.end > span.end {
                    break;
                }
                if homes[*site] == homes[index] {
                    self.number(*site, homes, stream, ordinals, keys);
                }
            }
        }
    }
}
