//! A provider's files around its advisories, ready for any web server: CSAF 2.0, section 7.1, by a directory (requirements
//! 11 to 14) and by a ROLIE feed (15 and 16, RFC 8322).
//!
//! ```text
//! provider-metadata.json             who publishes, and where the rest is
//! white/2026/2026-014.json           the advisories, by the year of their first release
//! white/2026/2026-014.json.sha256    their digests, as `sha256sum -c` checks them
//! white/index.txt                    their paths
//! white/changes.csv                  the same with the instant of the last change, the newest first
//! white/feed.json                    the same as a ROLIE feed
//! ```
//!
//! Not here: restricted feeds, which need a server that asks who is there; signatures.

use std::collections::BTreeMap;

use earmark_model::Digest;
use serde_json::{Value, json};

use super::write::sorted;
use super::{CsafError, file_name};

/// Why no files can be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// The address is none that advisories may be served at.
    #[error("`{0}` is no https address of a folder")]
    Address(String),
    /// An advisory is for some only.
    #[error("`{0}` is not for everybody")]
    Restricted(String),
    /// An advisory lacks a field.
    #[error(transparent)]
    Advisory(#[from] CsafError),
    /// Two advisories have one file name.
    #[error("two advisories are called `{0}`")]
    Twice(String),
}

/// One advisory as it is listed.
struct Listed {
    path: String,
    id: String,
    title: String,
    first: String,
    last: String,
}

/// The files of a provider whose folder is served at `address`, by their paths. The same advisories give the same files.
///
/// # Errors
/// [`ProviderError`].
pub fn provider_files(
    address: &str,
    advisories: &[Value],
) -> Result<BTreeMap<String, Vec<u8>>, ProviderError> {
    let base = base(address)?;
    let (mut files, mut listed) = (BTreeMap::new(), Vec::new());
    for document in advisories {
        let one = list(document)?;
        let bytes = text(document);
        let digest = Digest::of(&bytes);
        let name = one.path.rsplit('/').next().unwrap_or_default();
        files.insert(format!("white/{}.sha256", one.path), format!("{digest}  {name}\n").into_bytes());
        if files.insert(format!("white/{}", one.path), bytes).is_some() {
            return Err(ProviderError::Twice(one.path));
        }
        listed.push(one);
    }
    listed.sort_by(|a, b| (&b.last, &a.path).cmp(&(&a.last, &b.path)));
    let index: String = listed.iter().map(|one| format!("{}\n", one.path)).collect();
    let changes: String = listed.iter().map(|one| format!("\"{}\",\"{}\"\n", one.path, one.last)).collect();
    files.insert("white/index.txt".to_owned(), index.into_bytes());
    files.insert("white/changes.csv".to_owned(), changes.into_bytes());
    files.insert("white/feed.json".to_owned(), text(&feed(&base, &listed)));
    if let Some(publisher) = advisories.first().and_then(|document| document.pointer("/document/publisher")) {
        files.insert("provider-metadata.json".to_owned(), text(&metadata(&base, publisher, &listed)));
    }
    Ok(files)
}

fn base(address: &str) -> Result<String, ProviderError> {
    let base = address.trim_end_matches('/');
    let rest = base.strip_prefix("https://").unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/:%".contains(c);
    if rest.is_empty() || rest.starts_with('/') || !rest.chars().all(plain) {
        return Err(ProviderError::Address(address.to_owned()));
    }
    Ok(base.to_owned())
}

fn list(document: &Value) -> Result<Listed, ProviderError> {
    let at = |pointer: &str| {
        let found = document.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        found.ok_or_else(|| CsafError::Missing { at: pointer.to_owned() })
    };
    let id = at("/document/tracking/id")?;
    let label = document.pointer("/document/distribution/tlp/label").and_then(Value::as_str);
    if label.is_some_and(|label| !matches!(label, "WHITE" | "CLEAR")) {
        return Err(ProviderError::Restricted(id));
    }
    let first = at("/document/tracking/initial_release_date")?;
    let year: String = first.chars().take(4).filter(char::is_ascii_digit).collect();
    Ok(Listed {
        path: format!("{year}/{}", file_name(document)),
        id,
        title: at("/document/title")?,
        first,
        last: at("/document/tracking/current_release_date")?,
    })
}

