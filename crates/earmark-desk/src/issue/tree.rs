//! Reading what is to be protected: a directory, an archive or a single file becomes the sorted
//! entries of a revision.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use earmark_mark::SourceFile;
use earmark_model::{Digest, Entry, EntryKind, Limits, Manifest};

use crate::error::{DeskError, Kind};

/// Folders of version control: never part of a revision.
const VERSION_CONTROL: [&str; 6] = [".git", ".hg", ".svn", ".bzr", "CVS", "_darcs"];

/// Longest file that an asset may hold, in bytes.
const LONGEST_FILE: u64 = 512 << 20;

/// Most bytes that an asset may hold in all: a revision is held in memory while it is marked.
const LARGEST_TREE: u64 = 4 << 30;

/// Most files that an asset may hold.
const MOST_FILES: u64 = 1_000_000;

/// The file beside an asset that declares alternatives and free parameters. It tells every mark the
/// author knows, so it is read and never issued.
pub const DECLARATIONS: &str = "earmark.toml";

/// One entry with its content.
#[derive(Debug)]
pub struct TreeFile {
    /// What the manifest says of it.
    pub entry: Entry,
    /// The content; of a symbolic link its target.
    pub bytes: Vec<u8>,
}

/// What was read, in the order of the manifest.
#[derive(Debug, Default)]
pub struct Tree {
    /// Files and symbolic links, sorted by path bytes.
    pub files: Vec<TreeFile>,
    /// The text of [`DECLARATIONS`], if there was one.
    pub declarations: Option<String>,
    /// What is no file and no symbolic link, with the reason it is not in the revision.
    pub skipped: Vec<(String, String)>,
}

impl Tree {
    /// The manifest of the revision.
    #[must_use]
    pub fn manifest(&self) -> Manifest {
        Manifest::new(self.files.iter().map(|file| file.entry.clone()).collect())
    }

    /// The regular files as the marker takes them, with their index in the manifest.
    #[must_use]
    pub fn sources(&self) -> Vec<SourceFile<'_>> {
        (0..)
            .zip(&self.files)
            .filter(|(_, file)| file.entry.kind == EntryKind::File)
            .map(|(index, file)| SourceFile { file: index, path: &file.entry.path, bytes: &file.bytes })
            .collect()
    }
}

/// Reads the directory, archive or file at `path`, leaving out `vault` when it lies inside.
///
/// # Errors
/// When nothing is there, a file cannot be read or is too long, an archive is damaged, or a path leads through a
/// symbolic link: a revision is whole or not made. Refused when `path` lies in `vault`: it holds the keys.
pub fn read(path: &Path, vault: &Path) -> Result<Tree, DeskError> {
    let root = fs::canonicalize(path).map_err(|source| DeskError::io("open", path, source))?;
    let meta = fs::metadata(&root).map_err(|source| DeskError::io("open", path, source))?;
    let mut tree = Tree::default();
    let vault = fs::canonicalize(vault).ok();
    if vault.as_deref().is_some_and(|vault| root.starts_with(vault)) {
        return Err(DeskError::new(
            Kind::Refused,
            format!("`{}` is part of the vault, which holds its keys", path.display()),
        )
        .hint("name the folder of the material"));
    }
    if meta.is_dir() {
        read_folder(&root, vault.as_deref(), &mut tree)?;
    } else if meta.is_file() {
        let name = root.file_name().map(|name| name.as_bytes().to_vec()).unwrap_or_default();
        if is_archive(&name) {
            read_archive(path, &read_file(&root, LARGEST_TREE)?, &mut tree)?;
        } else {
            let bytes = read_file(&root, LONGEST_FILE)?;
            let beside = root.with_file_name(DECLARATIONS);
            if beside.is_file() {
                tree.declarations = Some(read_text(&beside)?);
            }
            push(&mut tree, name, meta.permissions().mode(), EntryKind::File, bytes);
        }
    } else {
        return Err(DeskError::new(
            Kind::Malformed,
            format!("`{}` is neither a file nor a folder", path.display()),
        ));
    }
    tree.files.sort_by(|a, b| a.entry.path.cmp(&b.entry.path));
    if tree.files.is_empty() {
        return Err(DeskError::new(Kind::Malformed, format!("`{}` holds no file", path.display())));
    }
    refuse_paths_through_links(path, &tree.files)?;
    Ok(tree)
}

/// Refuses `link/file` beside a symbolic link `link`, as an archive may hold it: written out, the file would land
/// wherever the link points.
fn refuse_paths_through_links(root: &Path, files: &[TreeFile]) -> Result<(), DeskError> {
    for file in files {
        let path = &file.entry.path;
        let above = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(end, _)| &path[..end]);
        for folder in above {
            if files.binary_search_by(|other| other.entry.path.as_slice().cmp(folder)).is_ok() {
                return Err(DeskError::new(
                    Kind::Malformed,
                    format!(
                        "in `{}`, `{}` is a file or link and `{}` lies below it",
                        root.display(),
                        String::from_utf8_lossy(folder),
                        String::from_utf8_lossy(path)
                    ),
                ));
            }
        }
    }
    Ok(())
}

