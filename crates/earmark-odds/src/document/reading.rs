//! The document's own fields.

use serde::{Deserialize, Deserializer, Serialize};

use super::bounded::at_most;
use super::codewords::Codewords;
use super::decision::Decision;
use super::level::Level;
use super::limits::{CLASSES_MAX, LEVELS_MAX, POSITIONS_MAX, REVISIONS_MAX};

/// The pseudo-recipient: the original's symbols everywhere, ranked like a copy and never tested.
pub const ORIGINAL: &str = "@original";

/// The error rate of a position whose class is not stated.
pub const ERR_UNSTATED: f64 = 0.01;
/// The smallest error rate that is believed: nobody has measured less.
pub const ERR_LEAST: f64 = 1e-4;

/// A reading and, once decided, the decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadingDocument {
    /// Always 1.
    pub version: u32,
    /// The asset's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<String>,
    /// The revisions whose sites were read, as hex digests.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "at_most::<{ REVISIONS_MAX }, _, _>"
    )]
    pub revisions: Vec<String>,
    /// Digest of the committed plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// Version of the reader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reader: Option<String>,
    /// The matter this is a look at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matter: Option<String>,
    /// Which look, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look: Option<u32>,
    /// What the whole matter may spend. Without `alpha_look` it means one look, singles only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alpha: Option<f64>,
    /// What this look may spend; split .9, .09, .01 over singles, pairs and triples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alpha_look: Option<f64>,
    /// How many recipients are considered; at least the number of codewords.
    pub n: u64,
    /// The laws that positions refer to: 256 p, or `[P_0, .., P_(k-1)]` in 256ths.
    #[serde(deserialize_with = "at_most::<{ LEVELS_MAX }, _, _>")]
    pub levels: Vec<Level>,
    /// Reliability classes, at most 16.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "at_most::<{ CLASSES_MAX }, _, _>"
    )]
    pub classes: Vec<Class>,
    /// Every eligible position, erased ones too.
    #[serde(deserialize_with = "at_most::<{ POSITIONS_MAX }, _, _>")]
    pub positions: Vec<Position>,
    /// One character per listed position and recipient.
    pub codewords: Codewords,
    /// The match that makes the sample ours; absent in a document that lists no position: none was found.
    #[serde(default, rename = "match", skip_serializing_if = "Option::is_none")]
    pub matched: Option<MatchInfo>,
    /// What was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
}

/// A reliability class.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Class {
    /// How often a symbol of this class is read wrongly, 0 to 0.5. Below 1e-4 counts as 1e-4.
    pub err: f64,
}

/// One eligible position.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Position {
    /// Its number in the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u32>,
    /// Index into `levels`.
    pub level: u32,
    /// The symbol read, or null: erased.
    #[serde(deserialize_with = "present")]
    pub y: Option<u8>,
    /// Index into `classes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<u8>,
    /// The rule of the site read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The region it was read in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<u32>,
    /// Whether the rule passes the test of the verdict `unmarked`; true if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_passes: Option<bool>,
}

/// A field that may be null but not absent.
fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u8>, D::Error> {
    Option::deserialize(from)
}

/// How sure it is that the sample is the asset at all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MatchInfo {
    /// `hash`, `alarm` or `evidence`.
    pub level: String,
    /// The chance of a match this long by accident, where calibrated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chance: Option<f64>,
}

impl ReadingDocument {
    /// A document about `n` recipients that says nothing yet; `alpha` and what was read are still to be filled in.
    #[must_use]
    pub fn blank(n: u64) -> Self {
        Self {
            version: 1,
            asset: None,
            revisions: Vec::new(),
            plan: None,
            reader: None,
            matter: None,
            look: None,
            alpha: None,
            alpha_look: None,
            n,
            levels: Vec::new(),
            classes: Vec::new(),
            positions: Vec::new(),
            codewords: Codewords::default(),
            matched: None,
            decision: None,
        }
    }

    /// Makes a public copy: hides every symbol at a position that was not read, which no test uses.
    ///
    /// What is shown of a codeword is burned; what is hidden stays useful.
    pub fn hide_unread(&mut self) {
        let unread: Vec<bool> = self.positions.iter().map(|p| p.y.is_none()).collect();
        for word in self.codewords.0.values_mut() {
            word.hide(&unread);
        }
    }
}
