use earmark_model::UnixMillis;
use serde_json::{Value, json};

use super::instant;

/// An advisory's content, in the fields of CSAF 2.0.
#[derive(Debug, Clone, PartialEq)]
pub struct Advisory {
    pub(super) document: Value,
}

/// A CVSS score as an advisory states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CvssScore {
    /// The base score times ten, 0 to 100.
    pub tenths: u8,
    /// The vector.
    pub vector: String,
}

impl Advisory {
    /// Takes a document that has the right shape.
    pub(crate) fn of(document: Value) -> Self {
        Self { document }
    }

    /// An advisory that has nothing but its name: of the profile "CSAF base", since it knows no products.
    #[must_use]
    pub fn bare(id: &str, title: &str, publisher: &str, namespace: &str) -> Self {
        let document = json!({
            "document": { "category": "csaf_base", "csaf_version": "2.0", "lang": "en", "title": title },
        });
        Self { document }.adopted(id, publisher, namespace)
    }

    /// Gives an advisory that knows neither an id nor a publisher these.
    #[must_use]
    pub fn adopted(mut self, id: &str, publisher: &str, namespace: &str) -> Self {
        if self.has_publisher() {
            return self;
        }
        if let Some(inner) = self.document.get_mut("document").and_then(Value::as_object_mut) {
            let publisher = json!({ "category": "vendor", "name": publisher, "namespace": namespace });
            inner.insert("publisher".to_owned(), publisher);
            inner.insert("tracking".to_owned(), json!({ "id": id, "status": "draft" }));
        }
        self
    }

    /// Whether it says who publishes it.
    #[must_use]
    pub fn has_publisher(&self) -> bool {
        self.document.pointer("/document/publisher").is_some()
    }

    fn text(&self, pointer: &str) -> &str {
        self.document.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// Its title.
    #[must_use]
    pub fn title(&self) -> &str {
        self.text("/document/title")
    }

    /// The id that its publisher gave it.
    #[must_use]
    pub fn tracking_id(&self) -> &str {
        self.text("/document/tracking/id")
    }

    pub(super) fn vulnerabilities(&self) -> impl Iterator<Item = &Value> {
        self.document.get("vulnerabilities").and_then(Value::as_array).into_iter().flatten()
    }

    /// The CVE ids of its vulnerabilities, each once, in their order.
    #[must_use]
    pub fn cves(&self) -> Vec<String> {
        let mut cves: Vec<String> = Vec::new();
        for id in self.vulnerabilities().filter_map(|one| one.get("cve")?.as_str()) {
            if cves.iter().all(|cve| cve != id) {
                cves.push(id.to_owned());
            }
        }
        cves
    }

    /// Its label in the words of TLP 2.0, `TLP:AMBER`; none where it states none.
    ///
    /// A text of the form `TLP v2.0: TLP:AMBER+STRICT` goes before the label: CSAF 2.0 has only the labels of TLP 1.0
    /// (rule of the standard's converter from 2.0 to 2.1).
    #[must_use]
    pub fn label(&self) -> Option<String> {
        const LABELS: [&str; 5] = ["TLP:AMBER+STRICT", "TLP:AMBER", "TLP:CLEAR", "TLP:GREEN", "TLP:RED"];
        let text = self.text("/document/distribution/text");
        let stated = text.split_once("TLP v2.0: ").and_then(|(_, rest)| {
            LABELS.iter().find(|label| rest.starts_with(*label)).map(|label| (*label).to_owned())
        });
        stated.or_else(|| match self.text("/document/distribution/tlp/label") {
            "" => None,
            "WHITE" => Some("TLP:CLEAR".to_owned()),
            other => Some(format!("TLP:{other}")),
        })
    }

    /// The highest CVSS score of version 3 that it states.
    #[must_use]
    pub fn highest_score(&self) -> Option<CvssScore> {
        let scores = self.vulnerabilities().filter_map(|one| one.get("scores")?.as_array()).flatten();
        let scored = scores.filter_map(|score| {
            let object = score.get("cvss_v3")?;
            let base = object.get("baseScore")?.as_f64().filter(|base| (0.0..=10.0).contains(base))?;
            // At most 100.
            let tenths = (base * 10.0).round() as u8;
            Some(CvssScore { tenths, vector: object.get("vectorString")?.as_str()?.to_owned() })
        });
        scored.max_by_key(|one| one.tenths)
    }

    /// When the last of its vulnerabilities becomes public, where it says so of any.
    #[must_use]
    pub fn public_at(&self) -> Option<UnixMillis> {
        let dates = self.vulnerabilities().filter_map(|one| one.get("release_date")?.as_str());
        dates.filter_map(instant::parse).max()
    }

    /// Whether its publisher released it already, so that its numbers are taken.
    pub(super) fn released(&self) -> bool {
        matches!(self.text("/document/tracking/status"), "final" | "interim")
    }
}
