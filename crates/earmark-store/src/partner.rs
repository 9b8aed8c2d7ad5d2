use earmark_model::{Slug, UnixMillis};
use serde::{Deserialize, Serialize};

use crate::columns::{instant, word, words};
use crate::{Ledger, NewAct, StoreError};

/// Where a partner stands in the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartnerStatus {
    /// Asked to join; receives nothing.
    Applicant,
    /// In good standing.
    Active,
    /// Cautioned; what that means is the policy's.
    OnNotice,
    /// Receives nothing for now.
    Suspended,
    /// Has left or was removed. The rows stay: its copies are still out there.
    Removed,
}

words!(PartnerStatus {
    Applicant = "applicant",
    Active = "active",
    OnNotice = "on-notice",
    Suspended = "suspended",
    Removed = "removed",
});

/// An organization in the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partner {
    /// Its name in addresses; also the id of its recipient where it has no roster.
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
    /// Jurisdiction: ISO 3166-1 alpha-2, upper case.
    pub country: String,
    /// Its level.
    pub tier: Slug,
    /// Where it stands.
    pub status: PartnerStatus,
    /// When it was added.
    pub added: UnixMillis,
}

type Row = (String, String, String, String, String, i64);

fn partner((slug, name, country, tier, status, added): Row) -> Result<Partner, StoreError> {
    Ok(Partner {
        slug: word("partner.slug", &slug)?,
        name,
        country,
        tier: word("partner.tier", &tier)?,
        status: word("partner.status", &status)?,
        added: instant(added),
    })
}

/// Writes a partner, through a pool or inside the caller's transaction.
macro_rules! insert_partner {
    ($executor:expr, $new:expr) => {{
        let new: &crate::Partner = $new;
        sqlx::query(
            "insert into partner (slug, name, country, tier, status, added) values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(new.slug.as_str())
        .bind(&new.name)
        .bind(&new.country)
        .bind(new.tier.as_str())
        .bind(new.status.word())
        .bind(new.added.0)
        .execute($executor)
        .await
        .map(drop)
        .map_err(crate::StoreError::on_write("partner", &new.slug))?
    }};
}
pub(crate) use insert_partner;

/// Writes what can change of a partner; gives the number of rows.
macro_rules! update_partner {
    ($executor:expr, $changed:expr) => {{
        let changed: &crate::Partner = $changed;
        sqlx::query("update partner set name = $2, country = $3, tier = $4, status = $5 where slug = $1")
            .bind(changed.slug.as_str())
            .bind(&changed.name)
            .bind(&changed.country)
            .bind(changed.tier.as_str())
            .bind(changed.status.word())
            .execute($executor)
            .await
            .map_err(crate::StoreError::on_write("partner", &changed.slug))?
            .rows_affected()
    }};
}
pub(crate) use update_partner;

impl Ledger {
    /// Adds a partner.
    ///
    /// # Errors
    /// [`StoreError::AlreadyThere`]; [`StoreError::Refused`] for a country that is no two capitals.
    pub async fn add_partner(&self, new: &Partner) -> Result<(), StoreError> {
        on_pool!(self, |pool| insert_partner!(pool, new));
        Ok(())
    }

    /// Changes name, country, tier and status of the partner with `changed`'s slug.
    ///
    /// # Errors
    /// [`StoreError::NotThere`]; [`StoreError::Refused`] as for adding.
    pub async fn change_partner(&self, changed: &Partner) -> Result<(), StoreError> {
        let rows = on_pool!(self, |pool| update_partner!(pool, changed));
        if rows == 0 { Err(StoreError::not_there("partner", &changed.slug)) } else { Ok(()) }
    }

    /// Changes partners as [`Ledger::change_partner`] does, each with its line of history, all or none.
    ///
    /// # Errors
    /// As there.
    pub async fn change_partners(&self, changes: &[(Partner, NewAct)]) -> Result<(), StoreError> {
        self.import(&[], changes).await
    }

    /// The partner of that name.
    ///
    /// # Errors
    /// [`StoreError::NotThere`].
    pub async fn partner(&self, slug: &Slug) -> Result<Partner, StoreError> {
        const SQL: &str = "select slug, name, country, tier, status, added from partner where slug = $1";
        let row: Option<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(slug.as_str()).fetch_optional(pool).await?);
        row.map_or_else(|| Err(StoreError::not_there("partner", slug)), partner)
    }

    /// All partners, whatever their status, by slug.
    pub async fn partners(&self) -> Result<Vec<Partner>, StoreError> {
        const SQL: &str = "select slug, name, country, tier, status, added from partner order by slug";
        let rows: Vec<Row> = on_pool!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await?);
        rows.into_iter().map(partner).collect()
    }
}
