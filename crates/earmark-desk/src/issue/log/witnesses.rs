//! Partners as witnesses: they follow the log, and sign that it only grew.

use std::fs;
use std::path::Path;

use earmark_log::{
    Audit, Checkpoint, KeyKind, Note, NoteSignature, Seen, SignerKey, VerifierKey, audit, cosign, hex,
    unhex32,
};
use earmark_seal::SecretKey;
use earmark_store::Cosignature;
use serde::{Deserialize, Serialize};

use super::identity::own_trust;
use super::publish::read_head;
use crate::clock::Clock;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};

/// What a witness keeps in its file: the key, and the largest head it has seen of each log.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessFile {
    /// The witness's name.
    pub name: String,
    /// The seed of its key, in hexadecimal digits: a secret.
    seed: String,
    /// What was seen.
    #[serde(default)]
    seen: Vec<SeenHead>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeenHead {
    origin: String,
    size: u64,
    root: String,
}

/// A new witness's public half.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Made {
    /// The witness's name.
    pub name: String,
    /// What the log's owner needs.
    pub key: String,
}

/// A cosignature as a witness gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cosigned {
    /// The log's name.
    pub origin: String,
    /// The head's size.
    pub size: u64,
    /// The signature line.
    pub line: String,
}

fn signer(file: &WitnessFile) -> Result<SignerKey, DeskError> {
    let malformed = || DeskError::new(Kind::Malformed, "the witness's file is malformed");
    let seed = unhex32(&file.seed).ok_or_else(malformed)?;
    SignerKey::from_seed(&file.name, KeyKind::MlDsa44, &seed).map_err(|source| {
        DeskError::because(Kind::Malformed, "a witness cannot have this name", source)
            .hint("take an address of yours without the scheme, such as `partner.example/witness`")
    })
}

/// Makes a witness with a fresh ML-DSA-44 key.
///
/// # Errors
/// Malformed when the name cannot be a key's.
pub fn make(name: &str) -> Result<(WitnessFile, Made), DeskError> {
    let file =
        WitnessFile { name: name.to_owned(), seed: hex(SecretKey::generate().expose()), seen: Vec::new() };
    let key = signer(&file)?.verifier().to_string();
    Ok((file, Made { name: name.to_owned(), key }))
}

/// Follows a published log as a witness: audits it, checks that it continues what was seen, signs its newest head.
///
/// `file` then knows what was seen: keep it before handing out the signature. Needs no vault.
///
/// # Errors
/// Refused when the log is not sound, or does not continue what was seen.
pub fn witness(
    file: &mut WitnessFile,
    folder: &Path,
    keys: &[String],
    clock: &dyn Clock,
) -> Result<Cosigned, DeskError> {
    let mut trust = super::parse_trust(keys, Some(folder))?;
    let key = signer(file)?;
    let Audit { tree, faults, checkpoints, .. } =
        audit(folder, &trust).map_err(|fault| DeskError::io("read", &fault.path, fault.source))?;
    if let Some(fault) = faults.first() {
        return Err(DeskError::new(
            Kind::Refused,
            format!("the log is not sound, nothing was signed: {fault}"),
        ));
    }
    let (size, (note, _)) = checkpoints
        .into_iter()
        .next_back()
        .ok_or_else(|| DeskError::new(Kind::NotFound, "the log has no checkpoint"))?;
    let origin = trust.log.first().map(|key| key.name().to_owned()).unwrap_or_default();
    let malformed = || DeskError::new(Kind::Malformed, "the witness's file is malformed");
    let seen = match file.seen.iter().find(|seen| seen.origin == origin) {
        Some(seen) => Some(Seen {
            origin: origin.clone(),
            size: seen.size,
            root: seen.root.parse().map_err(|_| malformed())?,
        }),
        None => None,
    };
    let from = seen.as_ref().map_or(0, |seen| seen.size);
    let forked = |why: String| {
        DeskError::new(Kind::Refused, format!("nothing was signed: {why}"))
            .hint("keep this folder and your file: a log that shows two histories is convicted by them")
    };
    let proof = tree
        .consistency(from, size)
        .map_err(|_| forked(format!("the log shrank from {from} to {size} entries")))?;
    // Whether others signed is not this witness's business.
    trust.witnesses.clear();
    let at = u64::try_from(clock.now().0.div_euclid(1000)).unwrap_or(0);
    let (signature, now) =
        cosign(&note, &trust, seen.as_ref(), &proof, &key, at).map_err(|why| forked(why.to_string()))?;
    file.seen.retain(|seen| seen.origin != origin);
    file.seen.push(SeenHead { origin: now.origin, size: now.size, root: now.root.to_string() });
    Ok(Cosigned { origin, size, line: signature.to_string() })
}

