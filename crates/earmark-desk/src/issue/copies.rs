//! Issuing: one copy per recipient, regenerated from the key, recorded before it leaves.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use earmark_mark::SiteTable;
use earmark_model::{AssetName, Digest, Entry, EntryKind, RecipientId, Symbol};
use earmark_store::{NewCopy, Plan, Recorded};
use serde::Serialize;

use super::bundles::{Press, StagedBundle};
use super::dealer::Dealer;
use super::documents;
use super::enclosures::{self, Enclosure};
use super::log::partner_keys::{self, Again};
use super::receivers::{self, Denied, Lock, Receiver};
use super::signing;
use super::staging::Staging;
use super::writing::{self, Staged};
use crate::codes;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::pool;

/// Copies that wait on the disk, for each thread, until they are recorded.
const STAGED_PER_THREAD: usize = 16;

/// Whose copies to make, and how.
#[derive(Debug, Clone)]
pub struct Request {
    /// The asset, or `ASSET@REVISION` with the start of a revision's digest.
    pub asset: String,
    /// `all`, or recipients separated by commas.
    pub to: String,
    /// The folder that copies go to.
    pub out: PathBuf,
    /// Marked trees instead of sealed bundles.
    pub plain: bool,
    /// Before its instant too, sealed to a key that leaves at the instant.
    pub early: bool,
}

/// One copy as issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IssuedCopy {
    /// For whom.
    pub recipient: String,
    /// The sealed file or the marked tree.
    pub bundle: PathBuf,
    /// SHA-256 of the sealed file; none for a tree.
    pub sha256: Option<String>,
    /// The same bundle sealed once more, to the OpenPGP keys of a recipient who has keys of both families.
    pub also: Option<PathBuf>,
    /// Detached signatures of the sealed files, for `ssh-keygen -Y verify` and `minisign -V`; none for a tree.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<PathBuf>,
    /// SHA-256 of the copy's uncompressed deterministic tar.
    pub copy_sha256: String,
    /// Sites that the copy shows.
    pub sites: u64,
    /// Index of its entry in the log's sequence.
    pub log_index: u64,
    /// The entry that says so, where the copy had been made before and was made again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<u64>,
    /// The stage whose key opens it, as `DISCLOSURE STAGE:TIER`, where it was issued before its instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opens_with: Option<String>,
}

/// The answer of `issue`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The copies, in the order of the recipients.
    pub copies: Vec<IssuedCopy>,
    /// Of `all`, those who get none, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub denied: Vec<Denied>,
}

/// A revision in memory, ready for any number of copies.
pub struct Master {
    plan: Plan,
    table: SiteTable,
    files: Vec<(Entry, Arc<Vec<u8>>)>,
    code: earmark_odds::code::Code,
    varies: Option<Enclosure>,
}

/// One recipient's copy in memory.
pub struct MarkedCopy {
    /// Files in the order of the manifest.
    pub files: Vec<(Entry, Arc<Vec<u8>>)>,
    /// Sites that it shows.
    pub sites: u64,
    /// Sites that are not in the original's form.
    pub flipped: u64,
    /// SHA-256 of its uncompressed deterministic tar.
    pub sha256: Digest,
}

impl Master {
    /// Loads the plan in force for `asset`, or for one revision of it.
    ///
    /// # Errors
    /// When there is no such asset or revision, or a blob is missing.
    pub async fn load(desk: &Desk, asset: &str) -> Result<Self, DeskError> {
        let (name, wanted) = asset.split_once('@').map_or((asset, None), |(name, rest)| (name, Some(rest)));
        let name: AssetName = name
            .parse()
            .map_err(|source: earmark_model::IdError| DeskError::new(Kind::Malformed, source.to_string()))?;
        let row = desk.ledger().asset(&name).await?;
        let revision =
            match wanted {
                Some(start) => codes::find_revision(desk, &name, start).await?,
                None => desk.ledger().revisions_of(&name).await?.pop().ok_or_else(|| {
                    DeskError::new(Kind::NotFound, format!("asset `{name}` has no revision"))
                })?,
            };
        let plan = desk.ledger().plans_of(&revision.digest).await?.pop().ok_or_else(|| {
            DeskError::new(Kind::NotFound, format!("revision `{}` has no plan", revision.digest.short()))
        })?;
        let recorded = desk.ledger().code(&name, plan.plan.epoch).await?;
        let code = codes::open(desk, &row.id, plan.plan.epoch, codes::bias_set(&recorded)?)?;
        let table = codes::read_table(desk, &plan.plan.site_table).await?;
        let mut files = Vec::new();
        for entry in desk.manifest(revision.manifest).await?.entries() {
            files.push((entry.clone(), Arc::new(desk.get_blob(entry.sha256).await?)));
        }
        let varies = enclosures::varies(desk, &plan).await?;
        Ok(Self { plan, table, files, code, varies })
    }

