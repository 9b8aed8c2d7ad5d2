//! OpenPGP certificates made by `gpg`: sealed here, opened with `gpg`.

use std::fs;

use earmark_model::{KeyKind, UnixMillis};
use earmark_seal::{Form, KeyError, RecipientKey, seal};

use crate::peers::{DAY, GpgHome, NOW, material};

fn parse(bytes: &[u8]) -> RecipientKey {
    RecipientKey::parse(bytes).unwrap()
}

#[test]
fn gpg_opens_what_is_sealed_to_its_keys() {
    let Some(home) = GpgHome::new() else { return };
    home.make(None, "curve", "future-default", "default", "never");
    let rsa = home.make(None, "rsa", "rsa2048", "cert", "never");
    home.gpg(None, &["--quick-add-key", &rsa, "rsa2048", "encr", "never"]);
    home.make(None, "all-in-one", "rsa2048", "cert,sign,encr", "never");
    // The keys were made just now, by the machine's clock.
    let later = UnixMillis(i64::from(u32::MAX) * 1000);
    for who in ["curve", "rsa", "all-in-one"] {
        let mut sealed = Vec::new();
        let key = parse(&home.export(who, true));
        assert_eq!((key.kind(), key.fingerprint()), (KeyKind::OpenPgp, home.fingerprint(who)));
        assert_eq!(key.expires(later).unwrap(), None);
        let outcome = seal(&material()[..], &[key.check(later).unwrap()], &mut sealed).unwrap();
        assert_eq!((outcome.form, outcome.length), (Form::OpenPgp, material().len() as u64));
        assert!(home.decrypt(&sealed) == material(), "{who}");
    }
    // One message for all three, out of a binary keyring.
    let keyring = home.gpg(None, &["--export"]).stdout;
    let keys = RecipientKey::parse_all(&keyring).unwrap();
    assert_eq!(RecipientKey::parse(&keyring).unwrap_err(), KeyError::Several(3));
    let keys: Vec<_> = keys.iter().map(|key| key.check(later).unwrap()).collect();
    let mut sealed = Vec::new();
    seal(&material()[..], &keys, &mut sealed).unwrap();
    for who in ["curve", "rsa"] {
        let fingerprint = home.fingerprint(who);
        home.gpg(None, &["--delete-secret-keys", &fingerprint]);
        assert!(home.decrypt(&sealed) == material(), "after {who} is gone");
    }
}

#[test]
fn a_certificate_says_whose_address_it_was_made_for() {
    let Some(home) = GpgHome::new() else { return };
    home.make(None, "Ann Quill (desk) <ann@harbor.example>", "future-default", "default", "never");
    assert_eq!(parse(&home.export("ann@harbor.example", true)).mails(), ["ann@harbor.example"]);
    home.make(None, "just a name", "future-default", "default", "never");
    assert_eq!(parse(&home.export("just a name", true)).mails(), [""; 0]);
}

#[test]
fn an_expired_key_is_refused_from_its_last_instant_on() {
    let Some(home) = GpgHome::new() else { return };
    // Made on 2020-01-01 for ten days.
    home.make(Some("20200101T000000"), "old", "future-default", "default", "10d");
    let key = parse(&home.export("old", true));
    let end = UnixMillis(1_577_836_800_000 + 10 * DAY);
    assert_eq!(key.check(NOW).unwrap_err(), KeyError::Expired(end));
    assert_eq!(key.check(NOW).unwrap_err().to_string(), "this key expired on 2020-01-11T00:00:00Z");
    assert_eq!(key.check(end).unwrap_err(), KeyError::Expired(end));
    let just_before = UnixMillis(end.0 - 1);
    assert!(key.check(just_before).is_ok());
    assert_eq!(key.expires(just_before).unwrap(), Some(end));
    assert_eq!(
        key.check(UnixMillis(end.0 - 11 * DAY)).unwrap_err(),
        KeyError::NotYet(UnixMillis(end.0 - 10 * DAY))
    );
}

#[test]
fn a_prolonged_key_is_good_again() {
    let Some(home) = GpgHome::new() else { return };
    let key = home.make(Some("20200101T000000"), "old", "future-default", "default", "10d");
    home.gpg(Some("20200105T000000"), &["--quick-set-expire", &key, "never"]);
    home.gpg(Some("20200105T000000"), &["--quick-set-expire", &key, "never", "*"]);
    assert!(parse(&home.export("old", true)).check(NOW).is_ok());
}

