use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Item, ItemUse, Macro, Path, UseTree};

/// One name that a `use` brings into scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// The path as written, cut into segments, without a trailing `self` or `*`.
    pub(crate) path: Vec<String>,
    /// The name it has here; `None` for `*` and `_`.
    pub(crate) name: Option<String>,
    /// Whether it is a `*`.
    pub(crate) all: bool,
    /// Whether it is shown to other modules (`pub`, `pub(crate)`).
    pub(crate) shown: bool,
}

/// What an item's code names.
#[derive(Debug, Default)]
pub(crate) struct Named {
    /// Paths of two segments or more.
    pub(crate) paths: Vec<Vec<String>>,
    /// `use` lines inside functions.
    pub(crate) leaves: Vec<Leaf>,
}

/// Cuts a `use` tree into its leaves.
pub(crate) fn leaves(tree: &UseTree, shown: bool, into: &mut Vec<Leaf>) {
    descend(tree, &mut Vec::new(), shown, into);
}

fn descend(tree: &UseTree, above: &mut Vec<String>, shown: bool, into: &mut Vec<Leaf>) {
    let mut leaf = |path: Vec<String>, name: Option<String>, all: bool| {
        into.push(Leaf { path, name, all, shown });
    };
    match tree {
        UseTree::Path(inner) => {
            above.push(plain(&inner.ident));
            descend(&inner.tree, above, shown, into);
            above.pop();
        }
        UseTree::Group(group) => {
            group.items.iter().for_each(|item| descend(item, above, shown, into));
        }
        UseTree::Glob(_) => leaf(above.clone(), None, true),
        UseTree::Name(inner) => {
            let name = plain(&inner.ident);
            let mut path = above.clone();
            if name != "self" || path.is_empty() {
                path.push(name);
            }
            let name = path.last().cloned();
            leaf(path, name, false);
        }
        UseTree::Rename(inner) => {
            let (from, name) = (plain(&inner.ident), plain(&inner.rename));
            let mut path = above.clone();
            if from != "self" || path.is_empty() {
                path.push(from);
            }
            leaf(path, (name != "_").then_some(name), false);
        }
    }
}

/// All paths that an item's code names, those in macros' arguments too.
pub(crate) fn paths(item: &Item) -> Named {
    let mut reader = Reader(Named::default());
    reader.visit_item(item);
    reader.0
}

struct Reader(Named);

impl<'ast> Visit<'ast> for Reader {
    fn visit_path(&mut self, path: &'ast Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| plain(&segment.ident)).collect();
        if path.leading_colon.is_none() && segments.len() > 1 {
            self.0.paths.push(segments);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, inner: &'ast Macro) {
        in_tokens(inner.tokens.clone(), &mut self.0.paths);
        visit::visit_macro(self, inner);
    }

    fn visit_item_use(&mut self, inner: &'ast ItemUse) {
        leaves(&inner.tree, false, &mut self.0.leaves);
    }
}

/// Collects `a::b::c` out of tokens that no parser of ours understands.
fn in_tokens(tokens: TokenStream, into: &mut Vec<Vec<String>>) {
    let mut path: Vec<String> = Vec::new();
    let mut colons = 0;
    let mut finish = |path: &mut Vec<String>| {
        if path.len() > 1 {
            into.push(std::mem::take(path));
        }
        path.clear();
    };
    let mut groups = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                if colons != 2 {
                    finish(&mut path);
                }
                path.push(plain(&ident));
                colons = 0;
            }
            TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
            other => {
                finish(&mut path);
                colons = 0;
                if let TokenTree::Group(group) = other {
                    groups.push(group.stream());
                }
            }
        }
    }
    finish(&mut path);
    groups.into_iter().for_each(|group| in_tokens(group, into));
}

/// An identifier without the `r#` of raw ones.
pub(super) fn plain(ident: &syn::Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map_or(text.clone(), str::to_owned)
}
