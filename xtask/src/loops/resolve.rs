use super::house::House;
use super::uses::Leaf;

/// Re-exports are followed this many times; the compiler would have refused a longer chain's loop.
const DEPTH: usize = 16;

/// One file's import of another.
#[derive(Debug)]
pub(crate) struct Import {
    /// The importing file.
    pub(crate) from: usize,
    /// The file where the imported item is written.
    pub(crate) to: usize,
    /// The path as written.
    pub(crate) path: String,
}

/// Everything the crate's files import from each other.
pub(crate) fn imports(house: &House) -> Vec<Import> {
    let mut found = Vec::new();
    for (number, module) in house.modules.iter().enumerate() {
        let mut add = |target: Option<usize>, path: &[String]| {
            let Some(target) = target else { return };
            let (from, to) = (module.file, house.modules[target].file);
            if from != to {
                found.push(Import { from, to, path: path.join("::") });
            }
        };
        for leaf in &module.leaves {
            let target = target(house, number, &leaf.path, DEPTH);
            // A parent that shows a child's item to others does not thereby depend on it.
            let re_export = leaf.shown && target.is_some_and(|target| below(house, target, number));
            if !re_export {
                add(target, &leaf.path);
            }
        }
        for path in &module.paths {
            add(target(house, number, path, DEPTH), path);
        }
    }
    found
}

/// Tells whether `module` lies somewhere below `above`.
fn below(house: &House, mut module: usize, above: usize) -> bool {
    while let Some(parent) = house.modules[module].parent {
        if parent == above {
            return true;
        }
        module = parent;
    }
    false
}

/// The module in which the item at the end of `path` is written; `None` when that is in another crate.
fn target(house: &House, from: usize, path: &[String], depth: usize) -> Option<usize> {
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "crate" => descend(house, 0, rest, depth),
        "self" => descend(house, from, rest, depth),
        "super" => {
            let (mut at, mut rest) = (house.modules[from].parent?, rest);
            while rest.first().is_some_and(|next| next == "super") {
                at = house.modules[at].parent?;
                rest = &rest[1..];
            }
            descend(house, at, rest, depth)
        }
        // A name in scope that a `use` brought is counted at that `use`.
        name => descend(house, *house.modules[from].children.get(name)?, rest, depth),
    }
}

/// Walks down from `module` along `path` as far as it names modules, following re-exports.
fn descend(house: &House, module: usize, path: &[String], depth: usize) -> Option<usize> {
    let Some((name, rest)) = path.split_first() else { return Some(module) };
    let here = &house.modules[module];
    if let Some(&child) = here.children.get(name) {
        return descend(house, child, rest, depth);
    }
    if here.items.contains(name) || depth == 0 {
        return Some(module);
    }
    let followed = |leaf: &Leaf| {
        let whole: Vec<String> = leaf.path.iter().chain(rest).cloned().collect();
        target(house, module, &whole, depth - 1)
    };
    if let Some(leaf) = here.leaves.iter().find(|leaf| leaf.name.as_ref() == Some(name)) {
        return followed(leaf);
    }
    for leaf in here.leaves.iter().filter(|leaf| leaf.all) {
        let Some(source) = target(house, module, &leaf.path, depth - 1) else { continue };
        if source != module && offers(house, source, name, depth - 1) {
            return descend(house, source, path, depth - 1);
        }
    }
    // Written by a macro, or an associated name: it belongs to where the path has got to.
    Some(module)
}

/// Tells whether a module has something called `name`.
fn offers(house: &House, module: usize, name: &String, depth: usize) -> bool {
    let here = &house.modules[module];
    here.children.contains_key(name)
        || here.items.contains(name)
        || here.leaves.iter().any(|leaf| leaf.name.as_ref() == Some(name))
        || (depth > 0
            && here.leaves.iter().filter(|leaf| leaf.all).any(|leaf| {
                target(house, module, &leaf.path, depth - 1)
                    .is_some_and(|source| source != module && offers(house, source, name, depth - 1))
            }))
}
