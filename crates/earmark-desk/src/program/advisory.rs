//! A disclosure's advisory as others exchange it: CSAF and CVE records, in and out.
//!
//! The file that was taken in is kept as it was; the advisory in force is the one that the history names last. What the
//! ledger knows better (label, embargo, revisions, likelihood) is laid over it whenever it is written.

use earmark_model::{Digest, UnixMillis};
use earmark_papers::{
    ADVISORY_LIMIT, Advisory, CsafError, CveError, Likelihood, Overlay, ReadAdvisory, Release, Revision,
    Written, cve_record, is_cve_record, parse_json, read_cve, read_document, write_csaf,
};
pub use earmark_papers::{CsafVersion, csaf_file_name};
use earmark_store::{Act, Disclosure, Embargo, Exploitation, InstantState, Stage, StoreError, Tlp};
use serde_json::{Value, json};

use super::disclosure::NewDisclosure;
use super::matter::Matter;
use crate::actor::{self, Right, slug};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::setting;

/// Where the address is kept that stands for the publisher in documents.
const NAMESPACE: &str = "publisher.namespace";

/// The verb of the history under which a file was taken in.
const TAKEN: &str = "advisory";

/// How a document is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The version of CSAF.
    pub version: CsafVersion,
    /// As everybody may have it: only after the public instant.
    pub public: bool,
    /// The publisher's address, for an advisory of which no file was taken in; kept for the next time.
    pub namespace: Option<String>,
}

/// Reads a file, a CSAF document or a CVE record; what cannot be read is malformed.
fn read(bytes: &[u8]) -> Result<ReadAdvisory, DeskError> {
    let refused = |source: CsafError| {
        let what = "this is no advisory that can be read";
        DeskError::because(Kind::Malformed, what, source)
    };
    let document = parse_json(bytes).map_err(refused)?;
    let read = if is_cve_record(&document) { read_cve(&document) } else { read_document(document) };
    read.map_err(refused)
}

/// Reads the file of an advisory, refusing early what is too long.
///
/// # Errors
/// When it cannot be read, or is too long.
pub fn read_file(path: &std::path::Path) -> Result<Vec<u8>, DeskError> {
    use std::io::Read;
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(ADVISORY_LIMIT as u64 + 1).read_to_end(&mut bytes))
        .map_err(|source| DeskError::io("read", path, source))?;
    Ok(bytes)
}

/// Fills what `new` leaves open from an advisory's file: title, CVE ids, severity, vector, label, public instant. Gives
/// what of the file is not taken.
///
/// A file that is for everybody is taken as TLP:AMBER while its instant is to come, unless `label` says otherwise: it was
/// written for that instant.
///
/// # Errors
/// Malformed when the file is no advisory.
pub fn prefill(
    desk: &Desk,
    new: &mut NewDisclosure,
    label: Option<Tlp>,
    bytes: &[u8],
) -> Result<Vec<String>, DeskError> {
    let ReadAdvisory { advisory, mut remarks } = read(bytes)?;
    if new.title.is_empty() {
        advisory.title().clone_into(&mut new.title);
    }
    if new.cves.is_empty() {
        new.cves = advisory.cves();
    }
    if let Some(score) = advisory.highest_score().filter(|_| new.severity.is_none() && new.cvss.is_none()) {
        new.severity = Some(format!("{}.{}", score.tenths / 10, score.tenths % 10));
        new.cvss = Some(score.vector);
    }
    if new.public.is_none() {
        new.public = advisory.public_at().filter(|at| *at > desk.now()).map(UnixMillis::rfc3339);
    }
    let stated = advisory.label().and_then(|label| label.parse::<Tlp>().ok());
    new.tlp = match (label, stated) {
        (Some(label), _) => label,
        (None, Some(Tlp::Clear)) => {
            remarks.push("labeled for everybody: taken as TLP:AMBER until it is public".to_owned());
            Tlp::Amber
        }
        (None, stated) => stated.unwrap_or(Tlp::Amber),
    };
    Ok(remarks)
}

