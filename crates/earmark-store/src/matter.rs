use earmark_model::{Digest, Slug, UnixMillis};

use crate::columns::{digest, instant, number, optional_digest, word};
use crate::{Ledger, StoreError};

/// One suspected leak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matter {
    /// Its name.
    pub id: Slug,
    /// How many looks it had.
    pub looks: u32,
    /// When it was opened.
    pub opened: UnixMillis,
}

/// One decision over a matter: written before anything is read, decided once.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// Of which matter.
    pub matter: Slug,
    /// From 1, without gaps.
    pub number: u32,
    /// The share of the matter's false-accusation probability that it spends.
    pub alpha: f64,
    /// Digests of the samples, committed before reading.
    pub samples: Vec<Digest>,
    /// When it was opened.
    pub created: UnixMillis,
    /// The blob that holds the reading document, once decided.
    pub reading: Option<Digest>,
    /// The verdict, once decided: JSON, kept verbatim.
    pub verdict: Option<String>,
    /// When it was decided.
    pub decided: Option<UnixMillis>,
}

type MatterRow = (String, i64, i64);
type LookRow = (String, i64, f64, String, i64, Option<Vec<u8>>, Option<String>, Option<i64>);

fn matter((id, looks, opened): MatterRow) -> Result<Matter, StoreError> {
    Ok(Matter { id: word("matter.id", &id)?, looks: number("matter.looks", looks)?, opened: instant(opened) })
}

fn look(
    (matter, look, alpha, samples, created, reading, verdict, decided): LookRow,
) -> Result<Look, StoreError> {
    Ok(Look {
        matter: word("look.matter", &matter)?,
        number: number("look.number", look)?,
        alpha,
        samples: serde_json::from_str(&samples)
            .map_err(|why| StoreError::Damaged(format!("`look.samples`: {why}")))?,
        created: instant(created),
        reading: optional_digest("look.reading", reading)?,
        verdict,
        decided: decided.map(instant),
    })
}

macro_rules! select {
    ($rest:literal) => {
        concat!("select matter, number, alpha, samples, created, reading, verdict, decided from look ", $rest)
    };
}

impl Ledger {
    /// Opens a matter.
    ///
    /// # Errors
    /// [`StoreError::AlreadyThere`].
    pub async fn open_matter(&self, id: &Slug, opened: UnixMillis) -> Result<(), StoreError> {
        const SQL: &str = "insert into matter (id, looks, opened) values ($1, 0, $2)";
        on_pool!(self, |pool| sqlx::query(SQL)
            .bind(id.as_str())
            .bind(opened.0)
            .execute(pool)
            .await
            .map(drop)
            .map_err(StoreError::on_write("matter", id))?);
        Ok(())
    }

