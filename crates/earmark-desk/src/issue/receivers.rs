//! Whom a copy is made for, after policy and embargo have been asked, and what it is sealed to.

use earmark_model::{Digest, RecipientId, Slug};
use earmark_seal::CheckedKey;
use earmark_store::Stage;
use serde::Serialize;

use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::policy::judge::Judge;
use crate::program::explain::may_issue;
use crate::program::recipients::{self, Addressee};
use crate::program::timed;
use crate::program::usable_keys::usable_keys;

/// Somebody who may have a copy now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    to: Addressee,
    /// The stage that has not fired yet, where the copy leaves before its instant.
    early: Option<(Slug, Stage, Slug)>,
}

/// Of those whom `all` means, somebody who gets no copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Denied {
    /// Who.
    pub recipient: String,
    /// Why: the policy or the instant.
    pub why: String,
}

/// What a bundle is sealed to.
#[derive(Debug, Clone, Default)]
pub struct Lock {
    /// The recipient's own keys.
    pub keys: Vec<CheckedKey>,
    /// Inside, a key that leaves at an instant.
    pub timed: Option<CheckedKey>,
}

impl Receiver {
    /// The recipient's id.
    #[must_use]
    pub fn id(&self) -> &RecipientId {
        &self.to.recipient.id
    }

    /// The stage whose key opens an early copy.
    #[must_use]
    pub fn opens_with(&self) -> Option<String> {
        self.early.as_ref().map(|(disclosure, stage, tier)| format!("{disclosure} {stage}:{tier}"))
    }
}

/// The recipients that `to` names and that may have this revision; of `all`, also those who may not.
///
/// # Errors
/// Not found for a name that is none; refused, with the policy or the instant, for one that was named and may not, and
/// when of all nobody may.
pub(super) async fn choose(
    desk: &Desk,
    to: &str,
    asset: &str,
    revision: &Digest,
    early: bool,
) -> Result<(Vec<Receiver>, Vec<Denied>), DeskError> {
    let all = recipients::all(desk).await?;
    let judge = Judge::open(desk).await?;
    let (mut chosen, mut denied, mut refusal) = (Vec::new(), Vec::new(), None);
    if to == "all" {
        for to in all.into_iter().filter(Addressee::receives) {
            match may_issue(desk, &judge, &to, asset, revision, early).await {
                Ok(early) => chosen.push(Receiver { to, early }),
                Err(error) if error.kind == Kind::Refused => {
                    denied.push(Denied { recipient: to.recipient.id.to_string(), why: error.to_string() });
                    refusal.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
        return match (chosen.is_empty(), refusal) {
            (false, _) => Ok((chosen, denied)),
            (true, Some(refusal)) => Err(refusal),
            (true, None) => Err(DeskError::new(Kind::NotFound, "there is no recipient yet")
                .hint("add partners with `earmark partner add` or `earmark partner import`")),
        };
    }
    for name in to.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let found = all.iter().find(|one| one.recipient.id.as_str() == name).ok_or_else(|| {
            DeskError::new(Kind::NotFound, format!("there is no recipient `{name}`"))
                .hint("`earmark partner list` shows the partners; one with a roster receives per person")
        })?;
        if let Some(partner) = found.partner.as_ref().filter(|_| !found.receives()) {
            return Err(DeskError::new(
                Kind::Refused,
                format!("partner `{}` is {}, it receives nothing", partner.slug, partner.status),
            ));
        }
        let early = may_issue(desk, &judge, found, asset, revision, early).await?;
        let receiver = Receiver { to: found.clone(), early };
        if !chosen.contains(&receiver) {
            chosen.push(receiver);
        }
    }
    if chosen.is_empty() {
        return Err(DeskError::new(Kind::Malformed, "`--to` names no recipient")
            .hint("name `all`, or recipients separated by commas"));
    }
    Ok((chosen, denied))
}

/// What a bundle for `receiver` is sealed to today.
///
/// # Errors
/// Refused when none of their keys can be used.
pub(super) async fn lock(desk: &Desk, receiver: &Receiver) -> Result<Lock, DeskError> {
    let keys = usable_keys(desk, &receiver.to.recipient, desk.now()).await?;
    let Some((disclosure, stage, tier)) = &receiver.early else { return Ok(Lock { keys, timed: None }) };
    let key = timed::key(desk, disclosure, *stage, tier)?;
    let unusable = |source| DeskError::because(Kind::Bug, "a timed key cannot be sealed to", source);
    let public = key.public().and_then(|public| public.check(desk.now())).map_err(unusable)?;
    Ok(Lock { keys, timed: Some(public) })
}