/// Takes the file of an advisory in as a disclosure's content, in place of an earlier one; gives what of it is not taken.
///
/// # Errors
/// Malformed when it is none, not found without the disclosure.
pub async fn take_in(desk: &Desk, id: &str, bytes: Vec<u8>) -> Result<Vec<String>, DeskError> {
    let matter = Matter::load(desk, id, Right::Manage).await?;
    let ReadAdvisory { advisory, remarks } = read(&bytes)?;
    let digest = desk.put_blob(bytes).await?;
    desk.ledger().keep_blob(&digest, "an advisory", desk.now()).await?;
    let particulars = json!({ "sha256": digest.to_string(), "tracking_id": advisory.tracking_id() });
    let change = matter.change(desk, TAKEN, &particulars);
    desk.ledger().change_disclosure(&change, desk.now()).await?;
    Ok(remarks)
}

/// Writes a disclosure's advisory as of now.
///
/// # Errors
/// Not found without the disclosure; refused when it is wanted for everybody before its instant, or when neither a file
/// nor the publisher's address is known.
pub async fn csaf(desk: &Desk, id: &str, wanted: &Wanted) -> Result<Written, DeskError> {
    let disclosure = desk.ledger().disclosure(&slug(id)?).await?;
    let acts = desk.ledger().acts("disclosure", disclosure.id.as_str()).await?;
    let release = release(desk, &disclosure).await?;
    if wanted.public && !matches!(release, Release::Public(_)) {
        return Err(DeskError::new(Kind::Refused, format!("disclosure `{id}` is not public yet"))
            .hint("without `--public` the document has the disclosure's own label"));
    }
    if let Some(namespace) = &wanted.namespace {
        keep_namespace(desk, namespace).await?;
    }
    let title = disclosure.title.as_str();
    let file = match taken(&acts)? {
        Some((_, digest)) => Some(read(&desk.get_blob(digest).await?)?.advisory),
        None => None,
    };
    let advisory = match file {
        Some(file) if file.has_publisher() => file,
        Some(file) => file.adopted(id, desk.name(), &namespace(desk).await?),
        None => Advisory::bare(id, title, desk.name(), &namespace(desk).await?),
    };
    let label = if wanted.public { Tlp::Clear } else { disclosure.tlp };
    Ok(write_csaf(&advisory, &overlay(&disclosure, &acts, release, label)?, wanted.version))
}

/// The file in force: the place of its act in the history, and its digest.
fn taken(acts: &[Act]) -> Result<Option<(usize, Digest)>, DeskError> {
    let Some(at) = acts.iter().rposition(|one| one.act.act == TAKEN) else { return Ok(None) };
    let damaged = || StoreError::Damaged("the history names no advisory".to_owned());
    let document = acts.get(at).map(particulars).ok_or_else(damaged)?;
    let digest = document.get("sha256").and_then(Value::as_str).and_then(|text| text.parse().ok());
    Ok(Some((at, digest.ok_or_else(damaged)?)))
}

fn particulars(act: &Act) -> Value {
    serde_json::from_str(&act.act.document).unwrap_or_default()
}

async fn namespace(desk: &Desk) -> Result<String, DeskError> {
    desk.ledger().setting(NAMESPACE).await?.ok_or_else(|| {
        DeskError::new(Kind::Refused, "nobody said yet which address stands for the publisher").hint(
            "give it once with `--namespace https://...`, or take a CSAF file in with `earmark disclosure advisory`",
        )
    })
}

/// Writes the CVE record of a disclosure's vulnerability as of now: of `cve`, or of its only one. `organization` is the
/// UUID of the CNA.
///
/// # Errors
/// As [`csaf`]; refused when the advisory has not what a record must have, or has several ids and none is named.
pub async fn cve(desk: &Desk, id: &str, cve: Option<&str>, organization: &str) -> Result<Written, DeskError> {
    let wanted = Wanted { version: CsafVersion::V2_0, public: false, namespace: None };
    let Written { document, remarks } = csaf(desk, id, &wanted).await?;
    let mut ids = document.get("vulnerabilities").and_then(Value::as_array).into_iter().flatten();
    let mut next = || ids.find_map(|one| one.get("cve")?.as_str());
    let refused = |why: &str| DeskError::new(Kind::Refused, format!("disclosure `{id}` {why}"));
    let cve = match (cve, next(), next()) {
        (Some(cve), _, _) | (None, Some(cve), None) => cve,
        (None, None, _) => return Err(refused("has no CVE id").hint("give it with its advisory")),
        (None, Some(_), Some(_)) => return Err(refused("has several CVE ids").hint("name one with `--id`")),
    };
    let record = cve_record(&document, cve, organization).map_err(|source| {
        let kind = if matches!(source, CveError::Organization(_)) { Kind::Malformed } else { Kind::Refused };
        DeskError::because(kind, format!("no CVE record of `{id}` can be written"), source)
    })?;
    Ok(Written { document: record, remarks })
}

