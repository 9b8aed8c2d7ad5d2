//! What policies are told: the attributes of `schema.cedarschema`, in its words.

use std::collections::BTreeSet;

use earmark_model::UnixMillis;
use earmark_store::{Disclosure, Stage};
use serde_json::{Value, json};

use crate::program::contribution::Tally;

/// Hours of lead where no public instant is set.
const NO_PUBLIC_INSTANT: i64 = 1_000_000;

/// Whoever would receive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The recipient's id.
    pub id: String,
    /// The partner's tier.
    pub tier: String,
    /// The partner's country.
    pub jurisdiction: String,
    /// The partner's status; `owner` for the owner's staff.
    pub status: String,
    /// One of the owner's staff.
    pub owner: bool,
    /// Clauses it accepted.
    pub clauses: BTreeSet<String>,
    /// Whether it accepted the latest version of every agreement.
    pub terms_current: bool,
    /// What its partner gave back.
    pub contributions: Tally,
}

/// What would be received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Material {
    /// What it is called.
    pub id: String,
    /// The stage's word, or `asset`.
    pub kind: String,
    /// How many positions the revision shows.
    pub positions: i64,
    /// Its export class; empty for none.
    pub export_class: String,
    /// Days since that was last looked at; -1 for never.
    pub screened_days: i64,
}

/// Under which circumstances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// It is part of a disclosure.
    pub disclosed: bool,
    /// Hours to the public instant, rounded up.
    pub lead_hours: i64,
    /// CVSS times ten; -1 for none.
    pub severity: i64,
    /// `unproven`, `likely`, `exploited`.
    pub exploitation: String,
    /// Whether it can spread by itself.
    pub wormable: bool,
    /// A drill.
    pub exercise: bool,
    /// Its label.
    pub tlp: String,
}

impl Member {
    pub(super) fn attributes(&self) -> Value {
        json!({
            "tier": self.tier, "jurisdiction": self.jurisdiction, "status": self.status, "owner": self.owner,
            "clauses": self.clauses, "termsCurrent": self.terms_current,
            "tested": self.contributions.tested, "found": self.contributions.found,
            "silent": self.contributions.silent,
        })
    }
}

impl Material {
    /// An asset that is given out outside any disclosure.
    #[must_use]
    pub fn asset(id: &str, positions: i64) -> Self {
        let kind = "asset".to_owned();
        Self { id: id.to_owned(), kind, positions, export_class: String::new(), screened_days: -1 }
    }

    /// What a stage hands out, as seen at `now`; without a row, the stage's notice.
    #[must_use]
    pub fn staged(
        stage: Stage,
        row: Option<&earmark_store::Material>,
        positions: i64,
        now: UnixMillis,
    ) -> Self {
        let screened = row.and_then(|row| row.screened);
        Self {
            id: row.map_or_else(|| "notice".to_owned(), |row| format!("{}@{}", row.asset, row.revision)),
            kind: stage.word().to_owned(),
            positions,
            export_class: row.and_then(|row| row.export_class.clone()).unwrap_or_default(),
            screened_days: screened.map_or(-1, |at| (now.0 - at.0).max(0) / 86_400_000),
        }
    }

    pub(super) fn attributes(&self) -> Value {
        json!({
            "kind": self.kind, "positions": self.positions, "exportClass": self.export_class,
            "screenedDays": self.screened_days,
        })
    }
}

impl Moment {
    /// Outside any disclosure.
    #[must_use]
    pub fn undisclosed() -> Self {
        Self {
            disclosed: false,
            lead_hours: 0,
            severity: -1,
            exploitation: "unproven".to_owned(),
            wormable: false,
            exercise: false,
            tlp: "TLP:CLEAR".to_owned(),
        }
    }

    /// A delivery of `disclosure` at the instant `at`.
    #[must_use]
    pub fn of(disclosure: &Disclosure, at: UnixMillis) -> Self {
        const HOUR: i64 = 3_600_000;
        let lead = disclosure.public_at.map(|public| public.0.saturating_sub(at.0));
        Self {
            disclosed: true,
            lead_hours: lead.map_or(NO_PUBLIC_INSTANT, |lead| lead.saturating_add(HOUR - 1).div_euclid(HOUR)),
            severity: disclosure.severity_tenths.map_or(-1, i64::from),
            exploitation: disclosure.exploitation.word().to_owned(),
            wormable: disclosure.wormable,
            exercise: disclosure.exercise,
            tlp: disclosure.tlp.word().to_owned(),
        }
    }

    pub(super) fn attributes(&self) -> Value {
        json!({
            "disclosed": self.disclosed, "leadHours": self.lead_hours, "severity": self.severity,
            "exploitation": self.exploitation, "wormable": self.wormable, "exercise": self.exercise,
            "tlp": self.tlp,
        })
    }
}
