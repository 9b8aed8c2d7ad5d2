//! Post-quantum recipients: sealed here, opened by the `age-encryption` package.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use earmark_model::KeyKind;
use earmark_seal::{CheckedKey, Form, KeyError, RecipientKey, SealError, TimedKey, seal};
use earmark_testkit::{npm_package, peer};

use crate::peers::{NOW, material, run};

struct Typage {
    node: PathBuf,
    package: PathBuf,
}

impl Typage {
    fn new() -> Option<Self> {
        Some(Self { node: peer("node")?, package: npm_package("age-encryption")? })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.node);
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/age_peer.mjs"));
        command.arg(&self.package).args(arguments);
        command
    }

    /// An identity and its recipient.
    fn make(&self) -> (String, String) {
        let printed = String::from_utf8(run(&mut self.command(&["keygen"])).stdout).unwrap();
        let (identity, recipient) = printed.trim().split_once('\n').unwrap();
        (identity.to_owned(), recipient.to_owned())
    }

    fn open(&self, identity: &str, sealed: &[u8]) -> Output {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sealed.age");
        fs::write(&file, sealed).unwrap();
        self.command(&["decrypt", identity, file.to_str().unwrap()]).output().unwrap()
    }
}

fn checked(text: &str) -> CheckedKey {
    RecipientKey::parse(text.as_bytes()).unwrap().check(NOW).unwrap()
}

#[test]
fn others_open_what_is_sealed_to_their_post_quantum_keys() {
    let Some(typage) = Typage::new() else { return };
    let people = [typage.make(), typage.make()];
    let keys = [checked(&people[0].1), checked(&people[1].1)];
    assert_eq!(keys[0].key().kind(), KeyKind::Age);
    assert_eq!(keys[0].key().to_text().unwrap(), people[0].1);
    let fingerprint = keys[0].key().fingerprint();
    assert!(fingerprint.starts_with("age1pq1 SHA256:") && fingerprint.len() == 79, "{fingerprint}");
    let mut sealed = Vec::new();
    let outcome = seal(&material()[..], &keys, &mut sealed).unwrap();
    assert_eq!((outcome.form, outcome.opened_by.len()), (Form::Age, 2));
    for (identity, _) in &people {
        assert!(typage.open(identity, &sealed).stdout == material());
    }
    assert!(!typage.open(&typage.make().0, &sealed).status.success(), "another's key opens it");
}

#[test]
fn a_key_that_others_can_break_is_not_mixed_in() {
    let Some(typage) = Typage::new() else { return };
    let classic = TimedKey::generate().public().unwrap().check(NOW).unwrap();
    let refused = seal(&material()[..], &[checked(&typage.make().1), classic], Vec::new()).unwrap_err();
    assert!(matches!(refused, SealError::Together(_)), "{refused}");
}

#[test]
fn a_damaged_post_quantum_key_is_refused() {
    let Some(typage) = Typage::new() else { return };
    let recipient = typage.make().1;
    for at in [8, 700, recipient.len() - 1] {
        let mut damaged = recipient.clone().into_bytes();
        damaged[at] = if damaged[at] == b'q' { b'p' } else { b'q' };
        let refused = RecipientKey::parse(&damaged).unwrap_err();
        assert!(matches!(refused, KeyError::Malformed { kind: KeyKind::Age, .. }), "{refused}");
    }
    assert!(RecipientKey::parse(&recipient.as_bytes()[..1000]).is_err());
    assert_eq!(RecipientKey::parse(typage.make().0.as_bytes()).unwrap_err(), KeyError::Private);
}
