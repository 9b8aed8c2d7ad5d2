//! The products of a CSAF product tree as the `affected` list of a CVE record.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// What a product id stands for.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Product {
    vendor: String,
    name: String,
    version: Option<String>,
}

/// What is said of the products of one vendor and name.
#[derive(Debug, Default)]
struct Group {
    /// Each version's status.
    versions: BTreeMap<String, &'static str>,
    /// The status of the product where it is named without a version.
    whole: Option<&'static str>,
}

/// The lists of a product status, each with the word of CVE for it.
const STATUS: [(&str, &str); 8] = [
    ("first_affected", "affected"),
    ("known_affected", "affected"),
    ("last_affected", "affected"),
    ("first_fixed", "unaffected"),
    ("fixed", "unaffected"),
    ("known_not_affected", "unaffected"),
    ("recommended", "unaffected"),
    ("under_investigation", "unknown"),
];

/// The `affected` list for a vulnerability of `document`; empty where it names no product.
pub(super) fn affected(document: &Value, vulnerability: &Value) -> Vec<Value> {
    let publisher = document.pointer("/document/publisher/name").and_then(Value::as_str).unwrap_or("n/a");
    let mut products = BTreeMap::new();
    if let Some(tree) = document.get("product_tree") {
        let unknown = Product { vendor: publisher.to_owned(), ..Product::default() };
        collect(tree, &unknown, &mut products);
    }
    let mut groups: BTreeMap<(&str, &str), Group> = BTreeMap::new();
    for (list, status) in STATUS {
        let ids = vulnerability.pointer(&format!("/product_status/{list}")).and_then(Value::as_array);
        for product in ids.into_iter().flatten().filter_map(|id| products.get(id.as_str()?)) {
            let group = groups.entry((&product.vendor, &product.name)).or_default();
            // What is listed twice is affected: the lists come in that order.
            match &product.version {
                Some(version) => drop(group.versions.entry(version.clone()).or_insert(status)),
                None => drop(group.whole.get_or_insert(status)),
            }
        }
    }
    groups.into_iter().map(|((vendor, name), group)| entry(vendor, name, group)).collect()
}

fn entry(vendor: &str, name: &str, group: Group) -> Value {
    let mut entry = json!({
        "vendor": cut(vendor, 512),
        "product": cut(name, 2_048),
        "defaultStatus": group.whole.unwrap_or("unknown"),
    });
    let version =
        |(version, status): (String, &str)| json!({ "version": cut(&version, 1_024), "status": status });
    let versions: Vec<Value> = group.versions.into_iter().map(version).collect();
    if !versions.is_empty() {
        entry["versions"] = json!(versions);
    }
    entry
}

/// Walks a tree of products, whose depth the parser bounds.
fn collect(value: &Value, above: &Product, products: &mut BTreeMap<String, Product>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, above, products)),
        Value::Object(object) => {
            let mut here = above.clone();
            let text = |name: &str| object.get(name).and_then(Value::as_str);
            match (text("category"), text("name")) {
                (Some("vendor"), Some(name)) => name.clone_into(&mut here.vendor),
                (Some("product_name"), Some(name)) => name.clone_into(&mut here.name),
                (Some("product_family"), Some(name)) if here.name.is_empty() => {
                    name.clone_into(&mut here.name);
                }
                (Some("product_version" | "product_version_range"), Some(name)) => {
                    here.version = Some(name.to_owned());
                }
                _ => {}
            }
            if let Some(id) = text("product_id") {
                let mut product = here.clone();
                // Outside the branches the full name is all there is.
                if product.name.is_empty() {
                    text("name").unwrap_or(id).clone_into(&mut product.name);
                }
                products.insert(id.to_owned(), product);
            }
            object.values().for_each(|inner| collect(inner, &here, products));
        }
        _ => {}
    }
}

/// At most `limit` characters of a text, the last of them `…` where it was longer.
pub(super) fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some(_) => text.chars().take(limit.saturating_sub(1)).chain(['…']).collect(),
    }
}
