//! Running `age`, `gpg` and the like in temporary folders.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use earmark_model::UnixMillis;
use earmark_testkit::peer;

/// 2026-03-01T17:00:00Z.
pub(crate) const NOW: UnixMillis = UnixMillis(1_772_384_400_000);
pub(crate) const DAY: i64 = 86_400_000;

/// Longer than several blocks of age and OpenPGP, and with every byte in it.
pub(crate) fn material() -> Vec<u8> {
    (0..300_000u32).flat_map(|n| (n.wrapping_mul(2_654_435_761)).to_le_bytes()).collect()
}

pub(crate) fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// A home for `gpg` of its own, in which keys are made without questions.
pub(crate) struct GpgHome {
    gpg: PathBuf,
    home: tempfile::TempDir,
}

impl GpgHome {
    pub(crate) fn new() -> Option<Self> {
        let gpg = peer("gpg")?;
        // Directly in `/tmp`: the agent's socket has a short path.
        let home = tempfile::Builder::new()
            .prefix("gpg")
            .permissions(fs::Permissions::from_mode(0o700))
            .tempdir_in("/tmp")
            .unwrap();
        Some(Self { gpg, home })
    }

    pub(crate) fn path(&self) -> &Path {
        self.home.path()
    }

    /// Runs `gpg`, at `time` (`20200101T000000`) if given.
    pub(crate) fn gpg(&self, time: Option<&str>, arguments: &[&str]) -> Output {
        let mut command = Command::new(&self.gpg);
        command.arg("--homedir").arg(self.home.path());
        command.args(["--batch", "--yes", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]);
        if let Some(time) = time {
            command.args(["--faked-system-time", time]);
        }
        run(command.args(arguments))
    }

    /// Makes a key for `who` and gives its fingerprint.
    pub(crate) fn make(
        &self,
        time: Option<&str>,
        who: &str,
        algorithm: &str,
        usage: &str,
        expire: &str,
    ) -> String {
        self.gpg(time, &["--quick-generate-key", who, algorithm, usage, expire]);
        self.fingerprint(who)
    }

    pub(crate) fn fingerprint(&self, who: &str) -> String {
        let listing = self.gpg(None, &["--with-colons", "--list-keys", who]).stdout;
        let listing = String::from_utf8(listing).unwrap();
        let line = listing.lines().find(|line| line.starts_with("fpr:")).unwrap();
        line.split(':').nth(9).unwrap().to_owned()
    }

    pub(crate) fn export(&self, who: &str, armored: bool) -> Vec<u8> {
        let arguments: &[&str] = if armored { &["--armor", "--export", who] } else { &["--export", who] };
        self.gpg(None, arguments).stdout
    }

    pub(crate) fn decrypt(&self, sealed: &[u8]) -> Vec<u8> {
        let file = self.home.path().join("sealed.gpg");
        fs::write(&file, sealed).unwrap();
        self.gpg(None, &["--decrypt", file.to_str().unwrap()]).stdout
    }
}

impl Drop for GpgHome {
    fn drop(&mut self) {
        // The agent of this home only.
        drop(Command::new("gpgconf").arg("--homedir").arg(self.home.path()).args(["--kill", "all"]).output());
    }
}
