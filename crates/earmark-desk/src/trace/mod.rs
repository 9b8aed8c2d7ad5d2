//! Tracing: align, read, weigh, decide; a report, a reading document, and the record of the look.

pub mod answer;
mod choice;
mod evidence;
mod excerpt;
mod looks;
mod part;
mod picture;
mod readings;
pub mod replay;
mod search;
mod standing;
mod tracing;

use std::path::PathBuf;

use earmark_model::Digest;
pub use earmark_odds::document::Verdict;

use self::answer::Answer;
use self::tracing::Tracing;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::watch::scan::{self, Progress};

/// What to trace.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The sample: files, folders, archives.
    pub paths: Vec<PathBuf>,
    /// A matter to go on with.
    pub matter: Option<String>,
    /// Where report and reading document go; the vault's own folder if none is named.
    pub out: Option<PathBuf>,
}

/// The verdict's word.
#[must_use]
pub fn word(verdict: Verdict) -> &'static str {
    picture::verdict(verdict).name()
}

/// A chance in words: `1 in 12,000,000`.
#[must_use]
pub fn one_in(log10: f64) -> String {
    earmark_papers::one_in(log10).to_string()
}

/// Reads the marks of a sample and decides whose copy it came from.
///
/// The look is recorded with the digests of its samples before anything is read. The first answer is about the
/// asset with most matching lines; further assets are in `also`.
///
/// # Errors
/// When a path does not exist, the matter is unknown, or the vault cannot be read or written.
pub async fn trace(desk: &Desk, request: &Request, progress: &Progress<'_>) -> Result<Answer, DeskError> {
    desk.program_key()?;
    let scanner = scan::scanner(desk).await?;
    let mut haul = scan::haul(desk, &scanner, &request.paths, progress)?;
    let samples: Vec<Digest> = haul.samples.iter().map(|sample| sample.digest).collect();
    let look = looks::open(desk, request.matter.as_deref(), &samples).await?;
    let chance = search::exact(desk, &scanner, &mut haul).await?;
    let public = search::public_lines(desk, &haul).await?;
    let out = request.out.clone().unwrap_or_else(|| desk.folder().join("traces"));
    std::fs::create_dir_all(&out).map_err(|source| DeskError::io("make", &out, source))?;
    let mut done = Vec::new();
    let parts = choice::by_code(desk, &haul.found, &look.earlier).await?;
    for (code, part) in parts {
        let tracing =
            Tracing { desk, look: &look, code, part, haul: &haul, public: &public, chance, out: &out };
        done.extend(tracing.run().await?);
    }
    if done.is_empty() {
        done.push(tracing::not_ours(desk, &look, &public, &haul, &out)?);
    }
    done.sort_by_key(|one| std::cmp::Reverse(one.answer.lines));
    looks::close(desk, &look, &done).await?;
    let mut answers = done.into_iter().map(|one| one.answer);
    let first = answers.next().ok_or_else(|| DeskError::new(Kind::Bug, "a trace has no answer"))?;
    Ok(Answer { also: answers.collect(), ..first })
}
