//! Rotating the keys that the log and the bundles are signed with.

use std::fs;
use std::path::{Path, PathBuf};

use earmark_seal::{BundleSigner, ProgramKeys, SignError, recovery_kit};
use serde::Serialize;
use serde_json::json;

use super::handover;
use super::identity::{Settings, fix, own_trust};
use super::partner_keys;
use super::publish::sign;
use crate::actor::{self, Right};
use crate::approval::{self, Alone, Waits};
use crate::desk::{Desk, RECOVERY_KIT};
use crate::error::{DeskError, Kind};
use crate::issue::signing;
use crate::issue::writing::write_file;

/// What a rotation came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rotated {
    /// What it waits for; nothing was done then.
    pub waiting: Option<Waits>,
    /// The log's keys from now on.
    pub keys: Vec<String>,
    /// The entries under the last head of the old keys.
    pub until: Option<u64>,
    /// The new keys of bundles, and the old ones' signatures under them: for partners.
    pub files: Vec<PathBuf>,
    /// The new recovery kit: the old one is of no more use for signing. Print it, delete the file.
    pub recovery_kit: Option<PathBuf>,
}

/// Makes new keys for the log and for bundles; the old ones sign once more, a head over an entry that names the log's new
/// ones, and the file of the bundles' new ones in `out`. Takes two people: all keys of the vault are written in a new
/// recovery kit.
///
/// Killed at any moment, the next publishing has the old keys or the new ones; run again, it rotates once more.
///
/// # Errors
/// Refused when the actor may not; unavailable without the program key, which the kit holds.
pub async fn rotate(desk: &Desk, why: &str, out: &Path) -> Result<Rotated, DeskError> {
    actor::require(desk, Right::Administer).await?;
    if why.trim().is_empty() || why.chars().any(char::is_control) {
        return Err(DeskError::new(Kind::Malformed, "to rotate the keys takes a reason, in one line"));
    }
    // Asked before, so that nobody's yes is spent on nothing.
    let program = *desk.program_key()?;
    let values = json!({ "why": why });
    let leave = match approval::ask(desk, ("log", "keys", "rotate"), &values, Alone::AfterWaiting).await? {
        approval::Answer::Given(leave) => leave,
        approval::Answer::Waits(waits) => {
            return Ok(Rotated {
                waiting: Some(waits),
                keys: Vec::new(),
                until: None,
                files: Vec::new(),
                recovery_kit: None,
            });
        }
    };
    fs::create_dir_all(out).map_err(|source| DeskError::io("make", out, source))?;
    let _alone = desk.lock().await?;
    handover::settle(desk).await?;
    let fixed = fix(desk, &Settings::default()).await?;
    partner_keys::record_changes(desk).await?;
    let old = signing::signer(desk)?;
    let new = handover::stage(desk).await?;
    let files = hand_over_bundles(desk, &old, out)?;
    sign(desk, &fixed, Some(&new)).await?;
    handover::settle(desk).await?;
    let key = |name: &'static str| desk.other_key(name);
    let keys = ProgramKeys {
        program: earmark_seal::SecretKey::from_bytes(program),
        index: key("index")?,
        blinding: key("blinding")?,
        log: key("log")?,
    };
    let kit = recovery_kit(desk.name(), &keys, None)
        .map_err(|source| DeskError::because(Kind::Bug, "the recovery kit cannot be written", source))?;
    let place = desk.keys().join(RECOVERY_KIT);
    match fs::remove_file(&place) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            return Err(DeskError::io("replace", &place, source));
        }
        _ => desk.keep_secret(RECOVERY_KIT, &kit)?,
    }
    approval::close(desk, &leave).await?;
    let trust = own_trust(desk).await?;
    Ok(Rotated {
        waiting: None,
        keys: trust.log.iter().map(ToString::to_string).collect(),
        until: trust.past.last().map(|past| past.until),
        files,
        recovery_kit: Some(place),
    })
}

/// Writes the new public keys of bundles, signed by the old ones.
fn hand_over_bundles(desk: &Desk, old: &BundleSigner, out: &Path) -> Result<Vec<PathBuf>, DeskError> {
    const NAME: &str = "bundle-keys.txt";
    let unsigned = |source: SignError| DeskError::because(Kind::Bug, "the new keys cannot be signed", source);
    let next = ProgramKeys::staged_log(&desk.keys())
        .map_err(|source| DeskError::because(Kind::Unavailable, "the next key cannot be read", source))?
        .ok_or_else(|| DeskError::new(Kind::Bug, "there is no next key"))?;
    let public = BundleSigner::new(&next).public(&desk.address_name()).map_err(unsigned)?;
    let text = format!(
        "Bundles are signed from {} on with these keys.\n\nA line of an allowed signers file:\n{}\nA minisign public key file:\n{}",
        desk.now().rfc3339(),
        public.allowed_signers,
        public.minisign
    );
    let signed = old.sign(text.as_bytes(), NAME, Some(desk.now())).map_err(unsigned)?;
    let mut files = Vec::new();
    for (name, text) in [
        (NAME.to_owned(), text),
        (format!("{NAME}.sig"), signed.ssh),
        (format!("{NAME}.minisig"), signed.minisign),
    ] {
        let place = out.join(name);
        write_file(&place, text.as_bytes())?;
        files.push(place);
    }
    Ok(files)
}