fn read_folder(root: &Path, vault: Option<&Path>, tree: &mut Tree) -> Result<(), DeskError> {
    let mut waiting: Vec<PathBuf> = vec![root.to_owned()];
    let mut room = LARGEST_TREE;
    while let Some(folder) = waiting.pop() {
        let listing = fs::read_dir(&folder).map_err(|source| DeskError::io("read", &folder, source))?;
        for item in listing {
            let item = item.map_err(|source| DeskError::io("read", &folder, source))?;
            let path = item.path();
            let kind = item.file_type().map_err(|source| DeskError::io("read", &path, source))?;
            let below = path.strip_prefix(root).unwrap_or(&path);
            let name = below.as_os_str().as_bytes().to_vec();
            if kind.is_dir() {
                let version_control = VERSION_CONTROL.iter().any(|known| item.file_name() == *known);
                if !version_control && Some(path.as_path()) != vault {
                    waiting.push(path);
                }
            } else if kind.is_symlink() {
                let target = fs::read_link(&path).map_err(|source| DeskError::io("read", &path, source))?;
                let target = target.as_os_str().as_bytes().to_vec();
                push(tree, name, 0o777, EntryKind::Symlink, target);
            } else if !kind.is_file() {
                tree.skipped
                    .push((String::from_utf8_lossy(&name).into_owned(), "no regular file".to_owned()));
            } else if name == DECLARATIONS.as_bytes() {
                tree.declarations = Some(read_text(&path)?);
            } else {
                let meta = item.metadata().map_err(|source| DeskError::io("read", &path, source))?;
                let bytes = read_file(&path, room.min(LONGEST_FILE))?;
                room -= bytes.len() as u64;
                push(tree, name, meta.permissions().mode(), EntryKind::File, bytes);
            }
        }
    }
    Ok(())
}

fn read_archive(path: &Path, bytes: &[u8], tree: &mut Tree) -> Result<(), DeskError> {
    let limits =
        Limits { bytes: LARGEST_TREE, leaf_bytes: LONGEST_FILE, leaves: MOST_FILES, ..Limits::default() };
    let files = earmark_unpack::extract(bytes, &limits).map_err(|source| {
        DeskError::because(Kind::Malformed, format!("cannot open the archive `{}`", path.display()), source)
    })?;
    for file in files {
        if file.path == DECLARATIONS.as_bytes() {
            tree.declarations = Some(text_of(path, file.content)?);
        } else {
            push(tree, file.path, file.mode, file.kind, file.content);
        }
    }
    Ok(())
}

fn push(tree: &mut Tree, path: Vec<u8>, mode: u32, kind: EntryKind, bytes: Vec<u8>) {
    let (length, sha256) = (bytes.len() as u64, Digest::of(&bytes));
    let entry = Entry { path, mode: mode & 0o777, kind, length, sha256 };
    tree.files.push(TreeFile { entry, bytes });
}

/// Whether a name is that of an archive whose content is meant, not the file itself.
fn is_archive(name: &[u8]) -> bool {
    const ENDINGS: [&[u8]; 11] = [
        b".tar",
        b".tar.gz",
        b".tgz",
        b".tar.xz",
        b".txz",
        b".tar.bz2",
        b".tbz2",
        b".tar.zst",
        b".tzst",
        b".zip",
        b".crate",
    ];
    let name = name.to_ascii_lowercase();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Reads a file of at most `longest` bytes, however long it says it is.
fn read_file(path: &Path, longest: u64) -> Result<Vec<u8>, DeskError> {
    let unread = |source| DeskError::io("read", path, source);
    let file = File::open(path).map_err(unread)?;
    let length = file.metadata().map_err(unread)?.len();
    let mut bytes = Vec::new();
    if length <= longest {
        bytes.reserve(usize::try_from(length).unwrap_or(0));
        file.take(longest + 1).read_to_end(&mut bytes).map_err(unread)?;
    }
    if length.max(bytes.len() as u64) <= longest {
        return Ok(bytes);
    }
    let message = if longest < LONGEST_FILE {
        format!("with `{}` the asset is larger than {} GiB", path.display(), LARGEST_TREE >> 30)
    } else {
        format!("`{}` has {length} bytes, and an asset's file may have {longest}", path.display())
    };
    Err(DeskError::new(Kind::Malformed, message)
        .hint("leave large binaries out of the asset, or protect its parts as assets of their own"))
}

fn read_text(path: &Path) -> Result<String, DeskError> {
    text_of(path, read_file(path, LONGEST_FILE)?)
}

fn text_of(path: &Path, bytes: Vec<u8>) -> Result<String, DeskError> {
    String::from_utf8(bytes).map_err(|source| {
        DeskError::because(Kind::Malformed, format!("`{}` is no UTF-8 text", path.display()), source)
    })
}