async fn keep_namespace(desk: &Desk, namespace: &str) -> Result<(), DeskError> {
    actor::require(desk, Right::Manage).await?;
    let host = namespace.strip_prefix("https://").unwrap_or_default();
    let plain =
        |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}');
    if host.is_empty() || host.starts_with('/') || !host.chars().all(plain) {
        return Err(DeskError::new(Kind::Malformed, format!("`{namespace}` is no address of a publisher"))
            .hint("such as `https://psirt.example.com`"));
    }
    setting::keep(desk, NAMESPACE, namespace).await
}

async fn release(desk: &Desk, disclosure: &Disclosure) -> Result<Release, DeskError> {
    let instants = desk.ledger().stage_instants(&disclosure.id).await?;
    let fired = instants
        .iter()
        .find(|one| one.stage == Stage::Public && one.state == InstantState::Released)
        .map(|one| one.fired.unwrap_or(one.at));
    Ok(match (fired, disclosure.embargo, disclosure.public_at) {
        (Some(at), _, _) => Release::Public(at),
        // Broken and not yet published: nobody may pass it on all the same.
        (None, Embargo::Active | Embargo::Revised | Embargo::Exited, Some(at)) => Release::Embargoed(at),
        (None, _, _) => Release::Draft,
    })
}

fn overlay(
    disclosure: &Disclosure,
    acts: &[Act],
    release: Release,
    label: Tlp,
) -> Result<Overlay, DeskError> {
    let file = taken(acts)?.map(|(at, _)| at);
    let mut revisions = Vec::new();
    let (mut outside, mut since) = (None, disclosure.added);
    for (n, one) in acts.iter().enumerate() {
        let document = particulars(one);
        if one.act.act == "breach" {
            since = one.act.at;
            outside = if document["breach"] == "late" { Some(one.act.at) } else { outside };
        }
        if let Some(summary) = summary(&one.act.act, &document) {
            let before_file = file.is_some_and(|file| n <= file);
            revisions.push(Revision { at: one.act.at, summary: summary.to_owned(), before_file });
        }
    }
    let likelihood = match disclosure.exploitation {
        Exploitation::Unproven => Likelihood::Unproven,
        Exploitation::Likely => Likelihood::Likely,
        Exploitation::Exploited => Likelihood::Exploited,
    };
    Ok(Overlay {
        title: disclosure.title.clone(),
        exercise: disclosure.exercise,
        label: label.to_string(),
        cves: disclosure.cves.clone(),
        cvss: disclosure.cvss.clone(),
        release,
        zone: disclosure.zone.clone(),
        deploy_early: disclosure.deploy_early,
        broken: disclosure.broken,
        likelihood: (likelihood, since),
        outside,
        revisions,
    })
}

/// What an act of the history means to a reader of the advisory; `None` for what is no concern of theirs. Nothing of the
/// act's own words: they are the owner's.
fn summary(act: &str, document: &Value) -> Option<&'static str> {
    Some(match act {
        "add" => "First edition.",
        TAKEN => "Content revised.",
        "accept" => "Terms of the embargo accepted.",
        "revise" if document["public"].is_string() => "Public instant moved.",
        "breach" if document["breach"] == "early" => "The embargo was broken.",
        "breach" => "Material was seen outside; exploitation is to be expected.",
        "publish" => "Publication brought forward.",
        "release" if document["stage"] == "public" => "Published.",
        _ => return None,
    })
}
