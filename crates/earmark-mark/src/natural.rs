use std::collections::BTreeMap;

use crate::canonical::Keyed;
use crate::codes::rule_info;
use crate::rule::RuleCode;

/// A form that a tree has so often is nobody's slip of the pen.
const HABIT: usize = 5;

/// How often a tree has each form of each rule.
#[derive(Debug, Default)]
pub(crate) struct FormCounts {
    rules: BTreeMap<RuleCode, (usize, Vec<usize>)>,
}

impl FormCounts {
    pub(crate) fn count(&mut self, code: RuleCode, labels: &[u8], original: u8) {
        let forms = rule_info(code).map_or(0, |info| info.forms.len());
        let entry = self.rules.entry(code).or_insert_with(|| (0, vec![0; forms]));
        entry.0 += 1;
        if let Some(label) = labels.get(usize::from(original))
            && let Some(count) = entry.1.get_mut(usize::from(*label))
        {
            *count += 1;
        }
    }

    pub(crate) fn rules(&self) -> impl Iterator<Item = (RuleCode, usize, Vec<usize>)> {
        self.rules.iter().map(|(code, (found, forms))| (*code, *found, forms.clone()))
    }

    /// Whether the tree itself uses a form: for a share `threshold` of the rule's sites, or often enough to be a
    /// habit ([`HABIT`] times) for half that share.
    fn is_natural(&self, code: RuleCode, label: u8, threshold: f64) -> bool {
        let Some((_, forms)) = self.rules.get(&code) else { return false };
        let all: usize = forms.iter().sum();
        let own = forms.get(usize::from(label)).copied().unwrap_or(0);
        let least = if own >= HABIT { threshold / 2.0 } else { threshold };
        own as f64 >= least * all as f64
    }
}

/// Takes away the forms that the tree hardly uses. A site whose own form is one of those, or that is
/// left with one form, is given up: it would shine out, or say nothing.
pub(crate) fn keep_natural(mut site: Keyed, counts: &FormCounts, threshold: f64) -> Option<Keyed> {
    if site.labels.is_empty() {
        return Some(site);
    }
    let keep: Vec<bool> =
        site.labels.iter().map(|label| counts.is_natural(site.code, *label, threshold)).collect();
    let original = usize::from(site.original);
    if !keep.get(original).copied().unwrap_or(false) || keep.iter().filter(|kept| **kept).count() < 2 {
        return None;
    }
    let before = keep[..original].iter().filter(|kept| !**kept).count();
    site.original -= u8::try_from(before).ok()?;
    let mut at = 0;
    site.forms.retain(|_| {
        at += 1;
        keep.get(at - 1).copied().unwrap_or(false)
    });
    site.labels.clear();
    Some(site)
}
