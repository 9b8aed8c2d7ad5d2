use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use syn::{Attribute, Item, Visibility};

use super::uses::{self, Leaf, plain};
use crate::tree;

/// One crate's modules, read from its root file on.
#[derive(Debug, Default)]
pub(crate) struct House {
    /// The source files; their numbers are the graph's nodes.
    pub(crate) files: Vec<PathBuf>,
    /// The modules, the crate's root first.
    pub(crate) modules: Vec<Module>,
}

/// A module: a file, or braces within one.
#[derive(Debug)]
pub(crate) struct Module {
    /// The module it stands in.
    pub(crate) parent: Option<usize>,
    /// The number of the file it is written in.
    pub(crate) file: usize,
    /// Its submodules by name.
    pub(crate) children: BTreeMap<String, usize>,
    /// The names of the other items written in it.
    pub(crate) items: Vec<String>,
    /// What it brings into scope.
    pub(crate) leaves: Vec<Leaf>,
    /// The other paths its code names, such as `crate::span::Span`, cut into segments.
    pub(crate) paths: Vec<Vec<String>>,
}

impl House {
    /// Reads the crate whose root file is `root`, following its `mod` lines.
    ///
    /// # Errors
    /// When a file is missing, cannot be parsed, or is placed by a `#[path]` attribute.
    pub(crate) fn open(root: &Path) -> Result<Self> {
        let mut house = Self::default();
        let folder = root.parent().unwrap_or(Path::new("")).to_path_buf();
        house.file(root, &folder, None)?;
        Ok(house)
    }

    /// Reads one file as a module. `folder` is where its submodules' files lie.
    fn file(&mut self, path: &Path, folder: &Path, parent: Option<usize>) -> Result<usize> {
        let text = tree::read(path)?;
        let parsed = syn::parse_file(&text).with_context(|| format!("cannot parse `{}`", path.display()))?;
        self.files.push(path.to_path_buf());
        let file = self.files.len() - 1;
        self.module(&parsed.items, file, folder, parent)
    }

    fn module(&mut self, items: &[Item], file: usize, folder: &Path, parent: Option<usize>) -> Result<usize> {
        let number = self.modules.len();
        self.modules.push(Module {
            parent,
            file,
            children: BTreeMap::new(),
            items: Vec::new(),
            leaves: Vec::new(),
            paths: Vec::new(),
        });
        for item in items {
            if for_tests(attributes(item)) {
                continue;
            }
            match item {
                Item::Mod(inner) => {
                    let name = plain(&inner.ident);
                    let below = folder.join(&name);
                    let child = match &inner.content {
                        Some((_, items)) => self.module(items, file, &below, Some(number))?,
                        None => {
                            if inner.attrs.iter().any(|attribute| attribute.path().is_ident("path")) {
                                bail!("module `{name}` has a `#[path]`: let its file lie where it belongs");
                            }
                            self.file(&found(folder, &name)?, &below, Some(number))?
                        }
                    };
                    self.modules[number].children.insert(name, child);
                }
                Item::Use(inner) => {
                    let shown = !matches!(inner.vis, Visibility::Inherited);
                    uses::leaves(&inner.tree, shown, &mut self.modules[number].leaves);
                }
                other => {
                    self.modules[number].items.extend(name(other));
                    let paths = uses::paths(other);
                    self.modules[number].paths.extend(paths.paths);
                    self.modules[number].leaves.extend(paths.leaves);
                }
            }
        }
        Ok(number)
    }
}

/// The file of the module `name` whose parent keeps its children in `folder`.
fn found(folder: &Path, name: &str) -> Result<PathBuf> {
    let candidates = [folder.join(format!("{name}.rs")), folder.join(name).join("mod.rs")];
    match candidates.into_iter().find(|path| path.is_file()) {
        Some(path) => Ok(path),
        None => bail!("module `{name}` has no file in `{}`", folder.display()),
    }
}

/// Tells whether an item is there for tests alone: `#[cfg(test)]`, also as a part of `all(..)`.
fn for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let syn::Meta::List(list) = &attribute.meta else { return false };
        let condition: String = list.tokens.to_string().split_whitespace().collect();
        attribute.path().is_ident("cfg")
            && (condition == "test" || condition.starts_with("all(test,") || condition.contains(",test,"))
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// The name an item can be imported by.
fn name(item: &Item) -> Option<String> {
    match item {
        Item::Const(item) => Some(plain(&item.ident)),
        Item::Enum(item) => Some(plain(&item.ident)),
        Item::Fn(item) => Some(plain(&item.sig.ident)),
        Item::Macro(item) => item.ident.as_ref().map(plain),
        Item::Static(item) => Some(plain(&item.ident)),
        Item::Struct(item) => Some(plain(&item.ident)),
        Item::Trait(item) => Some(plain(&item.ident)),
        Item::Type(item) => Some(plain(&item.ident)),
        Item::Union(item) => Some(plain(&item.ident)),
        _ => None,
    }
}
