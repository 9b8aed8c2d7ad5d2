//! Giving a document of CSAF 2.0 the fields of 2.1, as the draft has them that `csaf-validator-lib` 2.0 checks.
//!
//! After the standard's own rules for a converter (CSAF 2.1, conformance clause 18), without those that guess.

use serde_json::{Map, Value, json};

use super::older::each_helper;

/// The address of the schema.
const SCHEMA: &str = "https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json";

/// 2.1 wants to know of which version of the list of weaknesses a name is; 2.0 does not say.
const CWE_VERSION: &str = "4.15";

/// Converts in place; `label` is the label without `TLP:`.
pub(super) fn to_2_1(document: &mut Value, label: &str, remarks: &mut Vec<String>) {
    if let Some(object) = document.as_object_mut() {
        object.insert("$schema".to_owned(), json!(SCHEMA));
    }
    if let Some(inner) = document.get_mut("document").and_then(Value::as_object_mut) {
        inner.insert("csaf_version".to_owned(), json!("2.1"));
        let tlp = inner.get_mut("distribution").and_then(|distribution| distribution.get_mut("tlp"));
        if let Some(tlp) = tlp.and_then(Value::as_object_mut) {
            tlp.insert("label".to_owned(), json!(label));
        }
    }
    if let Some(tree) = document.get_mut("product_tree") {
        each_helper(tree, &mut helper);
    }
    let vulnerabilities = document.get_mut("vulnerabilities").and_then(Value::as_array_mut);
    for (n, vulnerability) in vulnerabilities.into_iter().flatten().enumerate() {
        let Some(vulnerability) = vulnerability.as_object_mut() else { continue };
        if let Some(date) = vulnerability.remove("release_date") {
            vulnerability.insert("disclosure_date".to_owned(), date);
        }
        if let Some(Value::Object(mut cwe)) = vulnerability.remove("cwe") {
            cwe.insert("version".to_owned(), json!(CWE_VERSION));
            remarks.push(format!("/vulnerabilities/{n}/cwes: taken to be of CWE {CWE_VERSION}"));
            vulnerability.insert("cwes".to_owned(), json!([cwe]));
        }
        if let Some(Value::Array(scores)) = vulnerability.remove("scores") {
            vulnerability.insert("metrics".to_owned(), scores.into_iter().map(metric).collect());
        }
    }
}

fn metric(score: Value) -> Value {
    let Value::Object(mut content) = score else { return score };
    let products = content.remove("products").unwrap_or_default();
    json!({ "content": content, "products": products })
}

fn helper(helper: &mut Map<String, Value>) {
    if let Some(purl) = helper.remove("purl") {
        helper.insert("purls".to_owned(), json!([purl]));
    }
    // Here a number without a star is a whole one; in 2.0 it was the beginning of one.
    for name in ["model_numbers", "serial_numbers", "skus"] {
        for number in helper.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(text) = number.as_str().filter(|text| !text.ends_with('*')) {
                *number = json!(format!("{text}*"));
            }
        }
    }
}
