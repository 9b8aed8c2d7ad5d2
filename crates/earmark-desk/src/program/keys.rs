//! A partner's keys through their lives: added, tested, expired, rotated, revoked.
//!
//! While an embargo is open, a new key is what a thief of a partner's mailbox would send, or somebody who wants to read
//! along would bring in with a new partner: it takes effect only after a day in which somebody may object, and when two
//! people have said yes.

use earmark_model::{Digest, Slug, UnixMillis};
use earmark_seal::SecretKey;
use earmark_store::{Contact, ContactKey, KeyLife, KeyStatus, StoreError};
use serde::Serialize;
use serde_json::json;

use super::partner::{self, NewPartner, Shown};
use crate::actor::{self, Right, slug};
use crate::approval::{self, Alone, Answer, Waits};
use crate::cooling;
pub use crate::cooling::COOLING_OFF_MILLIS;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::history;

/// A key with what is known of its life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Whose.
    pub contact: Slug,
    /// What it is.
    pub kind: &'static str,
    /// Its fingerprint.
    pub fingerprint: String,
    /// Where it is in its life.
    pub status: KeyStatus,
    /// Whether bundles are sealed to it now.
    pub in_use: bool,
    /// When it was added.
    pub added: String,
    /// From when bundles are sealed to it; `None` until two people have said yes.
    pub effective: Option<String>,
    /// When it stops by itself.
    pub expires: Option<String>,
    /// When a test was made for its holder.
    pub asked: Option<String>,
    /// When the holder answered it.
    pub answered: Option<String>,
}

/// What an act on a key came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Acted {
    /// The partner with its keys.
    #[serde(flatten)]
    pub partner: Shown,
    /// The key.
    pub key: Listed,
    /// What it waits for.
    pub waiting: Option<Waits>,
}

/// A key of a partner's contact, with its life.
struct Held {
    key: ContactKey,
    life: KeyLife,
}

impl Held {
    fn listed(&self, now: UnixMillis) -> Listed {
        let said = |at: Option<UnixMillis>| at.map(UnixMillis::rfc3339);
        let begun = self.life.effective.is_some_and(|from| from <= now);
        let over = self.life.expires.is_some_and(|until| until <= now);
        Listed {
            contact: self.key.contact.clone(),
            kind: self.key.kind.word(),
            fingerprint: self.key.fingerprint.clone(),
            status: self.key.status,
            in_use: self.key.status.usable() && begun && !over,
            added: self.key.added.rfc3339(),
            effective: said(self.life.effective),
            expires: said(self.life.expires),
            asked: said(self.life.asked),
            answered: said(self.life.answered),
        }
    }

    /// Refused for a key that is over.
    fn lives(&self) -> Result<(), DeskError> {
        if self.key.status.usable() {
            return Ok(());
        }
        let message = format!("the key `{}` is {}", self.key.fingerprint, self.key.status);
        Err(DeskError::new(Kind::Refused, message))
    }

    fn name(&self) -> String {
        format!("{}/{} {}", self.key.partner, self.key.contact, self.key.fingerprint)
    }
}

/// The keys of a partner, with their lives. A key that was added before lives were kept is in effect since then.
async fn held(desk: &Desk, partner: &Slug) -> Result<Vec<Held>, DeskError> {
    let lives = desk.ledger().key_lives(partner).await?;
    let with_life = |key: ContactKey| {
        let known = lives.iter().find(|one| one.contact == key.contact && one.fingerprint == key.fingerprint);
        let life = known.cloned().unwrap_or_else(|| cooling::life(&key, Some(key.added), None));
        Held { key, life }
    };
    Ok(desk.ledger().contact_keys(partner).await?.into_iter().map(with_life).collect())
}

/// The one key of a partner whose fingerprint is, or begins with, `fingerprint`.
async fn find(desk: &Desk, partner: &str, fingerprint: &str) -> Result<Held, DeskError> {
    let partner = slug(partner)?;
    desk.ledger().partner(&partner).await?;
    let wanted = fingerprint.trim();
    let mut found: Vec<Held> = held(desk, &partner).await?;
    found.retain(|one| !wanted.is_empty() && one.key.fingerprint.starts_with(wanted));
    if found.iter().any(|one| one.key.fingerprint == wanted) {
        found.retain(|one| one.key.fingerprint == wanted);
    }
    let hint = format!("`earmark partner key list {partner}` shows its keys");
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (Some(_), false) => {
            let message = format!("partner `{partner}` has more than one key `{wanted}`");
            Err(DeskError::new(Kind::Malformed, message).hint(hint))
        }
        (None, _) => {
            Err(DeskError::new(Kind::NotFound, format!("partner `{partner}` has no key `{wanted}`"))
                .hint(hint))
        }
    }
}

