use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use cargo_metadata::{Metadata, MetadataCommand};

/// Folders that hold no text of ours: built things, and material that tests are run on.
const NOT_OURS: &[&str] = &["target", "node_modules", "testdata", "corpus", "vault"];

/// The repository's root folder, wherever the task was started.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// A command of the cargo that started us, to be run at the root.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// What the manifests of our own crates say; nothing is resolved.
///
/// # Errors
/// When a manifest cannot be read.
pub(crate) fn workspace() -> Result<Metadata> {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .context("cannot read the workspace's manifests")
}

/// What cargo knows of the workspace and of all dependencies built on this machine's platform,
/// without the network.
///
/// # Errors
/// When cargo cannot resolve the workspace from `Cargo.lock` and what was fetched before.
pub(crate) fn dependencies() -> Result<Metadata> {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .other_options(["--locked", "--offline", "--filter-platform", &platform()?].map(str::to_owned))
        .exec()
        .context("cannot read the dependencies (is `Cargo.lock` current, and everything fetched?)")
}

/// The platform that the compiler builds for here, such as `x86_64-unknown-linux-gnu`.
fn platform() -> Result<String> {
    let output = Command::new("rustc").arg("-vV").output().context("cannot run `rustc`")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("`rustc -vV` names no host")
}

/// All files below `folder` that end in one of `endings`, sorted; hidden folders and [`NOT_OURS`]
/// are left out.
///
/// # Errors
/// When a folder cannot be read.
pub(crate) fn files(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    collect(folder, endings, &mut found)?;
    found.sort();
    Ok(found)
}

fn collect(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let kind = entry.file_type()?;
        if kind.is_dir() {
            if !name.starts_with('.') && !NOT_OURS.contains(&name.as_ref()) {
                collect(&entry.path(), endings, found)?;
            }
        } else if kind.is_file() && endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(entry.path());
        }
    }
    Ok(())
}

/// Reads a text file.
///
/// # Errors
/// When it cannot be read or is no UTF-8.
pub(crate) fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))
}

/// `path` as seen from `base`, for messages.
pub(crate) fn shown(path: &Path, base: &Path) -> String {
    path.strip_prefix(base).unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_and_hidden_folders_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["a.rs", "src/b.rs", "target/c.rs", ".git/d.rs", "src/e.txt", "x/testdata/f.rs"] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let found = files(folder.path(), &[".rs"]).unwrap();
        let found: Vec<String> = found.iter().map(|path| shown(path, folder.path())).collect();
        assert_eq!(found, ["a.rs", "src/b.rs"]);
    }
}
