//! From a reading to the document that a decision rests on.

use std::collections::BTreeMap;

use earmark_model::{Level as Strength, Reading, RecipientId};
use earmark_odds::code::Code;
use earmark_odds::document::{Class, Codewords, Level, MatchInfo, Position, ReadingDocument};

use super::looks::OpenLook;
use crate::issue::plan::ALPHA;

/// What a document says about itself beside the reading.
#[derive(Debug, Clone, Default)]
pub(super) struct About {
    /// The asset.
    pub asset: String,
    /// The revisions whose sites were read.
    pub revisions: Vec<String>,
    /// The plan of the first of them.
    pub plan: String,
    /// Version of the reader.
    pub reader: String,
    /// The matter.
    pub matter: Option<String>,
    /// The look, from 1.
    pub look: Option<u32>,
    /// What the look may spend.
    pub alpha_look: f64,
    /// How strong the match is.
    pub level: Option<Strength>,
    /// The chance of a match this long by accident, where calibrated.
    pub chance: Option<f64>,
}

/// Writes the document for `reading`, dealing every recipient's symbols at its positions from `code`.
///
/// The reading is finished by now: the codewords enter beside it and cannot change it.
#[must_use]
pub(super) fn document(
    reading: &Reading,
    code: &Code,
    recipients: &[RecipientId],
    about: &About,
) -> ReadingDocument {
    let numbers: Vec<u32> = reading.positions.iter().map(|one| one.position.0).collect();
    let kinds: Vec<(u8, u8)> =
        code.levels(&numbers).into_iter().zip(reading.positions.iter().map(|one| one.k)).collect();
    let mut levels: Vec<Level> = Vec::new();
    let mut index: BTreeMap<(u8, u8), u32> = BTreeMap::new();
    for &(level, k) in &kinds {
        index.entry((level, k)).or_insert_with(|| {
            levels.push(Level::of_law(code.law(level, k)));
            levels.len() as u32 - 1
        });
    }
    let positions = reading.positions.iter().zip(&kinds).map(|(one, kind)| Position {
        id: Some(one.position.0),
        level: index.get(kind).copied().unwrap_or(0),
        y: one.symbol.map(|symbol| symbol.0),
        class: Some(one.class),
        rule: Some(one.rule.clone()),
        region: Some(one.region),
        rule_passes: Some(one.original_counts),
    });
    let deck = code.deck(&numbers, &kinds);
    let mut codewords = Codewords::default();
    for recipient in recipients {
        codewords.insert(recipient.as_str(), &deck.deal(recipient.as_str()));
    }
    ReadingDocument {
        version: 1,
        asset: Some(about.asset.clone()),
        revisions: about.revisions.clone(),
        plan: Some(about.plan.clone()),
        reader: Some(about.reader.clone()),
        matter: about.matter.clone(),
        look: about.look,
        alpha: Some(ALPHA),
        alpha_look: Some(about.alpha_look),
        // With nobody to name the mathematics still want one to consider: whoever that were, it is not named.
        n: recipients.len().max(1) as u64,
        levels,
        classes: reading.classes.iter().map(|class| Class { err: class.err }).collect(),
        positions: positions.collect(),
        codewords,
        matched: about.level.map(|level| MatchInfo { level: word(level).to_owned(), chance: about.chance }),
        decision: None,
    }
}

/// The document of a look that found nothing: no position, nobody to name.
#[must_use]
pub(super) fn nothing_found(look: &OpenLook) -> ReadingDocument {
    ReadingDocument {
        matter: Some(look.matter.to_string()),
        look: Some(look.number),
        alpha: Some(ALPHA),
        alpha_look: Some(look.alpha),
        ..ReadingDocument::blank(1)
    }
}

fn word(level: Strength) -> &'static str {
    match level {
        Strength::Hash => "hash",
        Strength::Alarm => "alarm",
        Strength::Evidence => "evidence",
    }
}
