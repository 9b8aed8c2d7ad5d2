//! Taking a document of CSAF 2.1 back to the fields of 2.0, as far as those go.

use serde_json::{Map, Value, json};

/// Renames what has an equivalent. What has none stays, and is found to be unknown afterwards.
pub(super) fn to_2_0(document: &mut Value, remarks: &mut Vec<String>) {
    if let Some(object) = document.as_object_mut() {
        object.remove("$schema");
    }
    if let Some(tree) = document.get_mut("product_tree") {
        each_helper(tree, &mut |helper| {
            if let Some(first) = helper.remove("purls").as_ref().and_then(|purls| purls.get(0)) {
                helper.insert("purl".to_owned(), first.clone());
            }
        });
    }
    let vulnerabilities = document.get_mut("vulnerabilities").and_then(Value::as_array_mut);
    for (n, vulnerability) in vulnerabilities.into_iter().flatten().enumerate() {
        let Some(vulnerability) = vulnerability.as_object_mut() else { continue };
        let at = format!("/vulnerabilities/{n}");
        if let Some(date) = vulnerability.remove("disclosure_date") {
            vulnerability.insert("release_date".to_owned(), date);
        }
        cwes(vulnerability, &at, remarks);
        metrics(vulnerability, &at, remarks);
    }
}

fn cwes(vulnerability: &mut Map<String, Value>, at: &str, remarks: &mut Vec<String>) {
    let Some(Value::Array(cwes)) = vulnerability.remove("cwes") else { return };
    if cwes.len() > 1 {
        remarks.push(format!("{at}/cwes: only the first is kept"));
    }
    if let Some(first) = cwes.first() {
        let kept = json!({ "id": first.get("id"), "name": first.get("name") });
        vulnerability.insert("cwe".to_owned(), kept);
    }
}

fn metrics(vulnerability: &mut Map<String, Value>, at: &str, remarks: &mut Vec<String>) {
    let Some(Value::Array(metrics)) = vulnerability.remove("metrics") else { return };
    let mut scores = Vec::new();
    for (n, metric) in metrics.iter().enumerate() {
        let mut score = Map::new();
        for (name, value) in metric.get("content").and_then(Value::as_object).into_iter().flatten() {
            if matches!(name.as_str(), "cvss_v2" | "cvss_v3") {
                score.insert(name.clone(), value.clone());
            } else {
                let name = crate::text::name(name, 60);
                remarks.push(format!("{at}/metrics/{n}/content/{name}: left out, 2.0 has no place for it"));
            }
        }
        if !score.is_empty() {
            score.insert("products".to_owned(), metric.get("products").cloned().unwrap_or(Value::Null));
            scores.push(Value::Object(score));
        }
    }
    if !scores.is_empty() {
        vulnerability.insert("scores".to_owned(), Value::Array(scores));
    }
}

/// Visits every `product_identification_helper` below `value`. The depth is the parser's, which is bounded.
pub(super) fn each_helper(value: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            for (name, inner) in object.iter_mut() {
                match inner {
                    Value::Object(helper) if name == "product_identification_helper" => visit(helper),
                    other => each_helper(other, visit),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each_helper(item, visit)),
        _ => {}
    }
}
