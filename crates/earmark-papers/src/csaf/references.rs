//! Whether every product and group that a document names is defined in it, once.

use std::collections::BTreeSet;

use serde_json::Value;

use super::CsafError;

/// Checks CSAF 2.0, tests 6.1.1, 6.1.2, 6.1.4 and 6.1.5, on a document of the right shape.
pub(super) fn check(document: &Value) -> Result<(), CsafError> {
    let mut defined = BTreeSet::new();
    if let Some(tree) = document.get("product_tree") {
        define(tree, &mut defined)?;
    }
    used(document, "", &defined)
}

fn define<'a>(value: &'a Value, defined: &mut BTreeSet<&'a str>) -> Result<(), CsafError> {
    match value {
        Value::Object(object) => {
            // Only what is a product has a `product_id`, only what is a group a `group_id`.
            for id in ["product_id", "group_id"].iter().filter_map(|name| object.get(*name)?.as_str()) {
                if !defined.insert(id) {
                    return Err(CsafError::Twice(crate::text::name(id, 60)));
                }
            }
            object.values().try_for_each(|inner| define(inner, defined))
        }
        Value::Array(items) => items.iter().try_for_each(|item| define(item, defined)),
        _ => Ok(()),
    }
}

/// The fields that name products or groups, as one text or a list.
const NAMING: [&str; 5] =
    ["product_ids", "group_ids", "products", "product_reference", "relates_to_product_reference"];

fn used(value: &Value, at: &str, defined: &BTreeSet<&str>) -> Result<(), CsafError> {
    match value {
        Value::Object(object) => object.iter().try_for_each(|(name, inner)| {
            let at = format!("{at}/{name}");
            if name == "product_status" {
                let lists = inner.as_object().into_iter().flatten();
                return lists
                    .into_iter()
                    .try_for_each(|(list, ids)| named(ids, &format!("{at}/{list}"), defined));
            }
            if NAMING.contains(&name.as_str()) {
                return named(inner, &at, defined);
            }
            used(inner, &at, defined)
        }),
        Value::Array(items) => {
            items.iter().enumerate().try_for_each(|(n, item)| used(item, &format!("{at}/{n}"), defined))
        }
        _ => Ok(()),
    }
}

fn named(value: &Value, at: &str, defined: &BTreeSet<&str>) -> Result<(), CsafError> {
    let check = |id: &str| {
        if defined.contains(id) {
            return Ok(());
        }
        Err(CsafError::Undefined { at: at.to_owned(), id: crate::text::name(id, 60) })
    };
    match value {
        Value::String(id) => check(id),
        Value::Array(ids) => ids.iter().filter_map(Value::as_str).try_for_each(check),
        _ => Ok(()),
    }
}
