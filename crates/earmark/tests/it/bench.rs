//! A workbench for one test: a folder, a vault in it, and a tree to protect.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use earmark_disguise::{SourceFile, decoys};
use serde_json::Value;
use tempfile::TempDir;

/// A folder with a vault.
pub(crate) struct Bench {
    folder: TempDir,
}

/// The program under test.
pub(crate) const EARMARK: &str = env!("CARGO_BIN_EXE_earmark");

impl Bench {
    /// A new vault with these partners, none with a key.
    pub(crate) fn with_partners(slugs: &[&str]) -> Self {
        Self::on_ledger(None, slugs)
    }

    /// The same, with the ledger in the PostgreSQL at that address.
    pub(crate) fn on_ledger(ledger: Option<&str>, slugs: &[&str]) -> Self {
        let bench = Self { folder: tempfile::tempdir().unwrap() };
        let vault = bench.path("vault");
        let mut init = vec!["init", &vault, "--name", "Test program"];
        init.extend(ledger.iter().flat_map(|url| ["--ledger", url]));
        bench.ok(&init);
        for slug in slugs {
            bench.add_partner(slug, &[]);
        }
        bench
    }

    /// Adds a partner of tier one, with what else is to be said of it.
    pub(crate) fn add_partner(&self, slug: &str, more: &[&str]) {
        let add = ["partner", "add", slug, "--name", slug, "--country", "DE", "--tier", "one"];
        self.ok(&[&add, more].concat());
    }

    /// A path inside the folder.
    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// The folder.
    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Starts the program on the vault.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(EARMARK);
        command
            .args(arguments)
            .env("EARMARK_VAULT", self.folder.path().join("vault"))
            .current_dir(self.root());
        command
    }

    /// Runs the program and gives what it printed.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs the program, which must succeed; gives the JSON document.
    pub(crate) fn ok(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--json"]].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{arguments:?}: {said}{printed}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Runs the program, which must refuse with this exit code; gives its error output.
    pub(crate) fn refused(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.starts_with("error: "), "{said}");
        assert_eq!(said.lines().filter(|line| line.starts_with("error: ")).count(), 1, "{said}");
        said
    }

    /// Writes a tree of plausible sources in several languages, always the same for a seed.
    pub(crate) fn tree(&self, name: &str, seed: u64, files: usize) -> PathBuf {
        let root = self.folder.path().join(name);
        write_files(&root, &decoys(seed, files));
        root
    }
}

/// Writes files below a folder.
pub(crate) fn write_files(root: &Path, files: &[SourceFile]) {
    for file in files {
        let path = root.join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.text).unwrap();
    }
}
