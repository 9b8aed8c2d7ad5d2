use serde_json::{Map, Value, json};

use crate::csaf::{Advisory, CsafError, ReadAdvisory, check};

/// Most products that are read of a record.
const PRODUCTS: usize = 10_000;

/// Tells whether a document calls itself a CVE record.
#[must_use]
pub fn is_cve_record(document: &Value) -> bool {
    document.get("dataType").and_then(Value::as_str) == Some("CVE_RECORD")
}

/// Reads a published CVE record of version 5 as an advisory with one vulnerability. It knows neither who publishes the
/// advisory nor its id ([`Advisory::adopt`]).
///
/// # Errors
/// [`CsafError`]: the first thing that is wrong, by its place in the record where it is the record's, else by that in the
/// CSAF document that was made of it.
pub fn read_cve(record: &Value) -> Result<ReadAdvisory, CsafError> {
    let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
    let needed = |pointer: &str| text(pointer).ok_or_else(|| CsafError::Missing { at: pointer.to_owned() });
    let version = needed("/dataVersion")?;
    if !version.starts_with("5.") {
        let (at, found) = ("/dataVersion".to_owned(), format!("`{}`", crate::text::name(version, 20)));
        return Err(CsafError::Shape { at, wanted: "5.x".to_owned(), found });
    }
    let cve = needed("/cveMetadata/cveId")?;
    let state = needed("/cveMetadata/state")?;
    if state != "PUBLISHED" {
        let (at, found) = ("/cveMetadata/state".to_owned(), format!("`{}`", crate::text::name(state, 20)));
        return Err(CsafError::Shape { at, wanted: "`PUBLISHED`".to_owned(), found });
    }
    let Some(cna) = record.pointer("/containers/cna").filter(|cna| cna.is_object()) else {
        return Err(CsafError::Missing { at: "/containers/cna".to_owned() });
    };
    let mut remarks = Vec::new();
    let products = products(cna, &mut remarks);
    let descriptions: Vec<&str> = prose(cna, "descriptions");
    let title = cna.get("title").and_then(Value::as_str).or_else(|| descriptions.first().copied());
    let title = title.map_or_else(|| cve.to_owned(), |title| title.lines().next().unwrap_or(cve).to_owned());
    let mut one = Map::new();
    one.insert("cve".to_owned(), json!(cve));
    one.insert("title".to_owned(), json!(title));
    let note = |text: &str| json!({ "category": "description", "text": text });
    put(&mut one, "notes", descriptions.into_iter().map(note).collect());
    if let Some(date) = cna.get("datePublic") {
        one.insert("release_date".to_owned(), date.clone());
    }
    put(&mut one, "scores", scores(cna, &products.affected));
    let remedies = |list: &str, category: &str| -> Vec<Value> {
        let about = &products.affected;
        let remedy = |text: &str| json!({ "category": category, "details": text, "product_ids": about });
        if about.is_empty() { Vec::new() } else { prose(cna, list).into_iter().map(remedy).collect() }
    };
    let remedies = [remedies("solutions", "vendor_fix"), remedies("workarounds", "workaround")].concat();
    put(&mut one, "remediations", remedies);
    let threat = |text: &str| json!({ "category": "exploit_status", "details": text });
    put(&mut one, "threats", prose(cna, "exploits").into_iter().map(threat).collect());
    let full = !products.status.is_empty();
    if full {
        one.insert("product_status".to_owned(), Value::Object(products.status));
    }
    let mut inner = Map::new();
    inner.insert("category".to_owned(), json!(if full { "csaf_security_advisory" } else { "csaf_base" }));
    inner.insert("lang".to_owned(), json!("en"));
    inner.insert("title".to_owned(), json!(title));
    put(&mut inner, "references", references(cna));
    let mut document = json!({ "document": inner, "vulnerabilities": [one] });
    if full {
        document["product_tree"] = json!({ "branches": products.branches });
    }
    // Held against the shape of CSAF like everything that is read, with what an advisory of CSAF has besides.
    let mut whole = document.clone();
    let instant = "2026-03-01T17:00:00Z";
    whole["document"]["csaf_version"] = json!("2.0");
    whole["document"]["publisher"] =
        json!({ "category": "other", "name": "x", "namespace": "https://x.example" });
    whole["document"]["tracking"] = json!({
        "current_release_date": instant, "id": "x", "initial_release_date": instant, "status": "draft", "version": "1",
        "revision_history": [{ "date": instant, "number": "1", "summary": "x" }],
    });
    remarks.extend(check(&mut whole)?);
    let advisory = Advisory::of(document);
    Ok(ReadAdvisory { advisory, remarks })
}

