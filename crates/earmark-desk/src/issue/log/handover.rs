//! Handing the log over to other keys: announced by an entry under the last head of the old ones.
//!
//! Killed at any moment, a handover is either nothing or finished by whoever publishes next: the new key lies beside the
//! old one until an entry names it, and takes its place afterwards.

use earmark_log::{Opening, SignerKey, VerifierKey, handover_document, hex};
use earmark_model::{Commitment, Digest};
use earmark_seal::{CustodyError, ProgramKeys, SecretKey};
use earmark_store::{EntryKind, NewStatement};

use super::identity::{Handover, handovers, keep_handover, rhythm, signers, signers_of};
use super::rows::Rows;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};

fn unkept(source: CustodyError) -> DeskError {
    DeskError::because(Kind::Unavailable, "the log's next key cannot be kept", source)
}

fn verifiers(signers: &[SignerKey; 2]) -> Vec<VerifierKey> {
    signers.iter().map(SignerKey::verifier).collect()
}

/// The statement that `keys` sign from `until` entries on.
pub(super) fn statement(desk: &Desk, until: u64, keys: &[VerifierKey]) -> Result<NewStatement, DeskError> {
    let document = handover_document(until, keys);
    let nonce = *SecretKey::generate().expose();
    let digest = Digest(Opening { nonce, document: document.clone() }.commitment());
    let commitment = Commitment { digest, nonce };
    Ok(NewStatement { kind: EntryKind::Handover, document, commitment, added: desk.now() })
}

/// Makes the log's next key and keeps it beside the one in force; gives its public halves.
pub(super) async fn stage(desk: &Desk) -> Result<Vec<VerifierKey>, DeskError> {
    let key = SecretKey::generate();
    ProgramKeys::stage_log(&desk.keys(), &key).map_err(unkept)?;
    Ok(verifiers(&signers_of(&key, &rhythm(desk).await?.origin)?))
}

/// Finishes a handover that an entry under a head announces, and drops one that none does; says whether one was finished.
pub(super) async fn settle(desk: &Desk) -> Result<bool, DeskError> {
    let Some(next) = ProgramKeys::staged_log(&desk.keys()).map_err(unkept)? else { return Ok(false) };
    let origin = rhythm(desk).await?.origin;
    let new = verifiers(&signers_of(&next, &origin)?);
    let rows = Rows::read(desk).await?;
    let heads = desk.ledger().heads().await?;
    for (entry, document) in rows.documents(EntryKind::Handover) {
        let until = document["until"].as_str().and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        let announced = rows.opening(desk, entry).await?;
        if announced.document != handover_document(until, &new)
            || !heads.iter().any(|head| head.size == until)
        {
            continue;
        }
        let keys = verifiers(&signers(desk, &origin)?).iter().map(ToString::to_string).collect();
        keep_handover(desk, Handover { until, entry, nonce: hex(&announced.nonce), keys }).await?;
        ProgramKeys::promote_log(&desk.keys()).map_err(unkept)?;
        return Ok(true);
    }
    // Nobody was told of it.
    ProgramKeys::unstage_log(&desk.keys()).map_err(unkept)?;
    Ok(false)
}

/// That every entry of a handover is one of those that the log goes by, and the other way round; a line for each fault.
pub(super) async fn check(desk: &Desk, rows: &Rows) -> Result<Vec<String>, DeskError> {
    let kept = handovers(desk).await?;
    let mut faults = Vec::new();
    let mut announced: Vec<u64> = rows.documents(EntryKind::Handover).map(|(entry, _)| entry).collect();
    // One that was announced a moment ago is finished by the next publishing.
    let open = ProgramKeys::staged_log(&desk.keys()).map_err(unkept)?.is_some();
    for one in &kept {
        if !announced.contains(&one.entry) {
            faults.push(format!("the handover at {} entries was never announced", one.until));
        }
    }
    announced.retain(|entry| !kept.iter().any(|one| one.entry == *entry));
    for entry in announced.into_iter().skip(usize::from(open)) {
        faults.push(format!("the log does not go by the handover that entry {entry} announces"));
    }
    Ok(faults)
}
