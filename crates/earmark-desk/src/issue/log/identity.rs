//! Who the log is: its name, its keys, its witnesses, and its rhythm.

use earmark_log::{
    KeyKind, Note, Past, SignerKey, Tree, Trust, VerifierKey, VerifierKeyError, handover_proof, own_keys,
    unhex32,
};
use earmark_seal::SecretKey;
use earmark_store::StoreError;
use serde::{Deserialize, Serialize};

use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::setting::keep;

const ORIGIN: &str = "log.origin";
const BLOCK: &str = "log.block";
const CADENCE: &str = "log.cadence_minutes";

/// Entries between two heads are a multiple of this, unless somebody sets it: a full tile.
const DEFAULT_BLOCK: u64 = 256;

/// Minutes between two heads, unless somebody sets it: a day.
const DEFAULT_CADENCE: u64 = 1_440;

/// Steps that anybody would want. Below 2 a head would have no room for what it binds.
const BLOCKS: std::ops::RangeInclusive<u64> = 2..=65_536;

/// What is fixed with the first head.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The log's name: the address it will be served at, without the scheme.
    pub origin: Option<String>,
    /// How many entries, or a multiple of it, lie between two heads.
    pub block: Option<u64>,
    /// Minutes between two heads.
    pub cadence_minutes: Option<u64>,
}

/// The log's name and rhythm, as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rhythm {
    pub(super) origin: String,
    pub(super) block: u64,
    pub(super) cadence_millis: i64,
}

/// The log's two signing keys.
pub(super) fn signers(desk: &Desk, origin: &str) -> Result<[SignerKey; 2], DeskError> {
    signers_of(&desk.other_key("log")?, origin)
}

/// The two signing keys that follow from a key.
pub(super) fn signers_of(key: &SecretKey, origin: &str) -> Result<[SignerKey; 2], DeskError> {
    let signer = |kind, purpose: &str| {
        SignerKey::from_seed(origin, kind, key.derive(purpose).expose()).map_err(bad_name)
    };
    Ok([signer(KeyKind::Ed25519, "log ed25519")?, signer(KeyKind::MlDsa44, "log ml-dsa-44")?])
}

fn bad_name(source: VerifierKeyError) -> DeskError {
    DeskError::because(Kind::Malformed, "the log cannot have this name", source)
        .hint("take the address it will be served at, without the scheme, such as `log.example.com/engine`")
}

/// What is set, or what holds when nothing is.
pub(super) async fn rhythm(desk: &Desk) -> Result<Rhythm, DeskError> {
    let number = async |name: &str, default: u64| -> Result<u64, DeskError> {
        let kept = desk.ledger().setting(name).await?;
        let damaged = || StoreError::Damaged(format!("the setting `{name}` is no number")).into();
        kept.map_or(Ok(default), |text| text.parse().map_err(|_| damaged()))
    };
    let origin = match desk.ledger().setting(ORIGIN).await? {
        Some(origin) => origin,
        // Nobody else's log has this name, since nobody else has this key.
        None => format!("earmark/{:08x}", signers(desk, "earmark")?[0].verifier().id()),
    };
    let block = number(BLOCK, DEFAULT_BLOCK).await?;
    let cadence = number(CADENCE, DEFAULT_CADENCE).await?;
    let cadence_millis = i64::try_from(cadence).unwrap_or(i64::MAX).saturating_mul(60_000);
    // Zero would divide; a damaged ledger must not panic.
    Ok(Rhythm { origin, block: block.clamp(*BLOCKS.start(), *BLOCKS.end()), cadence_millis })
}

/// Keeps what was asked for, before the first head; afterwards it may only be asked for again.
pub(super) async fn fix(desk: &Desk, wanted: &Settings) -> Result<Rhythm, DeskError> {
    let first = desk.ledger().heads().await?.is_empty();
    let now = rhythm(desk).await?;
    let refused = |what: &str| {
        DeskError::new(Kind::Refused, format!("the log's {what} is fixed since its first checkpoint"))
    };
    if let Some(origin) = wanted.origin.as_ref().filter(|origin| **origin != now.origin) {
        signers(desk, origin)?;
        if !first {
            return Err(refused("name"));
        }
        keep(desk, ORIGIN, origin).await?;
    } else if first {
        keep(desk, ORIGIN, &now.origin).await?;
    }
    if let Some(block) = wanted.block {
        if !BLOCKS.contains(&block) {
            return Err(DeskError::new(Kind::Malformed, "a block has 2 to 65536 entries"));
        }
        if block != now.block && !first {
            return Err(refused("block"));
        }
        keep(desk, BLOCK, &block.to_string()).await?;
    }
    if let Some(minutes) = wanted.cadence_minutes {
        keep(desk, CADENCE, &minutes.to_string()).await?;
    }
    rhythm(desk).await
}