fn put(object: &mut Map<String, Value>, name: &str, list: Vec<Value>) {
    if !list.is_empty() {
        object.insert(name.to_owned(), Value::Array(list));
    }
}

fn items<'a>(value: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    value.get(list).and_then(Value::as_array).into_iter().flatten()
}

/// The English texts of a list of prose, or all where none is.
fn prose<'a>(cna: &'a Value, list: &str) -> Vec<&'a str> {
    let texts = |only: bool| -> Vec<&'a str> {
        items(cna, list)
            .filter(|item| {
                !only || item.get("lang").and_then(Value::as_str).is_some_and(|lang| lang.starts_with("en"))
            })
            .filter_map(|item| item.get("value")?.as_str().filter(|text| !text.is_empty()))
            .collect()
    };
    let english = texts(true);
    if english.is_empty() { texts(false) } else { english }
}

fn references(cna: &Value) -> Vec<Value> {
    let reference = |item: &Value| {
        let url = item.get("url")?.as_str()?;
        let name = item.get("name").and_then(Value::as_str).filter(|name| !name.is_empty()).unwrap_or(url);
        Some(json!({ "category": "external", "summary": name, "url": url }))
    };
    items(cna, "references").filter_map(reference).collect()
}

fn scores(cna: &Value, products: &[String]) -> Vec<Value> {
    let score = |metric: &Value| {
        let v3 = metric.get("cvssV3_1").or_else(|| metric.get("cvssV3_0"));
        let (name, cvss) = match (v3, metric.get("cvssV2_0")) {
            (Some(cvss), _) => ("cvss_v3", cvss),
            (None, Some(cvss)) => ("cvss_v2", cvss),
            (None, None) => return None,
        };
        let mut score = Map::new();
        score.insert(name.to_owned(), cvss.clone());
        score.insert("products".to_owned(), json!(products));
        Some(Value::Object(score))
    };
    if products.is_empty() { Vec::new() } else { items(cna, "metrics").filter_map(score).collect() }
}

/// The products of a record, as CSAF has them.
#[derive(Default)]
struct Products {
    branches: Vec<Value>,
    status: Map<String, Value>,
    affected: Vec<String>,
}

fn products(cna: &Value, remarks: &mut Vec<String>) -> Products {
    let mut products = Products::default();
    let mut number = 0;
    for (n, item) in items(cna, "affected").enumerate() {
        let text = |name: &str| item.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let Some(name) = text("product").or_else(|| text("packageName")) else {
            remarks.push(format!("/containers/cna/affected/{n}: left out, it names no product"));
            continue;
        };
        let vendor = text("vendor").unwrap_or("unknown");
        let mut leaves = Vec::new();
        let mut leaf = |label: Option<(&str, String)>, status: &str, products: &mut Products| {
            number += 1;
            if number > PRODUCTS {
                return;
            }
            let id = format!("CSAFPID-{number:04}");
            let (list, affected) = match status {
                "affected" => ("known_affected", true),
                "unaffected" => ("known_not_affected", false),
                _ => ("under_investigation", false),
            };
            if affected {
                products.affected.push(id.clone());
            }
            let ids = products.status.entry(list).or_insert_with(|| json!([]));
            if let Some(ids) = ids.as_array_mut() {
                ids.push(json!(id));
            }
            leaves.push(match label {
                Some((category, version)) => json!({
                    "category": category,
                    "name": version,
                    "product": { "name": format!("{vendor} {name} {version}"), "product_id": id },
                }),
                None => json!({
                    "category": "product_version",
                    "name": "unspecified",
                    "product": { "name": format!("{vendor} {name}"), "product_id": id },
                }),
            });
        };
        let default = text("defaultStatus").unwrap_or("unknown");
        for version in items(item, "versions") {
            let text = |name: &str| version.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
            let Some(from) = text("version") else { continue };
            let status = text("status").unwrap_or(default);
            let label = match (text("lessThan"), text("lessThanOrEqual")) {
                (Some(to), _) => ("product_version_range", format!("vers:generic/>={from}|<{to}")),
                (None, Some(to)) => ("product_version_range", format!("vers:generic/>={from}|<={to}")),
                (None, None) if from == "*" => ("product_version_range", "vers:all/*".to_owned()),
                (None, None) => ("product_version", from.to_owned()),
            };
            leaf(Some(label), status, &mut products);
        }
        if items(item, "versions").next().is_none() {
            leaf(None, default, &mut products);
        }
        if !leaves.is_empty() {
            let product = json!({ "branches": leaves, "category": "product_name", "name": name });
            products.branches.push(json!({ "branches": [product], "category": "vendor", "name": vendor }));
        }
    }
    if number > PRODUCTS {
        remarks.push(format!("/containers/cna/affected: only the first {PRODUCTS} products are taken"));
    }
    products
}