/// The contact of a partner that mail address or name means, or its only one.
fn person<'a>(shown: &'a Shown, contact: Option<&str>) -> Result<&'a Contact, DeskError> {
    let found = match contact {
        Some(wanted) => shown
            .contacts
            .iter()
            .find(|one| one.mail.as_deref() == Some(wanted) || one.slug.as_str() == wanted),
        None if shown.contacts.len() == 1 => shown.contacts.first(),
        None => None,
    };
    let partner = &shown.partner.slug;
    found.ok_or_else(|| {
        DeskError::new(Kind::NotFound, format!("partner `{partner}` has no such contact"))
            .hint(format!("`earmark partner show {partner}` lists its contacts"))
    })
}

/// Adds a key to the contact `contact` of a partner, or to its only contact. While an embargo is open it waits: whoever
/// runs the same command next is the second to say yes.
///
/// # Errors
/// When there is no such partner or contact, the key cannot be sealed to, or it is there and needs no approval.
pub async fn add(desk: &Desk, name: &str, contact: Option<&str>, text: &str) -> Result<Acted, DeskError> {
    actor::require(desk, Right::Manage).await?;
    lapse(desk).await?;
    let shown = partner::show(desk, name).await?;
    let person = person(&shown, contact)?;
    let (key, expires) = partner::check_key(desk, &shown.partner.slug, &person.slug, text)?;
    let now = desk.now();
    let effective = if cooling::embargo_is_open(desk).await? { None } else { Some(now) };
    let life = cooling::life(&key, effective, expires);
    let particulars =
        json!({ "contact": key.contact, "fingerprint": key.fingerprint, "waits": effective.is_none() });
    let act = history::act(desk, "partner", name, "add key", &particulars);
    match desk.ledger().add_living_key(&key, &life, &act).await {
        Ok(()) if effective.is_some() => told(desk, name, &key.fingerprint, None).await,
        Ok(()) => approve(desk, name, &key.fingerprint).await,
        Err(StoreError::AlreadyThere { .. }) => {
            let there = held(desk, &key.partner).await?;
            let waits = there.iter().any(|one| {
                one.key.contact == key.contact
                    && one.key.fingerprint == key.fingerprint
                    && one.key.status.usable()
                    && one.life.effective.is_none()
            });
            if waits {
                return approve(desk, name, &key.fingerprint).await;
            }
            Err(StoreError::AlreadyThere { what: "key", name: key.fingerprint }.into())
        }
        Err(other) => Err(other.into()),
    }
}

/// Adds a partner. While an embargo is open its keys wait, and whoever adds it is the first to say yes to them, where they
/// may; gives also what they wait for.
///
/// # Errors
/// As [`partner::add`].
pub async fn add_with_partner(desk: &Desk, new: &NewPartner) -> Result<(Shown, Vec<Waits>), DeskError> {
    let shown = partner::add(desk, new).await?;
    let mut waiting = Vec::new();
    for one in held(desk, &shown.partner.slug).await?.iter().filter(|one| one.life.effective.is_none()) {
        match approve(desk, &new.slug, &one.key.fingerprint).await {
            Ok(acted) => waiting.extend(acted.waiting),
            // Who may add partners and approves nothing leaves the yes to two others.
            Err(error) if error.kind == Kind::Refused => {}
            Err(error) => return Err(error),
        }
    }
    Ok((shown, waiting))
}

