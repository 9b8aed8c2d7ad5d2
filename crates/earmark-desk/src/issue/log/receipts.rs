//! Receipts: a recipient's signature over a copy's digest, or that of a bundle with the copy, kept and logged.

use earmark_model::{Digest, RecipientId};
use earmark_seal::{ReceiptError, check_receipt};
use earmark_store::{Copy, EntryKind};
use serde::Serialize;
use serde_json::{Value, json};

use super::rows::Rows;
use super::statements;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};

/// Longest signature that is kept, in bytes.
const LONGEST: usize = 65_536;

/// A receipt as recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// Who signed.
    pub recipient: String,
    /// For which copy.
    pub copy_sha256: String,
    /// The digest that was signed: the copy's, or that of the bundle that the recipient has.
    pub over: String,
    /// With which key.
    pub fingerprint: String,
    /// The receipt's entry.
    pub entry: u64,
    /// The copy's entry.
    pub copy_entry: u64,
    /// Whether it was recorded just now.
    pub new: bool,
}

/// Finds the copy that `signature` acknowledges, checks it against the recipient's keys on record, and logs it.
///
/// The same signature again finds the entry that is there.
///
/// # Errors
/// Not found when the recipient has no copy, refused when no key on record made the signature over any of them.
pub async fn record(desk: &Desk, recipient: &str, signature: &str) -> Result<Receipt, DeskError> {
    if signature.len() > LONGEST {
        return Err(DeskError::new(Kind::Malformed, "this is too long for a signature"));
    }
    let id: RecipientId = recipient
        .parse()
        .map_err(|source: earmark_model::IdError| DeskError::new(Kind::Malformed, source.to_string()))?;
    let row = desk.ledger().recipients().await?.into_iter().find(|row| row.id == id);
    let row =
        row.ok_or_else(|| DeskError::new(Kind::NotFound, format!("there is no recipient `{recipient}`")))?;
    let copies = desk.ledger().copies_for(&id).await?;
    if copies.is_empty() {
        return Err(DeskError::new(Kind::NotFound, format!("no copy was issued to `{recipient}`")));
    }
    let keys = match &row.partner {
        Some(partner) => desk.ledger().contact_keys(partner).await?,
        None => Vec::new(),
    };
    let own = keys.iter().filter(|key| row.contact.as_ref().is_none_or(|contact| *contact == key.contact));
    // A recipient knows the digest of its bundle; that of the copy it would have to reckon over a tar.
    let mut digests: Vec<(&Copy, Digest)> = copies.iter().map(|copy| (copy, copy.copy.copy_sha256)).collect();
    for bundle in desk.ledger().bundles().await?.iter().filter(|bundle| bundle.recipient == id) {
        let of = copies.iter().find(|copy| copy.copy.plan == bundle.plan);
        digests.extend(of.map(|copy| (copy, bundle.sha256)));
    }
    let mut found: Option<(Copy, Digest, String)> = None;
    // Whoever signed with a key that was replaced since has signed all the same; who holds a revoked one is unknown.
    for key in own.filter(|key| key.status != earmark_store::KeyStatus::Revoked) {
        for (copy, digest) in &digests {
            match check_receipt(&key.public_text, digest, signature, desk.now()) {
                Ok(()) => found = Some(((*copy).clone(), *digest, key.fingerprint.clone())),
                Err(ReceiptError::Unfit) => {}
                Err(why @ ReceiptError::OutOfForce) => {
                    return Err(DeskError::because(Kind::Refused, "this is no receipt", why));
                }
                Err(other) => {
                    return Err(DeskError::because(Kind::Malformed, "this is no receipt", other));
                }
            }
        }
    }
    let Some((copy, over, fingerprint)) = found else {
        return Err(DeskError::new(Kind::Refused, format!("no key of `{recipient}` signed a receipt for one of its copies so"))
            .hint("the recipient signs the two lines `earmark receipt` and the SHA-256 of its bundle with `ssh-keygen -Y sign -n earmark-receipt` or `gpg --armor --detach-sign`; an age key cannot sign"));
    };
    let copy_sha256 = copy.copy.copy_sha256.to_string();
    let receipt = |entry, new| Receipt {
        recipient: recipient.to_owned(),
        copy_sha256: copy_sha256.clone(),
        over: over.to_string(),
        fingerprint: fingerprint.clone(),
        entry,
        copy_entry: copy.log_index,
        new,
    };
    let rows = Rows::read(desk).await?;
    let same = |document: &Value| document.get("signature").and_then(Value::as_str) == Some(signature);
    if let Some((entry, _)) = rows.documents(EntryKind::Receipt).find(|(_, document)| same(document)) {
        return Ok(receipt(entry, false));
    }
    let now = desk.now();
    let document = json!({
        "at": now.rfc3339(),
        "copy": copy_sha256,
        "fingerprint": fingerprint,
        "kind": "receipt",
        "over": over.to_string(),
        "recipient": recipient,
        "signature": signature,
    });
    let statement = statements::fresh(desk, EntryKind::Receipt, &document, now)?;
    let entry = desk.ledger().add_statements(&[statement]).await?;
    Ok(receipt(entry, true))
}