    /// The matter of that name.
    ///
    /// # Errors
    /// [`StoreError::NotThere`].
    pub async fn matter(&self, id: &Slug) -> Result<Matter, StoreError> {
        const SQL: &str = "select id, looks, opened from matter where id = $1";
        let row: Option<MatterRow> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(pool).await?);
        row.map_or_else(|| Err(StoreError::not_there("matter", id)), matter)
    }

    /// All matters, oldest first.
    pub async fn matters(&self) -> Result<Vec<Matter>, StoreError> {
        const SQL: &str = "select id, looks, opened from matter order by opened, id";
        let rows: Vec<MatterRow> = on_pool!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await?);
        rows.into_iter().map(matter).collect()
    }

    /// Opens the next look of a matter: fixes its number, what it spends (`alpha` of that number) and
    /// its samples, before anything is read.
    ///
    /// # Errors
    /// [`StoreError::NotThere`]; [`StoreError::Refused`] for an alpha outside (0, 1].
    pub async fn open_look(
        &self,
        matter: &Slug,
        samples: &[Digest],
        created: UnixMillis,
        alpha: impl FnOnce(u32) -> f64 + Send,
    ) -> Result<Look, StoreError> {
        const NUMBER: &str = "update matter set looks = looks + 1 where id = $1 returning looks";
        const LOOK: &str =
            "insert into look (matter, number, alpha, samples, created) values ($1, $2, $3, $4, $5)";
        const SAMPLE: &str = "insert into look_sample (matter, number, digest) values ($1, $2, $3) \
                              on conflict (matter, number, digest) do nothing";
        let text = serde_json::to_string(samples).map_err(|why| StoreError::Damaged(why.to_string()))?;
        let (next, alpha): (i64, f64) = in_transaction!(self, |connection| {
            let next: Option<i64> =
                sqlx::query_scalar(NUMBER).bind(matter.as_str()).fetch_optional(&mut *connection).await?;
            let Some(next) = next else { return Err(StoreError::not_there("matter", matter)) };
            let alpha = alpha(number("look.number", next)?);
            sqlx::query(LOOK)
                .bind(matter.as_str())
                .bind(next)
                .bind(alpha)
                .bind(&text)
                .bind(created.0)
                .execute(&mut *connection)
                .await
                .map_err(StoreError::on_write("look", format!("{matter} {next}")))?;
            for sample in samples {
                sqlx::query(SAMPLE)
                    .bind(matter.as_str())
                    .bind(next)
                    .bind(sample.0.to_vec())
                    .execute(&mut *connection)
                    .await?;
            }
            (next, alpha)
        });
        Ok(Look {
            matter: matter.clone(),
            number: number("look.number", next)?,
            alpha,
            samples: samples.to_vec(),
            created,
            reading: None,
            verdict: None,
            decided: None,
        })
    }

    /// Decides a look, once: `reading` names the blob of the reading document, if one was made.
    ///
    /// # Errors
    /// [`StoreError::NotThere`]; [`StoreError::AlreadyThere`] when the look has its verdict.
    pub async fn decide_look(
        &self,
        matter: &Slug,
        look: u32,
        reading: Option<&Digest>,
        verdict: &str,
        decided: UnixMillis,
    ) -> Result<(), StoreError> {
        const SQL: &str = "update look set reading = $3, verdict = $4, decided = $5 \
                           where matter = $1 and number = $2 and verdict is null";
        let name = format!("{matter} {look}");
        let rows = on_pool!(self, |pool| sqlx::query(SQL)
            .bind(matter.as_str())
            .bind(i64::from(look))
            .bind(reading.map(|digest| digest.0.to_vec()))
            .bind(verdict)
            .bind(decided.0)
            .execute(pool)
            .await
            .map_err(StoreError::on_write("look", &name))?
            .rows_affected());
        if rows > 0 {
            return Ok(());
        }
        let there = self.looks(matter).await?.iter().any(|known| known.number == look);
        Err(if there {
            StoreError::AlreadyThere { what: "verdict of look", name }
        } else {
            StoreError::not_there("look", name)
        })
    }

    /// The looks of a matter, by number.
    pub async fn looks(&self, matter: &Slug) -> Result<Vec<Look>, StoreError> {
        const SQL: &str = select!("where matter = $1 order by number");
        let rows: Vec<LookRow> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(matter.as_str()).fetch_all(pool).await?);
        rows.into_iter().map(look).collect()
    }

    /// The looks, of whatever matter, that had this sample among theirs, oldest first.
    pub async fn looks_at(&self, sample: &Digest) -> Result<Vec<Look>, StoreError> {
        const SQL: &str = select!(
            "where exists (select 1 from look_sample where look_sample.matter = look.matter \
             and look_sample.number = look.number and look_sample.digest = $1) order by created, matter, number"
        );
        let rows: Vec<LookRow> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(sample.0.to_vec()).fetch_all(pool).await?);
        rows.into_iter().map(look).collect()
    }

    /// The `samples`, as digests, that any look of `matter` had before.
    pub async fn samples_of(&self, matter: &Slug) -> Result<Vec<Digest>, StoreError> {
        const SQL: &str = "select distinct digest from look_sample where matter = $1 order by digest";
        let rows: Vec<Vec<u8>> =
            on_pool!(self, |pool| sqlx::query_scalar(SQL).bind(matter.as_str()).fetch_all(pool).await?);
        rows.into_iter().map(|row| digest("look_sample.digest", row)).collect()
    }
}