/// The log's name and rhythm for people: origin, block, cadence in minutes.
///
/// # Errors
/// When the ledger or the log's key cannot be read.
pub async fn settings(desk: &Desk) -> Result<Settings, DeskError> {
    let Rhythm { origin, block, cadence_millis } = rhythm(desk).await?;
    let cadence_minutes = u64::try_from(cadence_millis / 60_000).ok();
    Ok(Settings { origin: Some(origin), block: Some(block), cadence_minutes })
}

/// Keys that the log signed with before, as kept: what proves the handover is reckoned anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Handover {
    /// The entries under their last head.
    pub(super) until: u64,
    /// The entry that binds the next ones.
    pub(super) entry: u64,
    /// What opens it, in hexadecimal digits.
    pub(super) nonce: String,
    /// The keys.
    pub(super) keys: Vec<String>,
}

const HANDOVERS: &str = "log.handovers";

/// All handovers, the oldest first.
pub(super) async fn handovers(desk: &Desk) -> Result<Vec<Handover>, DeskError> {
    let Some(text) = desk.ledger().setting(HANDOVERS).await? else { return Ok(Vec::new()) };
    let damaged = |_| StoreError::Damaged(format!("the setting `{HANDOVERS}`"));
    Ok(serde_json::from_str(&text).map_err(damaged)?)
}

/// Keeps one more.
pub(super) async fn keep_handover(desk: &Desk, new: Handover) -> Result<(), DeskError> {
    let mut all = handovers(desk).await?;
    if !all.iter().any(|one| one.until == new.until) {
        all.push(new);
    }
    let text = serde_json::to_string(&all)
        .map_err(|source| DeskError::because(Kind::Bug, "the handovers cannot be written", source))?;
    keep(desk, HANDOVERS, &text).await
}

/// The keys that this vault's log signs with and signed with, and those of its witnesses.
///
/// # Errors
/// When the log's key is missing or the ledger damaged.
pub async fn own_trust(desk: &Desk) -> Result<Trust, DeskError> {
    let origin = rhythm(desk).await?.origin;
    let log = signers(desk, &origin)?.iter().map(SignerKey::verifier).collect();
    let mut past = Vec::new();
    let handovers = handovers(desk).await?;
    if !handovers.is_empty() {
        let mut tree = Tree::new();
        let last = handovers.last().map_or(0, |one| one.until);
        for entry in desk.ledger().entries(0, last).await? {
            tree.append(&entry.commitment.0);
        }
        let heads = desk.ledger().heads().await?;
        let damaged = || StoreError::Damaged(format!("the setting `{HANDOVERS}`"));
        for one in handovers {
            let keys = one.keys.iter().map(|text| text.parse()).collect::<Result<_, _>>();
            let head = heads.iter().find(|head| head.size == one.until).ok_or_else(damaged)?;
            let note = Note::parse(&head.note).map_err(|_| damaged())?;
            let nonce = unhex32(&one.nonce).ok_or_else(damaged)?;
            let proof = handover_proof(&tree, one.entry, &nonce, note).ok_or_else(damaged)?;
            past.push(Past { until: one.until, keys: keys.map_err(|_| damaged())?, proof });
        }
    }
    let mut witnesses = Vec::new();
    for text in desk.ledger().witnesses().await? {
        let damaged = |why: VerifierKeyError| StoreError::Damaged(format!("the key of a witness: {why}"));
        witnesses.push(text.parse().map_err(damaged)?);
    }
    Ok(Trust { log, past, witnesses, quorum: 0 })
}

/// Whom to trust for a log that is not this vault's: the given verifier keys, and those that the log's folder itself
/// lists. All of them must have signed, so that a given key is enough to know whose log it is.
///
/// # Errors
/// When a text is no verifier key, or without any key the folder has no readable `keys`.
pub fn parse_trust(keys: &[String], folder: Option<&std::path::Path>) -> Result<Trust, DeskError> {
    let listed = match folder {
        Some(folder) => own_keys(folder)
            .map_err(|fault| DeskError::new(Kind::Malformed, format!("the log cannot be read: {fault}"))),
        None => Err(DeskError::new(Kind::Malformed, "no key of the log is given")
            .hint("give the log's verifier key with `--key`, or its folder with `--log`")),
    };
    if keys.is_empty() {
        return listed;
    }
    // What the folder lists is then no matter of trust but of what an audit says of it.
    let mut trust = listed.unwrap_or_default();
    for text in keys {
        let key: VerifierKey = text
            .parse()
            .map_err(|source| DeskError::because(Kind::Malformed, "this is no key of a log", source))?;
        // Who was handed an older key is led to the newer ones by the log.
        if !trust.knows(&key) {
            trust.log.push(key);
        }
    }
    Ok(trust)
}