/// Says yes to a key that waits. With the second yes it takes effect: now, or when it has cooled off.
///
/// # Errors
/// Refused when it does not wait, or the actor may not approve.
pub async fn approve(desk: &Desk, name: &str, fingerprint: &str) -> Result<Acted, DeskError> {
    let found = find(desk, name, fingerprint).await?;
    let Held { key, life } = &found;
    if life.effective.is_some() || !key.status.usable() {
        return Err(DeskError::new(Kind::Refused, format!("the key `{}` waits for nobody", key.fingerprint)));
    }
    let now = desk.now();
    let effective = UnixMillis(now.0.max(key.added.0.saturating_add(COOLING_OFF_MILLIS)));
    let values = json!({ "key_sha256": Digest::of(key.public_text.as_bytes()).to_string() });
    let leave = match approval::ask(desk, ("key", &found.name(), "use"), &values, Alone::AfterWaiting).await?
    {
        Answer::Given(leave) => leave,
        Answer::Waits(waits) => return told(desk, name, &key.fingerprint, Some(waits)).await,
    };
    let changed = KeyLife { effective: Some(effective), ..life.clone() };
    let particulars =
        json!({ "contact": key.contact, "fingerprint": key.fingerprint, "effective": effective.rfc3339() });
    let act = history::act(desk, "partner", name, "approve key", &particulars);
    desk.ledger().change_key(&changed, key.status, &act).await?;
    approval::close(desk, &leave).await?;
    told(desk, name, &key.fingerprint, None).await
}

async fn told(
    desk: &Desk,
    name: &str,
    fingerprint: &str,
    waiting: Option<Waits>,
) -> Result<Acted, DeskError> {
    let key = find(desk, name, fingerprint).await?.listed(desk.now());
    Ok(Acted { partner: partner::show(desk, name).await?, key, waiting })
}

/// The keys of a partner, in order of addition.
///
/// # Errors
/// When there is no such partner.
pub async fn list(desk: &Desk, name: &str) -> Result<Vec<Listed>, DeskError> {
    lapse(desk).await?;
    let partner = slug(name)?;
    desk.ledger().partner(&partner).await?;
    let now = desk.now();
    Ok(held(desk, &partner).await?.iter().map(|one| one.listed(now)).collect())
}

/// Makes a test for a key's holder, sealed to the key. Of the secret in it only a digest is kept; a new test makes the
/// last one void.
///
/// # Errors
/// Refused for a key that is over or cannot be sealed to.
pub async fn sealed_test(desk: &Desk, name: &str, fingerprint: &str) -> Result<(Listed, Vec<u8>), DeskError> {
    actor::require(desk, Right::Manage).await?;
    let found = find(desk, name, fingerprint).await?;
    let Held { key, life } = &found;
    found.lives()?;
    let sealed_to = desk.check_key(key.public_text.as_bytes())?;
    let secret: String = Digest(*SecretKey::generate().expose()).to_string().chars().take(24).collect();
    let changed = KeyLife {
        proof: Some(Digest::of(secret.as_bytes())),
        asked: Some(desk.now()),
        answered: None,
        ..life.clone()
    };
    let act = history::act(desk, "partner", name, "test key", &json!({ "fingerprint": key.fingerprint }));
    desk.ledger().change_key(&changed, key.status, &act).await?;
    let message = format!(
        "{} asks whether you can open what is sealed to your key\n{}\n\nIf you can, answer with this line:\n{secret}\n",
        desk.name(),
        key.fingerprint
    );
    let mut sealed = Vec::new();
    earmark_seal::seal(message.as_bytes(), &[sealed_to], &mut sealed)
        .map_err(|source| DeskError::because(Kind::Refused, "the test cannot be sealed", source))?;
    Ok((find(desk, name, &key.fingerprint).await?.listed(desk.now()), sealed))
}

/// Takes the answer to a test; the key is verified.
///
/// # Errors
/// Refused when no test is open, or the answer is another.
pub async fn answer(desk: &Desk, name: &str, fingerprint: &str, secret: &str) -> Result<Acted, DeskError> {
    actor::require(desk, Right::Manage).await?;
    let found = find(desk, name, fingerprint).await?;
    let Held { key, life } = &found;
    let Some(proof) = life.proof.filter(|_| life.answered.is_none() && key.status.usable()) else {
        return Err(DeskError::new(
            Kind::Refused,
            format!("no test of the key `{}` is open", key.fingerprint),
        )
        .hint(format!("make one with `earmark partner key test {name} FINGERPRINT --out FILE`")));
    };
    if Digest::of(secret.trim().as_bytes()) != proof {
        return Err(DeskError::new(Kind::Refused, "this is not what was sealed in the newest test"));
    }
    let changed = KeyLife { answered: Some(desk.now()), ..life.clone() };
    let act = history::act(desk, "partner", name, "verify key", &json!({ "fingerprint": key.fingerprint }));
    desk.ledger().change_key(&changed, KeyStatus::Verified, &act).await?;
    told(desk, name, &key.fingerprint, None).await
}

