//! Our signatures checked by `ssh-keygen` and `minisign`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use earmark_model::Digest;
use earmark_seal::{BUNDLE_NAMESPACE, BundleSigner, SecretKey, Signatures};
use earmark_testkit::peer;

use crate::peers::{NOW, material, run};

struct Bench {
    folder: tempfile::TempDir,
    signatures: Signatures,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let signer = BundleSigner::new(&SecretKey::from_bytes([7; 32]));
        let signatures = signer.sign(material().as_slice(), "bundle.age", Some(NOW)).unwrap();
        let public = signer.public("early-access").unwrap();
        for (name, content) in [
            ("bundle.age", material()),
            ("bundle.age.sig", signatures.ssh.clone().into_bytes()),
            ("bundle.age.minisig", signatures.minisign.clone().into_bytes()),
            ("allowed", public.allowed_signers.into_bytes()),
            ("key.pub", public.minisign.into_bytes()),
        ] {
            fs::write(folder.path().join(name), content).unwrap();
        }
        Self { folder, signatures }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn spoil(&self) {
        let mut bytes = material();
        bytes[123_456] ^= 1;
        fs::write(self.path("bundle.age"), bytes).unwrap();
    }
}

#[test]
fn ssh_keygen_verifies_what_we_sign() {
    let Some(keygen) = peer("ssh-keygen") else { return };
    let bench = Bench::new();
    let verify = |namespace: &str, principal: &str| {
        Command::new(&keygen)
            .args(["-Y", "verify", "-n", namespace, "-I", principal, "-f"])
            .arg(bench.path("allowed"))
            .arg("-s")
            .arg(bench.path("bundle.age.sig"))
            .stdin(fs::File::open(bench.path("bundle.age")).unwrap())
            .output()
            .unwrap()
            .status
            .success()
    };
    assert!(verify(BUNDLE_NAMESPACE, "early-access"));
    assert!(!verify("file", "early-access"), "the key is good for bundles only");
    assert!(!verify(BUNDLE_NAMESPACE, "somebody"));
    bench.spoil();
    assert!(!verify(BUNDLE_NAMESPACE, "early-access"));
}

#[test]
fn minisign_verifies_what_we_sign() {
    let Some(minisign) = peer("minisign") else { return };
    let bench = Bench::new();
    let verify = || {
        let mut command = Command::new(&minisign);
        command.arg("-V").arg("-p").arg(bench.path("key.pub")).arg("-m").arg(bench.path("bundle.age"));
        command.output().unwrap()
    };
    let output = verify();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("timestamp:1772384400\tfile:bundle.age\thashed"), "{said}");
    let forged = bench.signatures.minisign.replace("1772384400", "1772384401");
    fs::write(bench.path("bundle.age.minisig"), forged).unwrap();
    assert!(!verify().status.success(), "the comment is signed too");
    fs::write(bench.path("bundle.age.minisig"), &bench.signatures.minisign).unwrap();
    assert!(verify().status.success());
    bench.spoil();
    assert!(!verify().status.success());
}

#[test]
fn a_vault_keeps_its_signatures() {
    let signer = |seed| BundleSigner::new(&SecretKey::from_bytes([seed; 32]));
    let sign = |seed| signer(seed).sign(b"text".as_slice(), "two\nlines", None).unwrap();
    let signatures = sign(1);
    assert_eq!(signatures, sign(1));
    assert_eq!(signatures.sha256, Digest::of(b"text"));
    assert_ne!(signatures.ssh, sign(2).ssh);
    assert_eq!(signatures.minisign.lines().count(), 4);
    assert!(signatures.minisign.contains("\ntrusted comment: file:two lines\thashed\n"));
    let public = signer(1).public("p").unwrap();
    let fingerprint = run_fingerprint(&public.allowed_signers);
    assert!(fingerprint.is_none_or(|shown| shown.contains(&public.ssh_fingerprint)));
}

/// What `ssh-keygen` says of the key in an allowed signers line.
fn run_fingerprint(allowed: &str) -> Option<String> {
    let keygen = peer("ssh-keygen")?;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key.pub");
    fs::write(&file, allowed.split_once("ssh-ed25519").map(|(_, key)| format!("ssh-ed25519{key}")).unwrap())
        .unwrap();
    let output = run(Command::new(keygen).arg("-lf").arg(&file));
    String::from_utf8(output.stdout).ok()
}
