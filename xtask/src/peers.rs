use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

/// Where a counterpart is fetched from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// A Debian package.
    Debian(&'static str),
    /// A pinned package of the Python Package Index.
    PyPi(&'static str),
    /// A pinned package of the npm registry.
    Npm(&'static str),
}

/// A program by others that our tests are held against.
#[derive(Debug)]
pub(crate) struct Peer {
    /// The program that tests start, or the path of a file that they need: whole, or from a folder of the search path.
    pub(crate) program: &'static str,
    /// Where it comes from.
    pub(crate) source: Source,
    /// What is tested against it.
    pub(crate) why: &'static str,
}

const fn peer(program: &'static str, source: Source, why: &'static str) -> Peer {
    Peer { program, source, why }
}

/// Every counterpart.
pub(crate) const PEERS: &[Peer] = &[
    peer("age", Source::Debian("age"), "opens what we seal to age and SSH keys"),
    peer("gpg", Source::Debian("gnupg"), "opens what we seal to OpenPGP keys"),
    peer("sq", Source::Debian("sq"), "a second OpenPGP: opens what we seal, signs receipts"),
    peer("ssh-keygen", Source::Debian("openssh-client"), "makes the partners' keys, checks SSH signatures"),
    peer("minisign", Source::Debian("minisign"), "checks our signatures"),
    peer("zstd", Source::Debian("zstd"), "packs and unpacks what we unpack and pack"),
    peer("xz", Source::Debian("xz-utils"), "packs what we unpack"),
    peer("bzip2", Source::Debian("bzip2"), "packs what we unpack"),
    peer("zip", Source::Debian("zip"), "packs what we unpack"),
    peer("unzip", Source::Debian("unzip"), "unpacks what we pack"),
    peer("gcc", Source::Debian("gcc"), "builds marked sources and compares the object code"),
    peer("make", Source::Debian("make"), "runs an asset's own build and tests"),
    peer("clang-format", Source::Debian("clang-format"), "reformats marked C before it is read back"),
    peer("indent", Source::Debian("indent"), "reformats marked C before it is read back"),
    peer("go", Source::Debian("golang-go"), "checks the log's checkpoints and proofs"),
    peer(
        "/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog/tlog.go",
        Source::Debian("golang-golang-x-mod-dev"),
        "checks the log's checkpoints and proofs",
    ),
    peer("initdb", Source::Debian("postgresql"), "the ledger's second database"),
    peer("node", Source::Debian("nodejs"), "runs the second verifiers in `verify/`"),
    peer("chromium", Source::Debian("chromium"), "opens the trace report and presses its buttons"),
    peer("chromedriver", Source::Debian("chromium-driver"), "drives Chromium"),
    peer("python3", Source::Debian("python3"), "serves a log over HTTP"),
    peer("aiosmtpd", Source::PyPi("aiosmtpd==1.4.6"), "takes the mail that we send"),
    peer("black", Source::PyPi("black==26.10.1"), "reformats marked Python before it is read back"),
    peer("cve", Source::PyPi("cvelib==1.8.0"), "has the schema that judges the CVE records that we write"),
    peer("prettier", Source::Npm("prettier@3.10.1"), "reformats marked JavaScript before it is read back"),
    peer(
        "../age-encryption/package.json",
        Source::Npm("age-encryption@0.3.1"),
        "opens what we seal to age's post-quantum keys",
    ),
    peer(
        "../@secvisogram/csaf-validator-lib/package.json",
        Source::Npm("@secvisogram/csaf-validator-lib@2.0.10"),
        "judges the advisories that we write, and has official ones for us to read",
    ),
];

/// The counterparts that are not on this machine.
pub(crate) fn missing() -> Vec<&'static Peer> {
    let path = search_path();
    PEERS.iter().filter(|peer| !present(peer.program, &path)).collect()
}

/// Tells whether a program lies in one of the folders of a search path; a whole path needs no folder.
fn present(program: &str, path: &OsString) -> bool {
    env::split_paths(path).any(|folder| folder.join(program).is_file())
}

/// The search path that tests get: the caller's, then where Debian keeps its servers, then our cache.
pub(crate) fn search_path() -> OsString {
    let given = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&given).collect();
    folders.push(PathBuf::from("/usr/sbin"));
    folders.extend(postgresql());
    if let Ok(cache) = cache() {
        folders.push(cache.join("venv/bin"));
        folders.push(cache.join("npm/node_modules/.bin"));
    }
    // Only a folder with `:` in its name cannot be joined; then the caller's path must do.
    env::join_paths(folders).unwrap_or(given)
}

/// The newest PostgreSQL that Debian has installed; its programs are on nobody's search path.
fn postgresql() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let newest = versions
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path())))
        .max()?;
    Some(newest.1.join("bin"))
}

/// Where counterparts that are no Debian packages are kept, outside the repository.
///
/// # Errors
/// When neither `XDG_CACHE_HOME` nor `HOME` is set.
pub(crate) fn cache() -> Result<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")));
    Ok(base.context("neither `XDG_CACHE_HOME` nor `HOME` is set")?.join("earmark"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_counterpart_is_listed_once_and_pinned_where_it_can_be() {
        for (number, one) in PEERS.iter().enumerate() {
            assert!(PEERS[..number].iter().all(|other| other.program != one.program), "{}", one.program);
            assert!(!one.why.is_empty());
            match one.source {
                Source::Debian(_) => {}
                Source::PyPi(package) => assert!(package.contains("==")),
                Source::Npm(package) => assert!(package.contains('@')),
            }
        }
    }

    #[test]
    fn a_program_is_found_in_a_folder_of_the_path() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("age"), "").unwrap();
        let path = env::join_paths([folder.path()]).unwrap();
        assert!(present("age", &path));
        assert!(!present("gpg", &path));
    }
}