/// Sets when a key stops by itself; `None` lets it live on. What is past ends it at once.
///
/// # Errors
/// Refused for a key that is over.
pub async fn expire(
    desk: &Desk,
    name: &str,
    fingerprint: &str,
    at: Option<UnixMillis>,
) -> Result<Acted, DeskError> {
    actor::require(desk, Right::Manage).await?;
    let found = find(desk, name, fingerprint).await?;
    let Held { key, life } = &found;
    found.lives()?;
    let changed = KeyLife { expires: at, ..life.clone() };
    let particulars = json!({ "fingerprint": key.fingerprint, "expires": at.map(UnixMillis::rfc3339) });
    let act = history::act(desk, "partner", name, "expire key", &particulars);
    desk.ledger().change_key(&changed, key.status, &act).await?;
    lapse(desk).await?;
    told(desk, name, &key.fingerprint, None).await
}

/// Replaces a key by another of the same contact: the old one is over when the new one takes effect.
///
/// # Errors
/// As [`add`]; refused when the old key is over or the two are one.
pub async fn rotate(desk: &Desk, name: &str, old: &str, text: &str) -> Result<Acted, DeskError> {
    let found = find(desk, name, old).await?;
    found
        .lives()
        .map_err(|over| over.hint(format!("add the new one with `earmark partner key add {name} KEY`")))?;
    let contact = found.key.contact.to_string();
    let acted = add(desk, name, Some(&contact), text).await?;
    let now = desk.now();
    let from = find(desk, name, &acted.key.fingerprint).await?.life.effective;
    let Some(from) = from else { return Ok(acted) };
    let status = if from <= now { KeyStatus::Rotated } else { found.key.status };
    let changed = KeyLife { expires: Some(from), ..found.life };
    let particulars = json!({ "fingerprint": found.key.fingerprint, "by": acted.key.fingerprint });
    let act = history::act(desk, "partner", name, "rotate key", &particulars);
    desk.ledger().change_key(&changed, status, &act).await?;
    told(desk, name, &acted.key.fingerprint, None).await
}

/// Declares a key unsafe, at once; one person may.
///
/// # Errors
/// Refused when it is revoked already; malformed without a reason.
pub async fn revoke(desk: &Desk, name: &str, fingerprint: &str, why: &str) -> Result<Acted, DeskError> {
    actor::require(desk, Right::Stop).await?;
    let found = find(desk, name, fingerprint).await?;
    let Held { key, life } = &found;
    if why.trim().is_empty() {
        return Err(DeskError::new(Kind::Malformed, "to revoke a key takes a reason"));
    }
    if key.status == KeyStatus::Revoked {
        return Err(DeskError::new(Kind::Refused, format!("the key `{}` is revoked", key.fingerprint)));
    }
    let particulars = json!({ "fingerprint": key.fingerprint, "why": why });
    let act = history::act(desk, "partner", name, "revoke key", &particulars);
    desk.ledger().change_key(life, KeyStatus::Revoked, &act).await?;
    told(desk, name, &key.fingerprint, None).await
}

/// Ends the keys whose time is over: those that were replaced are rotated, the others expired. Gives how many.
///
/// # Errors
/// When the ledger cannot be read or written.
pub async fn lapse(desk: &Desk) -> Result<usize, DeskError> {
    let now = desk.now();
    let mut ended = 0;
    for partner in desk.ledger().partners().await? {
        let keys = held(desk, &partner.slug).await?;
        for one in &keys {
            let Some(until) = one.life.expires.filter(|until| *until <= now && one.key.status.usable())
            else {
                continue;
            };
            let replaced = keys.iter().any(|other| {
                other.key.contact == one.key.contact
                    && other.key.fingerprint != one.key.fingerprint
                    && other.life.effective == Some(until)
            });
            let status = if replaced { KeyStatus::Rotated } else { KeyStatus::Expired };
            let particulars = json!({ "fingerprint": one.key.fingerprint, "at": until.rfc3339() });
            let verb = format!("key {status}");
            let act = history::act(desk, "partner", partner.slug.as_str(), &verb, &particulars);
            desk.ledger().change_key(&one.life, status, &act).await?;
            ended += 1;
        }
    }
    Ok(ended)
}