#[test]
fn an_expired_subkey_is_as_good_as_none() {
    let Some(home) = GpgHome::new() else { return };
    let key = home.make(Some("20200101T000000"), "old", "ed25519", "cert,sign", "never");
    home.gpg(Some("20200101T000000"), &["--quick-add-key", &key, "cv25519", "encr", "10d"]);
    let refusal = parse(&home.export("old", true)).check(NOW).unwrap_err();
    assert_eq!(refusal, KeyError::Expired(UnixMillis(1_577_836_800_000 + 10 * DAY)));
    // A newer subkey makes it good, and that is the one sealed to.
    home.gpg(Some("20200201T000000"), &["--quick-add-key", &key, "cv25519", "encr", "never"]);
    let mut sealed = Vec::new();
    seal(&b"x"[..], &[parse(&home.export("old", true)).check(NOW).unwrap()], &mut sealed).unwrap();
    assert_eq!(home.decrypt(&sealed), b"x");
}

#[test]
fn a_key_that_only_signs_is_refused() {
    let Some(home) = GpgHome::new() else { return };
    home.make(Some("20200101T000000"), "curve", "ed25519", "sign", "never");
    home.make(Some("20200101T000000"), "rsa", "rsa2048", "sign", "never");
    for who in ["curve", "rsa"] {
        assert_eq!(parse(&home.export(who, true)).check(NOW).unwrap_err(), KeyError::SignOnly, "{who}");
    }
}

#[test]
fn a_revoked_key_is_refused() {
    let Some(home) = GpgHome::new() else { return };
    let key = home.make(Some("20200101T000000"), "lost", "future-default", "default", "never");
    assert!(parse(&home.export("lost", true)).check(NOW).is_ok());
    // gpg prepares the revocation and disarms it with a colon.
    let prepared = home.path().join(format!("openpgp-revocs.d/{key}.rev"));
    let armed = fs::read_to_string(&prepared).unwrap().replace(":-----BEGIN", "-----BEGIN");
    fs::write(&prepared, armed).unwrap();
    home.gpg(None, &["--import", prepared.to_str().unwrap()]);
    assert_eq!(parse(&home.export("lost", true)).check(NOW).unwrap_err(), KeyError::Revoked);
}

#[test]
fn a_short_rsa_key_is_refused() {
    let Some(home) = GpgHome::new() else { return };
    let time = Some("20200101T000000");
    let key = home.make(time, "short", "rsa2048", "cert", "never");
    home.gpg(time, &["--quick-add-key", &key, "rsa1024", "encr", "never"]);
    assert_eq!(parse(&home.export("short", true)).check(NOW).unwrap_err(), KeyError::ShortRsa(1024));
}

#[test]
fn foreign_bytes_are_refused_without_panic() {
    let Some(home) = GpgHome::new() else { return };
    home.make(Some("20200101T000000"), "ann", "future-default", "default", "never");
    let secret = home.gpg(None, &["--export-secret-keys", "ann"]).stdout;
    assert_eq!(RecipientKey::parse(&secret).unwrap_err(), KeyError::Private);
    let secret = home.gpg(None, &["--armor", "--export-secret-keys", "ann"]).stdout;
    assert_eq!(RecipientKey::parse(&secret).unwrap_err(), KeyError::Private);

    // Every cut and every flipped byte: never a panic, and never a key that is not bound to its parts.
    let whole = home.export("ann", false);
    let fingerprint = parse(&whole).fingerprint();
    for cut in 0..whole.len() {
        if let Ok(key) = RecipientKey::parse(&whole[..cut]) {
            assert!(key.check(NOW).is_err(), "cut at {cut}");
        }
    }
    for at in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x10;
        if let Ok(checked) = RecipientKey::parse(&flipped).and_then(|key| key.check(NOW)) {
            assert_eq!(checked.key().fingerprint(), fingerprint, "flipped at {at}");
        }
    }
}

#[test]
fn of_mixed_keys_the_age_file_wins_and_says_who_is_left_out() {
    let Some(home) = GpgHome::new() else { return };
    home.make(Some("20200101T000000"), "ann", "future-default", "default", "never");
    let openpgp = parse(&home.export("ann", true)).check(NOW).unwrap();
    let age = parse(b"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p").check(NOW).unwrap();
    let mut sealed = Vec::new();
    let outcome = seal(&b"x"[..], &[openpgp.clone(), age], &mut sealed).unwrap();
    assert_eq!(outcome.form, Form::Age);
    assert_eq!(outcome.left_out, [openpgp.key().fingerprint()]);
    assert!(sealed.starts_with(b"age-encryption.org/v1\n"));
}
