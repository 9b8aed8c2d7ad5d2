//! The vault's own keys: kept, sealed, printed, brought back.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use earmark_seal::{CustodyError, KitError, ProgramKeys, RecipientKey, SecretKey, recovery_kit, restore_kit};
use earmark_testkit::peer;

use crate::peers::{NOW, run};

#[test]
fn keys_are_kept_in_private_files() {
    let folder = tempfile::tempdir().unwrap();
    let keys = ProgramKeys::generate();
    keys.save(folder.path(), &[]).unwrap();
    for name in ProgramKeys::NAMES {
        let about = fs::metadata(folder.path().join(format!("{name}.key"))).unwrap();
        assert_eq!(about.permissions().mode() & 0o777, 0o600);
    }
    assert!(ProgramKeys::load(folder.path(), None).unwrap() == keys);
    assert!(matches!(ProgramKeys::generate().save(folder.path(), &[]), Err(CustodyError::AlreadyThere(_))));
    assert!(ProgramKeys::load(folder.path(), None).unwrap() == keys, "a refused save changes nothing");
}

#[test]
fn keys_differ_and_do_not_show() {
    let keys = ProgramKeys::generate();
    assert!(keys.program != keys.index && keys.index != keys.blinding && keys != ProgramKeys::generate());
    let shown = format!("{keys:?} {:?}", SecretKey::from_bytes([0xab; 32]));
    assert!(!shown.contains("171") && !shown.to_lowercase().contains("abab"), "{shown}");
}

#[test]
fn a_sealed_program_key_needs_its_identity_and_the_others_do_not() {
    let (Some(keygen), Some(age)) = (peer("age-keygen"), peer("age")) else { return };
    let folder = tempfile::tempdir().unwrap();
    let identity = folder.path().join("identity");
    run(Command::new(&keygen).arg("-o").arg(&identity));
    let public = run(Command::new(&keygen).arg("-y").arg(&identity)).stdout;
    let owner = RecipientKey::parse(&public).unwrap().check(NOW).unwrap();
    let keys = ProgramKeys::generate();
    keys.save(folder.path(), &[owner]).unwrap();

    assert!(matches!(ProgramKeys::load_program(folder.path(), None), Err(CustodyError::Sealed(_))));
    assert!(ProgramKeys::load_other(folder.path(), "index").unwrap() == keys.index);
    let text = fs::read_to_string(&identity).unwrap();
    assert!(ProgramKeys::load(folder.path(), Some(&text)).unwrap() == keys);

    let other = folder.path().join("other");
    run(Command::new(&keygen).arg("-o").arg(&other));
    let other = fs::read_to_string(&other).unwrap();
    for wrong in [other.as_str(), "", "rubbish"] {
        let outcome = ProgramKeys::load_program(folder.path(), Some(wrong));
        assert!(matches!(outcome, Err(CustodyError::Identity { .. })), "{wrong}");
    }
    let opened =
        run(Command::new(age).arg("-d").arg("-i").arg(&identity).arg(folder.path().join("program.key")))
            .stdout;
    fs::write(folder.path().join("program.key"), opened).unwrap();
    assert!(ProgramKeys::load(folder.path(), None).unwrap() == keys, "age opens it too");
}

#[test]
fn an_ssh_key_may_be_the_identity() {
    let Some(keygen) = peer("ssh-keygen") else { return };
    let folder = tempfile::tempdir().unwrap();
    let identity = folder.path().join("id");
    run(Command::new(keygen).args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&identity));
    let owner =
        RecipientKey::parse(&fs::read(folder.path().join("id.pub")).unwrap()).unwrap().check(NOW).unwrap();
    let keys = ProgramKeys::generate();
    keys.save(folder.path(), &[owner]).unwrap();
    let text = fs::read_to_string(&identity).unwrap();
    assert!(ProgramKeys::load(folder.path(), Some(&text)).unwrap() == keys);
}

#[test]
fn damaged_key_files_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let keys = ProgramKeys::generate();
    keys.save(folder.path(), &[]).unwrap();
    fs::copy(folder.path().join("index.key"), folder.path().join("program.key")).unwrap();
    let outcome = ProgramKeys::load_program(folder.path(), None).unwrap_err();
    assert_eq!(outcome.to_string(), "this is no `program` key: it is another key");
    fs::write(folder.path().join("program.key"), "earmark-program1qqqq\n").unwrap();
    assert!(matches!(ProgramKeys::load_program(folder.path(), None), Err(CustodyError::Malformed { .. })));
}

#[test]
fn a_kit_brings_the_keys_back_even_when_typed_in() {
    let keys = ProgramKeys::generate();
    let kit = recovery_kit("Harbor\nearmark-program1 forged", &keys, None).unwrap();
    assert!(restore_kit(&kit, None).unwrap() == keys);
    let typed = kit
        .lines()
        .filter(|line| line.starts_with("earmark-"))
        .map(|line| format!("  {}\r\n", line.to_uppercase()));
    assert!(restore_kit(&typed.collect::<String>(), None).unwrap() == keys);
}

#[test]
fn every_wrong_character_of_a_kit_is_noticed() {
    let keys = ProgramKeys::generate();
    let kit = recovery_kit("x", &keys, None).unwrap();
    let start = kit.find("earmark-program1").unwrap() + "earmark-program1".len();
    let end = start + kit[start..].find('\n').unwrap();
    for at in (start..end).filter(|at| kit.as_bytes()[*at] != b' ') {
        let mut wrong = kit.as_bytes().to_vec();
        wrong[at] = if wrong[at] == b'q' { b'p' } else { b'q' };
        let wrong = String::from_utf8(wrong).unwrap();
        assert!(
            matches!(restore_kit(&wrong, None), Err(KitError::Key(CustodyError::Malformed { .. }))),
            "{at}"
        );
    }
    let without = kit.replace("earmark-index1", "earmark-gone1");
    assert!(matches!(restore_kit(&without, None), Err(KitError::Lacks("index"))));
}

#[test]
fn a_locked_kit_opens_with_its_passphrase_only() {
    let keys = ProgramKeys::generate();
    let kit = recovery_kit("x", &keys, Some("correct horse")).unwrap();
    assert!(!kit.contains("earmark-program1"));
    assert!(matches!(restore_kit(&kit, None), Err(KitError::Locked)));
    assert!(matches!(restore_kit(&kit, Some("wrong")), Err(KitError::Passphrase(_))));
    assert!(restore_kit(&kit, Some("correct horse")).unwrap() == keys);
    // `age` asks for passphrases at a terminal, which `script` provides.
    let (Some(script), Some(_)) = (peer("script"), peer("age")) else { return };
    let folder = tempfile::tempdir().unwrap();
    let block = &kit[kit.find("-----BEGIN").unwrap()..];
    fs::write(folder.path().join("kit.age"), block).unwrap();
    let mut child = Command::new(script)
        .current_dir(folder.path())
        .args(["-qec", "age -d -o opened kit.age", "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"correct horse\n").unwrap();
    assert!(child.wait().unwrap().success());
    let opened = fs::read_to_string(folder.path().join("opened")).unwrap();
    assert!(restore_kit(&opened, None).unwrap() == keys);
}