/// Reads a witness's file.
///
/// # Errors
/// When it is not there, or malformed.
pub fn read(path: &Path) -> Result<WitnessFile, DeskError> {
    let text = fs::read_to_string(path).map_err(|source| DeskError::io("read", path, source))?;
    serde_json::from_str(&text).map_err(|source| {
        DeskError::because(Kind::Malformed, format!("`{}` is no file of a witness", path.display()), source)
    })
}

/// Writes a witness's file, beside its place and then renamed, readable by its owner only.
///
/// # Errors
/// When the disk refuses.
pub fn write(file: &WitnessFile, path: &Path) -> Result<(), DeskError> {
    use std::io::Write;
    let text = serde_json::to_string_pretty(file)
        .map_err(|source| DeskError::because(Kind::Bug, "the witness's file cannot be written", source))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |source| DeskError::io("write", path, source);
    // A temporary file is made readable by its owner only.
    let mut beside = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    beside.write_all(text.as_bytes()).and_then(|()| beside.as_file().sync_all()).map_err(failed)?;
    beside.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Lets the holder of `key` cosign this vault's log.
///
/// # Errors
/// Malformed when it is no key that cosigns.
pub async fn add(desk: &Desk, key: &str) -> Result<Made, DeskError> {
    let parsed: VerifierKey = key
        .parse()
        .map_err(|source| DeskError::because(Kind::Malformed, "this is no key of a witness", source))?;
    let own = own_trust(desk).await?;
    if parsed.kind() == KeyKind::Ed25519 || own.log.iter().any(|one| one.name() == parsed.name()) {
        return Err(DeskError::new(Kind::Refused, "this key cannot cosign: it is a log's")
            .hint("a witness makes its key with `earmark log witness new`"));
    }
    desk.ledger().add_witness(&parsed.to_string()).await?;
    Ok(Made { name: parsed.name().to_owned(), key: parsed.to_string() })
}

/// Keeps a cosignature under the head that it is for; publishing shows it.
///
/// # Errors
/// Refused when it does not fit the head or is by no witness.
pub async fn accept(desk: &Desk, new: &Cosigned) -> Result<(), DeskError> {
    let trust = own_trust(desk).await?;
    let head = desk.ledger().heads().await?.into_iter().find(|head| head.size == new.size);
    let head = head.ok_or_else(|| {
        DeskError::new(Kind::NotFound, format!("the log has no checkpoint of {} entries", new.size))
    })?;
    let (note, checkpoint): (Note, Checkpoint) = read_head(&head)?;
    let refused = |why: &str| DeskError::new(Kind::Refused, format!("this cosignature is not kept: {why}"));
    if new.origin != checkpoint.origin {
        return Err(refused("it is for another log"));
    }
    let signature = NoteSignature::parse(&new.line)
        .ok_or_else(|| DeskError::new(Kind::Malformed, "this is no signature line"))?;
    let key = trust.witnesses.iter().find(|key| key.name() == signature.name && key.id() == signature.id);
    let key = key.ok_or_else(|| {
        refused("it is by no witness of this log").hint("add the witness with `earmark log witness add KEY`")
    })?;
    if key.verify(&checkpoint, &signature.bytes).is_none() || note.signatures.contains(&signature) {
        return Err(refused("it does not fit the checkpoint"));
    }
    // The line as it is written again: one signature has one text.
    Ok(desk.ledger().add_cosignature(&Cosignature { size: new.size, line: signature.to_string() }).await?)
}