    /// A dealer of this revision's positions.
    #[must_use]
    pub fn dealer(&self) -> Dealer<'_> {
        Dealer::new(&self.code, &self.table)
    }

    /// Writes `recipient`'s copy.
    ///
    /// # Errors
    /// When it cannot be packed: a path leads out of its folder.
    pub fn copy_for(&self, dealer: &Dealer<'_>, recipient: &RecipientId) -> Result<MarkedCopy, DeskError> {
        let hand = dealer.deal(recipient);
        let (mut sites, mut flipped) = (0, 0);
        let mut files = Vec::with_capacity(self.files.len());
        for (index, (entry, original)) in (0..).zip(&self.files) {
            let Some(table) = self.table.file(index).filter(|_| entry.kind == EntryKind::File) else {
                files.push((entry.clone(), Arc::clone(original)));
                continue;
            };
            sites += table.sites.len() as u64;
            flipped +=
                table.sites.iter().filter(|site| hand.symbol(site.position) != Symbol(0)).count() as u64;
            let bytes = hand.write(original, table);
            let entry = Entry { length: bytes.len() as u64, sha256: Digest::of(&bytes), ..entry.clone() };
            files.push((entry, Arc::new(bytes)));
        }
        let sha256 = writing::copy_digest(&files)?;
        Ok(MarkedCopy { files, sites, flipped, sha256 })
    }

    /// The files of the original, in the order of the manifest.
    pub fn originals(&self) -> impl Iterator<Item = (&Entry, &[u8])> {
        self.files.iter().map(|(entry, bytes)| (entry, bytes.as_slice()))
    }

    /// In how many sites the copies of two recipients differ.
    #[must_use]
    pub fn differing_sites(&self, dealer: &Dealer<'_>, one: &RecipientId, other: &RecipientId) -> u64 {
        let (one, other) = (dealer.deal(one), dealer.deal(other));
        let sites = self.table.files.iter().flat_map(|file| &file.sites);
        sites.filter(|site| one.symbol(site.position) != other.symbol(site.position)).count() as u64
    }
}

/// Makes a copy for each recipient.
///
/// Each copy is recorded, with its commitment, before it appears in `out`; what is there already is
/// recorded once only, and that it was made again is an entry of its own, which its partner hears of. A killed run leaves whole copies and nothing half.
///
/// # Errors
/// When a recipient is unknown, policy denies it or its instant has not come, it has no usable key (without `plain`), or a copy cannot be written.
pub async fn issue(desk: &Desk, request: &Request) -> Result<Answer, DeskError> {
    let master = Master::load(desk, &request.asset).await?;
    if request.plain && request.early {
        return Err(DeskError::new(Kind::Malformed, "what leaves early is sealed; it cannot be `--plain`"));
    }
    let plan = &master.plan.plan;
    let (receivers, denied) =
        receivers::choose(desk, &request.to, plan.asset.as_str(), &plan.revision, request.early).await?;
    let mut locks = Vec::new();
    for receiver in &receivers {
        locks.push(if request.plain { Lock::default() } else { receivers::lock(desk, receiver).await? });
    }
    // Nothing is sealed to a key that its holder could not find in the log.
    partner_keys::record_changes(desk).await?;
    fs::create_dir_all(&request.out).map_err(|source| DeskError::io("make", &request.out, source))?;
    let staging = Staging::open(&request.out)?;
    if let (true, Some((entry, bytes))) = (request.plain, &master.varies) {
        writing::write_file_through(staging.path(), &request.out.join(entry.path_text()), bytes)?;
    }
    let dealer = master.dealer();
    let signer = signing::signer(desk)?;
    let press = Press { staging: &staging, out: &request.out, signer: &signer, now: desk.now() };
    let mut copies = Vec::with_capacity(receivers.len());
    let jobs: Vec<(&Receiver, &Lock)> = receivers.iter().zip(&locks).collect();
    // Each copy is recorded before it is put in place. Records are written while no core has anything else to do, so
    // they come in groups. A thread more than cores for each: while one waits for the disk, another works.
    let threads = 2 * pool::threads();
    for some in jobs.chunks(threads * STAGED_PER_THREAD) {
        let prepared = pool::map_on(threads, some, |(receiver, lock)| {
            let copy = master.copy_for(&dealer, receiver.id())?;
            prepare(desk, &master, &press, request.plain, receiver, lock, &copy)
        });
        // Those before one that failed are whole, and leave.
        let mut failed = None;
        let finished = prepared.into_iter().map_while(|one| one.map_err(|error| failed = Some(error)).ok());
        copies.extend(hand_over(desk, &master, &request.out, finished.collect()).await?);
        if let Some(error) = failed {
            return Err(error);
        }
    }
    Ok(Answer { copies, denied })
}

/// A copy written beside its place.
struct Prepared {
    recipient: RecipientId,
    opens_with: Option<String>,
    written: Written,
    copy_sha256: Digest,
    sites: u64,
}

enum Written {
    Tree(Staged),
    /// One bundle, and one more for a recipient with keys of both families.
    Bundles(StagedBundle, Option<StagedBundle>),
}