fn feed(base: &str, listed: &[Listed]) -> Value {
    let here = format!("{base}/white/feed.json");
    let entries: Vec<Value> = listed
        .iter()
        .map(|one| {
            let place = format!("{base}/white/{}", one.path);
            json!({
                "id": one.id,
                "title": one.title,
                "published": one.first,
                "updated": one.last,
                "link": [
                    { "rel": "self", "href": place },
                    { "rel": "hash", "href": format!("{place}.sha256") },
                ],
                "content": { "type": "application/json", "src": place },
                "format": {
                    "schema": "https://docs.oasis-open.org/csaf/csaf/v2.0/csaf_json_schema.json",
                    "version": "2.0",
                },
            })
        })
        .collect();
    json!({ "feed": {
        "id": "csaf-feed-tlp-white",
        "title": "Security advisories (TLP:WHITE)",
        "link": [{ "rel": "self", "href": here }],
        "category": [{ "scheme": "urn:ietf:params:rolie:category:information-type", "term": "csaf" }],
        "updated": updated(listed),
        "entry": entries,
    } })
}

/// When anything last changed.
fn updated(listed: &[Listed]) -> &str {
    listed.first().map_or("1970-01-01T00:00:00Z", |newest| &newest.last)
}

fn metadata(base: &str, publisher: &Value, listed: &[Listed]) -> Value {
    json!({
        "canonical_url": format!("{base}/provider-metadata.json"),
        "distributions": [
            { "directory_url": format!("{base}/white/") },
            { "rolie": { "feeds": [{
                "summary": "Security advisories for everybody",
                "tlp_label": "WHITE",
                "url": format!("{base}/white/feed.json"),
            }] } },
        ],
        "last_updated": updated(listed),
        "list_on_CSAF_aggregators": true,
        "metadata_version": "2.0",
        "mirror_on_CSAF_aggregators": true,
        "public_openpgp_keys": [],
        "publisher": publisher,
        "role": "csaf_provider",
    })
}

/// A document's text, with its keys in order in every build.
fn text(document: &Value) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(&sorted(document.clone())).unwrap_or_default();
    text.push(b'\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advisory(id: &str, first: &str, last: &str, label: &str) -> Value {
        json!({ "document": {
            "title": format!("Flaw {id}"), "distribution": { "tlp": { "label": label } },
            "publisher": { "category": "vendor", "name": "X", "namespace": "https://x.example" },
            "tracking": { "id": id, "initial_release_date": first, "current_release_date": last },
        } })
    }

    #[test]
    fn a_provider_lists_what_it_has_the_newest_first() {
        let older = advisory("2026-001", "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z", "WHITE");
        let newer = advisory("2025/9", "2025-12-01T00:00:00Z", "2026-04-01T00:00:00Z", "WHITE");
        let files = provider_files("https://x.example/csaf/", &[older.clone(), newer]).unwrap();
        let text = |path: &str| std::str::from_utf8(&files[path]).unwrap();
        assert_eq!(text("white/index.txt"), "2025/2025_9.json\n2026/2026-001.json\n");
        assert_eq!(
            text("white/changes.csv"),
            "\"2025/2025_9.json\",\"2026-04-01T00:00:00Z\"\n\"2026/2026-001.json\",\"2026-03-01T00:00:00Z\"\n"
        );
        let digest = Digest::of(&files["white/2026/2026-001.json"]);
        assert_eq!(text("white/2026/2026-001.json.sha256"), format!("{digest}  2026-001.json\n"));
        let metadata: Value = serde_json::from_slice(&files["provider-metadata.json"]).unwrap();
        assert_eq!(metadata["canonical_url"], "https://x.example/csaf/provider-metadata.json");
        assert_eq!(metadata["last_updated"], "2026-04-01T00:00:00Z");
        let feed: Value = serde_json::from_slice(&files["white/feed.json"]).unwrap();
        let source = &feed["feed"]["entry"][1]["content"]["src"];
        assert_eq!(source, "https://x.example/csaf/white/2026/2026-001.json");

        let again = |advisories: &[Value]| provider_files("https://x.example", advisories).unwrap_err();
        assert_eq!(
            again(&[older.clone(), older.clone()]),
            ProviderError::Twice("2026/2026-001.json".to_owned())
        );
        let amber = advisory("2026-2", "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z", "AMBER");
        assert_eq!(again(&[amber]), ProviderError::Restricted("2026-2".to_owned()));
        for address in ["http://x.example", "https://", "https:///x", "https://x.example/\"", "x"] {
            let refused = provider_files(address, std::slice::from_ref(&older)).unwrap_err();
            assert_eq!(refused, ProviderError::Address(address.to_owned()));
        }
    }
}
