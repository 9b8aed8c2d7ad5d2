//! The policies in force with everything about the partners that they ask for.

use std::collections::{BTreeMap, BTreeSet};

use earmark_model::{Digest, Slug};
use earmark_store::{Acceptance, Agreement, Partner, Recipient};

use super::engine::{Engine, Verdict};
use super::facts::{Material, Member, Moment};
use super::rules;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::program::contribution::{self, Tally};

/// Answers for any recipient.
pub struct Judge {
    engine: Engine,
    partners: BTreeMap<Slug, Partner>,
    latest: BTreeMap<Slug, Agreement>,
    acceptances: Vec<Acceptance>,
    contributions: BTreeMap<String, Tally>,
}

impl Judge {
    /// With the policies in force.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn open(desk: &Desk) -> Result<Self, DeskError> {
        let engine = Engine::load(&rules::in_force(desk).await?.files)?;
        Self::with(desk, engine).await
    }

    /// With other policies, and the same partners.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn with(desk: &Desk, engine: Engine) -> Result<Self, DeskError> {
        let ledger = desk.ledger();
        let partners = ledger.partners().await?.into_iter().map(|one| (one.slug.clone(), one)).collect();
        // Versions come in rising order, so the last one of each name stays.
        let latest = ledger.agreements().await?.into_iter().map(|one| (one.name.clone(), one)).collect();
        let (acceptances, contributions) = (ledger.acceptances().await?, contribution::tallies(desk).await?);
        Ok(Self { engine, partners, latest, acceptances, contributions })
    }

    /// Decides whether `recipient` may receive `material` at `moment`.
    ///
    /// # Errors
    /// As [`Engine::decide`].
    pub fn decide(
        &self,
        recipient: &Recipient,
        material: &Material,
        moment: &Moment,
    ) -> Result<Verdict, DeskError> {
        self.engine.decide(&self.member(recipient), material, moment)
    }

    /// The rules behind the answers.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    fn member(&self, recipient: &Recipient) -> Member {
        let partner = recipient.partner.as_ref().and_then(|slug| self.partners.get(slug));
        let accepted: BTreeSet<&Slug> = self
            .acceptances
            .iter()
            .filter(|one| Some(&one.partner) == recipient.partner.as_ref())
            .filter(|one| self.latest.get(&one.agreement).is_some_and(|latest| latest.version == one.version))
            .map(|one| &one.agreement)
            .collect();
        let clauses = accepted.iter().filter_map(|name| self.latest.get(*name));
        Member {
            id: recipient.id.to_string(),
            tier: partner.map(|one| one.tier.to_string()).unwrap_or_default(),
            jurisdiction: partner.map(|one| one.country.clone()).unwrap_or_default(),
            status: partner.map_or("owner", |one| one.status.word()).to_owned(),
            owner: recipient.partner.is_none(),
            clauses: clauses.flat_map(|agreement| agreement.clauses.iter().cloned()).collect(),
            contributions: partner
                .and_then(|one| self.contributions.get(one.slug.as_str()))
                .copied()
                .unwrap_or_default(),
            terms_current: self.latest.keys().all(|name| accepted.contains(name)),
        }
    }
}

/// How many positions a revision shows; 0 before it has a plan.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn positions(desk: &Desk, revision: &Digest) -> Result<i64, DeskError> {
    let plan = desk.ledger().plans_of(revision).await?.pop();
    let report = plan.and_then(|plan| serde_json::from_str::<serde_json::Value>(&plan.plan.report).ok());
    Ok(report.and_then(|report| report["positions"].as_i64()).unwrap_or(0))
}