fn prepare(
    desk: &Desk,
    master: &Master,
    press: &Press<'_>,
    plain: bool,
    receiver: &Receiver,
    lock: &Lock,
    copy: &MarkedCopy,
) -> Result<Prepared, DeskError> {
    let folder = receiver.id().folder();
    let written = if plain {
        Written::Tree(writing::stage_tree(press.staging, press.out, &folder, &copy.files)?)
    } else {
        let name = format!("{}-{folder}", master.plan.plan.asset);
        let mut beside = vec![enclosures::copy_note(desk, &master.plan, master.varies.is_some())];
        beside.extend(master.varies.clone());
        let mut bundles = press.bundles(&name, &copy.files, &beside, lock)?.into_iter();
        let first = bundles
            .next()
            .ok_or_else(|| DeskError::new(Kind::Refused, format!("`{}` has no key", receiver.id())))?;
        Written::Bundles(first, bundles.next())
    };
    Ok(Prepared {
        recipient: receiver.id().clone(),
        opens_with: receiver.opens_with(),
        written,
        copy_sha256: copy.sha256,
        sites: copy.sites,
    })
}

/// Records the copies, notes which were made again, and puts each in its place in `out`.
async fn hand_over(
    desk: &Desk,
    master: &Master,
    out: &Path,
    copies: Vec<Prepared>,
) -> Result<Vec<IssuedCopy>, DeskError> {
    let rows = copies
        .iter()
        .map(|copy| {
            row(desk, master, &copy.recipient, copy.copy_sha256, copy.written.bundle_sha256(), copy.sites)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let records = desk.ledger().record_copies(&rows).await?;
    let is_again = |copy: &Prepared, record: &Recorded| !record.new && !copy.written.stands();
    let again: Vec<Again> = copies
        .iter()
        .zip(&records)
        .filter(|(copy, record)| is_again(copy, record))
        .map(|(copy, record)| Again { copy: record.copy.clone(), bundle: copy.written.bundle_sha256() })
        .collect();
    let mut entries = partner_keys::record_again(desk, &again).await?.into_iter();
    let mut issued = Vec::with_capacity(copies.len());
    for (copy, record) in copies.into_iter().zip(records) {
        let again = if is_again(&copy, &record) { entries.next() } else { None };
        issued.push(copy.put_in_place(&record, again)?);
    }
    writing::sync_folder(out)?;
    Ok(issued)
}

impl Written {
    /// Whether the very same copy stands in its place already.
    fn stands(&self) -> bool {
        matches!(self, Self::Tree(Staged::There(_)))
    }

    /// SHA-256 of the sealed file, the first where there are two.
    fn bundle_sha256(&self) -> Option<Digest> {
        match self {
            Self::Tree(_) => None,
            Self::Bundles(first, _) => Some(first.sha256),
        }
    }
}

impl Prepared {
    /// Puts the copy in its place, once its record is there.
    fn put_in_place(self, record: &Recorded, again: Option<u64>) -> Result<IssuedCopy, DeskError> {
        let sha256 = self.written.bundle_sha256().map(|digest| digest.to_string());
        let (bundle, also, signatures) = match self.written {
            Written::Tree(tree) => (tree.put_in_place()?, None, Vec::new()),
            Written::Bundles(first, second) => {
                let (bundle, mut signatures) = first.put_in_place()?;
                let also = second.map(StagedBundle::put_in_place).transpose()?;
                let also = also.map(|(also, more)| {
                    signatures.extend(more);
                    also
                });
                (bundle, also, signatures)
            }
        };
        Ok(IssuedCopy {
            recipient: self.recipient.to_string(),
            bundle,
            also,
            signatures,
            sha256,
            copy_sha256: self.copy_sha256.to_string(),
            sites: self.sites,
            log_index: record.copy.log_index,
            again,
            opens_with: self.opens_with,
        })
    }
}

/// The row of a copy.
fn row(
    desk: &Desk,
    master: &Master,
    recipient: &RecipientId,
    copy_sha256: Digest,
    bundle_sha256: Option<Digest>,
    sites: u64,
) -> Result<NewCopy, DeskError> {
    let issued = desk.now();
    let document = documents::copy(copy_sha256, issued, master.plan.plan.id, recipient);
    Ok(NewCopy {
        plan: master.plan.plan.id,
        recipient: recipient.clone(),
        copy_sha256,
        bundle_sha256,
        sites,
        commitment: desk.commit(&document)?,
        issued,
    })
}

/// Records a copy for every recipient without writing one: for a demonstration whose copies nobody takes.
///
/// # Errors
/// As [`issue`].
pub async fn record_all(desk: &Desk, asset: &str) -> Result<(), DeskError> {
    let master = Master::load(desk, asset).await?;
    let dealer = master.dealer();
    let plan = &master.plan.plan;
    let (receivers, _) = receivers::choose(desk, "all", plan.asset.as_str(), &plan.revision, false).await?;
    let copies = pool::map_in_order(&receivers, |receiver| master.copy_for(&dealer, receiver.id()));
    let mut rows = Vec::with_capacity(receivers.len());
    for (receiver, copy) in receivers.iter().zip(copies) {
        let copy = copy?;
        rows.push(row(desk, &master, receiver.id(), copy.sha256, None, copy.sites)?);
    }
    desk.ledger().record_copies(&rows).await?;
    Ok(())
}
