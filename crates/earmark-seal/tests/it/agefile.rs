//! age's and SSH's keys: sealed here, opened with `age`.

use std::fs;
use std::path::Path;
use std::process::Command;

use earmark_model::KeyKind;
use earmark_seal::{CheckedKey, Form, KeyError, RecipientKey, SealError, seal};
use earmark_testkit::peer;

use crate::peers::{NOW, material, run};

fn checked(text: &[u8]) -> CheckedKey {
    RecipientKey::parse(text).unwrap().check(NOW).unwrap()
}

fn ssh_key(folder: &Path, name: &str, arguments: &[&str]) -> Option<Vec<u8>> {
    let keygen = peer("ssh-keygen")?;
    run(Command::new(keygen)
        .args(["-q", "-N", "", "-C", "ann@laptop", "-f"])
        .arg(folder.join(name))
        .args(arguments));
    Some(fs::read(folder.join(format!("{name}.pub"))).unwrap())
}

fn age_key(folder: &Path, name: &str) -> Option<String> {
    let keygen = peer("age-keygen")?;
    run(Command::new(&keygen).arg("-o").arg(folder.join(name)));
    let public = run(Command::new(keygen).arg("-y").arg(folder.join(name))).stdout;
    Some(String::from_utf8(public).unwrap())
}

fn open(folder: &Path, identity: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    let age = peer("age")?;
    fs::write(folder.join("sealed.age"), sealed).unwrap();
    Some(
        run(Command::new(age).arg("-d").arg("-i").arg(folder.join(identity)).arg(folder.join("sealed.age")))
            .stdout,
    )
}

#[test]
fn one_file_for_all_of_a_partners_people() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let Some(native) = age_key(folder, "native") else { return };
    let Some(ed25519) = ssh_key(folder, "ed25519", &["-t", "ed25519"]) else { return };
    let Some(rsa) = ssh_key(folder, "rsa", &["-t", "rsa", "-b", "2048"]) else { return };
    let keys = [checked(native.as_bytes()), checked(&ed25519), checked(&rsa)];
    let kinds = keys.each_ref().map(|key| key.key().kind());
    assert_eq!(kinds, [KeyKind::Age, KeyKind::SshEd25519, KeyKind::SshRsa]);
    let mut sealed = Vec::new();
    let outcome = seal(&material()[..], &keys, &mut sealed).unwrap();
    assert_eq!((outcome.form, outcome.length), (Form::Age, material().len() as u64));
    assert_eq!((outcome.opened_by.len(), outcome.left_out.len()), (3, 0));
    for identity in ["native", "ed25519", "rsa"] {
        let Some(opened) = open(folder, identity, &sealed) else { return };
        assert!(opened == material(), "{identity}");
    }
}

#[test]
fn an_ssh_fingerprint_is_the_one_that_ssh_keygen_shows() {
    let folder = tempfile::tempdir().unwrap();
    let Some(public) = ssh_key(folder.path(), "key", &["-t", "ed25519"]) else { return };
    let key = RecipientKey::parse(&public).unwrap();
    let shown = run(Command::new("ssh-keygen").arg("-lf").arg(folder.path().join("key.pub"))).stdout;
    assert!(String::from_utf8(shown).unwrap().contains(&key.fingerprint()), "{}", key.fingerprint());
    let text = key.to_text().unwrap();
    assert!(!text.contains("laptop"), "a comment often names somebody's machine");
    assert_eq!(text.parse::<RecipientKey>().unwrap().fingerprint(), key.fingerprint());
}

#[test]
fn several_keys_in_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let Some(one) = age_key(folder.path(), "one") else { return };
    let Some(two) = age_key(folder.path(), "two") else { return };
    let both = format!("# Ann's and Ben's\n\n{one}\r\n  {two}");
    assert_eq!(RecipientKey::parse_all(both.as_bytes()).unwrap().len(), 2);
    assert_eq!(RecipientKey::parse(both.as_bytes()).unwrap_err(), KeyError::Several(2));
}

#[test]
fn what_is_no_fit_key_is_told_in_one_reason() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let refuse = |bytes: &[u8]| RecipientKey::parse(bytes).unwrap_err();
    for nothing in ["", "\n# only a comment\n", "hello", "\u{0}", "-----BEGIN CERTIFICATE-----\n"] {
        assert_eq!(refuse(nothing.as_bytes()), KeyError::Unknown, "{nothing}");
    }
    let typo = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8q";
    assert!(matches!(refuse(typo.as_bytes()), KeyError::Malformed { kind: KeyKind::Age, .. }));
    assert!(matches!(
        refuse(b"age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t"),
        KeyError::Unsupported(_)
    ));
    assert!(matches!(refuse(b"ssh-ed25519 AAAA"), KeyError::Malformed { kind: KeyKind::SshEd25519, .. }));
    if let Some(short) = ssh_key(folder, "short", &["-t", "rsa", "-b", "1024"]) {
        assert_eq!(refuse(&short), KeyError::ShortRsa(1024));
    }
    if let Some(ecdsa) = ssh_key(folder, "ecdsa", &["-t", "ecdsa"]) {
        assert_eq!(refuse(&ecdsa), KeyError::Unsupported("ecdsa-sha2-nistp256".to_owned()));
        assert_eq!(refuse(&fs::read(folder.join("ecdsa")).unwrap()), KeyError::Private);
    }
    if age_key(folder, "native").is_some() {
        assert_eq!(refuse(&fs::read(folder.join("native")).unwrap()), KeyError::Private);
    }
}

#[test]
fn nothing_is_sealed_to_nobody() {
    let mut out = Vec::new();
    assert!(matches!(seal(&b"x"[..], &[], &mut out), Err(SealError::NoKey)));
    assert!(out.is_empty());
}
