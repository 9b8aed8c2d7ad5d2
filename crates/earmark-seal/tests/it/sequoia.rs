//! A second OpenPGP of others, `sq`: it opens what we seal and signs receipts that we check.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use earmark_model::{Digest, UnixMillis};
use earmark_seal::{Form, ReceiptError, RecipientKey, check_receipt, receipt_text, seal};
use earmark_testkit::peer;

use crate::peers::{material, run};

/// The keys were made just now, by the machine's clock.
const LATER: UnixMillis = UnixMillis(u32::MAX as i64 * 1000);

struct Sequoia {
    sq: PathBuf,
    folder: tempfile::TempDir,
}

impl Sequoia {
    fn new() -> Option<Self> {
        Some(Self { sq: peer("sq")?, folder: tempfile::tempdir().unwrap() })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn sq(&self, arguments: &[&str], file: &Path) -> Vec<u8> {
        run(Command::new(&self.sq).args(arguments).arg(file).current_dir(self.folder.path())).stdout
    }

    /// Makes a key and gives its certificate.
    fn make(&self, name: &str, more: &[&str]) -> Vec<u8> {
        let mut command = Command::new(&self.sq);
        command.args(["key", "generate", "--userid", name, "--export"]).arg(self.path(name)).args(more);
        run(command.current_dir(self.folder.path()));
        self.sq(&["key", "extract-cert"], &self.path(name))
    }
}

#[test]
fn sq_opens_what_is_sealed_to_its_keys() {
    let Some(sequoia) = Sequoia::new() else { return };
    for suite in ["cv25519", "rsa3k"] {
        let certificate = sequoia.make(suite, &["--cipher-suite", suite, "--expires", "never"]);
        let key = RecipientKey::parse(&certificate).unwrap().check(LATER).unwrap();
        let mut sealed = Vec::new();
        assert_eq!(seal(&material()[..], &[key], &mut sealed).unwrap().form, Form::OpenPgp);
        let file = sequoia.path("sealed.gpg");
        fs::write(&file, sealed).unwrap();
        assert!(sequoia.sq(&["decrypt", "--recipient-key", suite], &file) == material(), "{suite}");
    }
}

#[test]
fn sq_signs_a_receipt() {
    let Some(sequoia) = Sequoia::new() else { return };
    let copy = Digest::of(b"a copy");
    let text = sequoia.path("receipt.txt");
    fs::write(&text, receipt_text(&copy)).unwrap();
    let certificate = String::from_utf8(sequoia.make("kim", &["--expires", "never"])).unwrap();
    let signed = sequoia.sq(&["sign", "--detached", "--signer-key", "kim"], &text);
    let signature = String::from_utf8(signed).unwrap();
    assert_eq!(check_receipt(&certificate, &copy, &signature, LATER), Ok(()));
    assert_eq!(
        check_receipt(&certificate, &Digest::of(b"other"), &signature, LATER),
        Err(ReceiptError::Unfit)
    );
    let other = String::from_utf8(sequoia.make("lee", &["--expires", "never"])).unwrap();
    assert_eq!(check_receipt(&other, &copy, &signature, LATER), Err(ReceiptError::Unfit));
}

#[test]
fn a_key_out_of_force_gives_no_receipt() {
    let Some(sequoia) = Sequoia::new() else { return };
    let copy = Digest::of(b"a copy");
    let text = sequoia.path("receipt.txt");
    fs::write(&text, receipt_text(&copy)).unwrap();
    let old = ["--creation-time", "20200101T000000Z", "--expires-in", "1y"];
    let certificate = String::from_utf8(sequoia.make("old", &old)).unwrap();
    let at = ["sign", "--detached", "--signer-key", "old", "--time", "20200601T000000Z"];
    let signature = String::from_utf8(sequoia.sq(&at, &text)).unwrap();
    // 2020-07-01, and 2021-07-01.
    let (inside, after) = (UnixMillis(1_593_561_600_000), UnixMillis(1_625_097_600_000));
    assert_eq!(check_receipt(&certificate, &copy, &signature, inside), Ok(()));
    assert_eq!(check_receipt(&certificate, &copy, &signature, after), Err(ReceiptError::OutOfForce));
    // A signature from the future is none yet.
    let before = UnixMillis(1_583_020_800_000);
    assert_eq!(check_receipt(&certificate, &copy, &signature, before), Err(ReceiptError::OutOfForce));
}
