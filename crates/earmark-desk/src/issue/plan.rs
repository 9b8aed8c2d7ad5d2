//! The plan: what is frozen and committed before the first copy.

use earmark_mark::SiteTable;
use earmark_model::{AssetName, Commitment, Digest};
use earmark_odds::bias::BiasSet;
use earmark_odds::code::{Code, code_id};
use serde_json::{Value, json};

use super::documents::{self, PlanFacts};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};

/// The rule by which copies are accused, as the plan commits to it.
const ACCUSATION_RULE: &str = r#"{"alpha":"1e-6","looks":"6/(pi^2 k^2)","pairs":"0.09","singles":"0.9","statistic":"earmark-odds/1","triples":"0.01"}"#;

/// What a matter may spend over all its looks: part of the rule.
pub const ALPHA: f64 = 1e-6;

/// A plan before it is recorded.
#[derive(Debug, Clone)]
pub struct Frozen {
    /// The blob that holds the site table.
    pub site_table: Digest,
    /// Version of the catalog of rules.
    pub catalog: u32,
    /// Version of the reader.
    pub reader: u32,
    document: Value,
    bias_document: Value,
}

impl Frozen {
    /// Freezes the plan of `revision` in one epoch of the asset `name`.
    #[must_use]
    #[expect(clippy::too_many_arguments, reason = "a plan is made of these, each once, in one place")]
    pub fn new(
        name: &AssetName,
        asset_id: &str,
        epoch: u32,
        revision: Digest,
        site_table: Digest,
        table: &SiteTable,
        bias: BiasSet,
        code: &Code,
    ) -> Self {
        let id = Digest(code_id(asset_id, epoch)).to_string();
        let bias_key = code.bias_key();
        Self {
            site_table,
            catalog: table.catalog_version,
            reader: table.reader_version,
            document: documents::plan(&PlanFacts {
                asset: name.as_str(),
                bias_key,
                bias_set: bias.to_string(),
                catalog: table.catalog_version.to_string(),
                code: Digest(code_id(asset_id, epoch)),
                reader: table.reader_version.to_string(),
                revision,
                rule: ACCUSATION_RULE,
                site_table,
            }),
            bias_document: json!({
                "bias_key": Digest(bias_key).to_string(),
                "bias_set": bias.to_string(),
                "code": id,
            }),
        }
    }

    /// The plan's id: SHA-256 of its document in canonical form (RFC 8785).
    ///
    /// # Errors
    /// Never in practice; the document holds strings only.
    pub fn id(&self) -> Result<Digest, DeskError> {
        let text = earmark_seal::canonical(&self.document)
            .map_err(|source| DeskError::because(Kind::Bug, "the plan cannot be written", source))?;
        Ok(Digest::of(text.as_bytes()))
    }

    /// The rule by which copies are accused, as JSON.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        ACCUSATION_RULE
    }

    /// Binds the plan, hiding it.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn commit(&self, desk: &Desk) -> Result<Commitment, DeskError> {
        desk.commit(&self.document)
    }

    /// Binds the key that biases are drawn with, hiding it.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn bias_commitment(&self, desk: &Desk) -> Result<Commitment, DeskError> {
        desk.commit(&self.bias_document)
    }
}
