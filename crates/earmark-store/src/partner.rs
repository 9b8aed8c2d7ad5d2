use earmark_model::{Slug, UnixMillis};
use serde::{Deserialize, Serialize};

use crate::columns::{instant, word, words};
use crate::{Ledger, StoreError};

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

impl Ledger {
    /// Adds a partner.
    ///
    /// # Errors
    /// [`StoreError::AlreadyThere`]; [`StoreError::Refused`] for a country that is no two capitals.
    pub async fn add_partner(&self, new: &Partner) -> Result<(), StoreError> {
        const SQL: &str = "insert into partner (slug, name, country, tier, status, added) \
                           values ($1, $2, $3, $4, $5, $6)";
        on_pool!(self, |pool| sqlx::query(SQL)
            .bind(new.slug.as_str())
            .bind(&new.name)
            .bind(&new.country)
            .bind(new.tier.as_str())
            .bind(new.status.word())
            .bind(new.added.0)
            .execute(pool)
            .await
            .map(drop)
            .map_err(StoreError::on_write("partner", &new.slug))?);
        Ok(())
    }

    /// Changes name, country, tier and status of the partner with `changed`'s slug.
    ///
    /// # Errors
    /// [`StoreError::NotThere`]; [`StoreError::Refused`] as for adding.
    pub async fn change_partner(&self, changed: &Partner) -> Result<(), StoreError> {
        const SQL: &str =
            "update partner set name = $2, country = $3, tier = $4, status = $5 where slug = $1";
        let rows = on_pool!(self, |pool| sqlx::query(SQL)
            .bind(changed.slug.as_str())
            .bind(&changed.name)
            .bind(&changed.country)
            .bind(changed.tier.as_str())
            .bind(changed.status.word())
            .execute(pool)
            .await
            .map_err(StoreError::on_write("partner", &changed.slug))?
            .rows_affected());
        if rows == 0 { Err(StoreError::not_there("partner", &changed.slug)) } else { Ok(()) }
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
