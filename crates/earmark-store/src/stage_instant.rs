use earmark_model::{Slug, UnixMillis};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::columns::{number, word, words};
use crate::{Ledger, StoreError};

/// A stage of a disclosure: the delivery of one kind of material, or the coordinated release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Something is coming.
    HeadsUp,
    /// What the flaw is.
    Advisory,
    /// How to see it used.
    DetectionGuidance,
    /// Code that uses it.
    ProofOfConcept,
    /// The source code.
    Source,
    /// T-0: everybody may know. It has one instant for all tiers.
    Public,
}

words!(Stage {
    HeadsUp = "heads-up",
    Advisory = "advisory",
    DetectionGuidance = "detection-guidance",
    ProofOfConcept = "proof-of-concept",
    Source = "source",
    Public = "public",
});

impl Stage {
    /// The stages that go to partners, in their usual order.
    pub const DELIVERED: [Self; 5] =
        [Self::HeadsUp, Self::Advisory, Self::DetectionGuidance, Self::ProofOfConcept, Self::Source];
}

/// Where a stage instant stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InstantState {
    /// Not in force: the embargo is not accepted.
    Draft,
    /// Will fire at its instant.
    Waiting,
    /// Has fired.
    Released,
    /// Stopped: it does not fire until it waits again.
    Held,
    /// Another schedule took its place: it never fires.
    Superseded,
}

words!(InstantState {
    Draft = "draft",
    Waiting = "waiting",
    Released = "released",
    Held = "held",
    Superseded = "superseded",
});

/// When a stage is due for a tier, under one schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageInstant {
    /// The stage.
    pub stage: Stage,
    /// The tier; of [`Stage::Public`] it is `all`.
    pub tier: Slug,
    /// Number of the schedule that set it.
    pub sequence: u32,
    /// When it is due.
    pub at: UnixMillis,
    /// Where it stands.
    pub state: InstantState,
    /// When it fired: never before `at`.
    pub fired: Option<UnixMillis>,
}

#[derive(FromRow)]
struct Row {
    stage: String,
    tier: String,
    sequence: i64,
    at: i64,
    state: String,
    fired: Option<i64>,
}

fn stage_instant(row: Row) -> Result<StageInstant, StoreError> {
    Ok(StageInstant {
        stage: word("stage_instant.stage", &row.stage)?,
        tier: word("stage_instant.tier", &row.tier)?,
        sequence: number("stage_instant.sequence", row.sequence)?,
        at: UnixMillis(row.at),
        state: word("stage_instant.state", &row.state)?,
        fired: row.fired.map(UnixMillis),
    })
}

impl Ledger {
    /// Every instant that a disclosure ever had, by stage, tier and schedule.
    pub async fn stage_instants(&self, disclosure: &Slug) -> Result<Vec<StageInstant>, StoreError> {
        const SQL: &str =
            "select stage, tier, sequence, at, state, fired from stage_instant where disclosure = $1";
        let rows: Vec<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(disclosure.as_str()).fetch_all(pool).await?);
        let mut instants: Vec<StageInstant> =
            rows.into_iter().map(stage_instant).collect::<Result<_, _>>()?;
        instants.sort_by(|a, b| (a.stage, &a.tier, a.sequence).cmp(&(b.stage, &b.tier, b.sequence)));
        Ok(instants)
    }
}
