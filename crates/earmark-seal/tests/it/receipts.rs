//! Receipts signed by `ssh-keygen` and `gpg`.

use std::fs;
use std::process::Command;

use earmark_model::{Digest, UnixMillis};
use earmark_seal::{RECEIPT_NAMESPACE, ReceiptError, check_receipt, receipt_text};
use earmark_testkit::peer;

use crate::peers::run;

/// The keys were made just now, by the machine's clock.
const LATER: UnixMillis = UnixMillis(u32::MAX as i64 * 1000);

#[test]
fn ssh_keygen_signs_a_receipt() {
    let Some(keygen) = peer("ssh-keygen") else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let copy = Digest::of(b"a copy");
    for kind in ["ed25519", "rsa"] {
        let (secret, text) = (path(kind), path(&format!("{kind}.txt")));
        run(Command::new(&keygen).args(["-q", "-N", "", "-t", kind, "-f"]).arg(&secret));
        fs::write(&text, receipt_text(&copy)).unwrap();
        let sign = |namespace: &str| {
            drop(fs::remove_file(path(&format!("{kind}.txt.sig"))));
            run(Command::new(&keygen).args(["-Y", "sign", "-n", namespace, "-f"]).arg(&secret).arg(&text));
            fs::read_to_string(path(&format!("{kind}.txt.sig"))).unwrap()
        };
        let signature = sign(RECEIPT_NAMESPACE);
        let key = fs::read_to_string(path(&format!("{kind}.pub"))).unwrap();
        assert_eq!(check_receipt(&key, &copy, &signature, LATER), Ok(()));
        assert_eq!(check_receipt(&key, &Digest::of(b"other"), &signature, LATER), Err(ReceiptError::Unfit));
        assert_eq!(check_receipt(&key, &copy, &sign("file"), LATER), Err(ReceiptError::Unfit));
        assert!(check_receipt(&key, &copy, &signature.replacen("AAAA", "AAAB", 1), LATER).is_err());
    }
    let (one, other) = (path("ed25519.pub"), path("rsa.txt.sig"));
    let (one, other) = (fs::read_to_string(one).unwrap(), fs::read_to_string(other).unwrap());
    assert_eq!(check_receipt(&one, &copy, &other, LATER), Err(ReceiptError::Unfit));
    assert_eq!(check_receipt(&one, &copy, "signed, me", LATER), Err(ReceiptError::Unknown));
}

#[test]
fn gpg_signs_a_receipt() {
    let Some(gpg) = peer("gpg") else { return };
    let folder = tempfile::Builder::new().prefix("emk").tempdir_in("/tmp").unwrap();
    let gpg = |arguments: &[&str]| {
        run(Command::new(&gpg)
            .arg("--homedir")
            .arg(folder.path())
            .args(["--batch", "--quiet", "--passphrase", "", "--pinentry-mode", "loopback"])
            .args(arguments))
        .stdout
    };
    let copy = Digest::of(b"a copy");
    gpg(&["--quick-generate-key", "kim@example.org", "future-default", "default", "never"]);
    let key = String::from_utf8(gpg(&["--armor", "--export", "kim@example.org"])).unwrap();
    let text = folder.path().join("receipt.txt");
    fs::write(&text, receipt_text(&copy)).unwrap();
    let signed = gpg(&["--armor", "--output", "-", "--detach-sign", text.to_str().unwrap()]);
    let signature = String::from_utf8(signed).unwrap();
    assert_eq!(check_receipt(&key, &copy, &signature, LATER), Ok(()));
    assert_eq!(check_receipt(&key, &Digest::of(b"other"), &signature, LATER), Err(ReceiptError::Unfit));
    gpg(&["--quick-generate-key", "lee@example.org", "future-default", "default", "never"]);
    let other = String::from_utf8(gpg(&["--armor", "--export", "lee@example.org"])).unwrap();
    assert_eq!(check_receipt(&other, &copy, &signature, LATER), Err(ReceiptError::Unfit));
    drop(Command::new("gpgconf").arg("--homedir").arg(folder.path()).args(["--kill", "all"]).output());
}
