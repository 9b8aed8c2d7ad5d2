//! Bundles are opened with tools that others wrote.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use earmark_testkit::peer;
use serde_json::Value;
use tempfile::TempDir;

use crate::bench::Bench;

/// Runs a peer, which must succeed.
fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// A home for `gpg` of its own.
struct GpgHome {
    gpg: PathBuf,
    home: TempDir,
}

impl GpgHome {
    fn new() -> Option<Self> {
        let gpg = peer("gpg")?;
        // Directly in `/tmp`: the path of the agent's socket is short.
        let private = fs::Permissions::from_mode(0o700);
        let home = tempfile::Builder::new().prefix("gpg").permissions(private).tempdir_in("/tmp").unwrap();
        Some(Self { gpg, home })
    }

    fn gpg(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(&self.gpg);
        command.arg("--homedir").arg(self.home.path());
        command.args(["--batch", "--yes", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]);
        run(command.args(arguments))
    }

    /// Makes a certificate and writes it armored to `file`.
    fn make(&self, who: &str, generate: &[&str], file: &Path) {
        self.gpg(generate);
        fs::write(file, self.gpg(&["--armor", "--export", who]).stdout).unwrap();
    }
}

impl Drop for GpgHome {
    fn drop(&mut self) {
        // The agent that `gpg` started lives on without its home.
        let stop = ["--homedir", &self.home.path().display().to_string(), "--kill", "all"];
        drop(Command::new("gpgconf").args(stop).output());
    }
}

/// Makes an age identity in `file` and gives its recipient.
fn age_key(keygen: &Path, file: &Path) -> String {
    run(Command::new(keygen).arg("-o").arg(file));
    let recipient = run(Command::new(keygen).arg("-y").arg(file)).stdout;
    String::from_utf8(recipient).unwrap().trim().to_owned()
}

fn add(bench: &Bench, slug: &str, keys: &[&str]) {
    let mut arguments = vec!["partner", "add", slug, "--name", slug, "--country", "DE", "--tier", "one"];
    for key in keys {
        arguments.extend(["--key", key]);
    }
    bench.ok(&arguments);
}

/// Protects a small tree with a link and a script in it; gives the answer.
fn protect(bench: &Bench) -> Value {
    let tree = bench.tree("asset", 21, 12);
    std::os::unix::fs::symlink("../nowhere", tree.join("link")).unwrap();
    fs::write(tree.join("run.sh"), "#!/bin/sh\necho \"$0\"\n").unwrap();
    fs::set_permissions(tree.join("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    bench.ok(&["protect", tree.to_str().unwrap(), "--name", "asset"])
}

/// Unpacks an opened bundle with `tar` and `zstd`, checks it with `sha256sum`, gives its folder.
fn unpack(bench: &Bench, opened: &[u8], name: &str) -> PathBuf {
    let (file, folder) = (bench.root().join(format!("{name}.tar.zst")), bench.root().join(name));
    fs::write(&file, opened).unwrap();
    fs::create_dir(&folder).unwrap();
    run(Command::new("tar").arg("--zstd").arg("-xf").arg(&file).arg("-C").arg(&folder));
    run(Command::new("sha256sum")
        .args(["--check", "--strict", "--quiet", "SHA256SUMS"])
        .current_dir(&folder));
    folder
}

/// All regular files and links below a folder, with mode and content.
fn content(root: &Path) -> Vec<(PathBuf, u32, Vec<u8>)> {
    let (mut all, mut waiting) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = waiting.pop() {
        for item in fs::read_dir(folder).unwrap() {
            let path = item.unwrap().path();
            let meta = path.symlink_metadata().unwrap();
            let below = path.strip_prefix(root).unwrap().to_owned();
            if meta.is_dir() {
                waiting.push(path);
            } else if meta.is_symlink() {
                all.push((below, 0, fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes()));
            } else {
                all.push((below, meta.permissions().mode(), fs::read(&path).unwrap()));
            }
        }
    }
    all.sort();
    all
}

fn holds(bytes: &[u8], wanted: &str) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted.as_bytes())
}

fn bundle(issued: &Value, recipient: &str) -> PathBuf {
    let copies = issued["copies"].as_array().unwrap();
    let copy = copies.iter().find(|copy| copy["recipient"] == recipient).unwrap();
    let path = PathBuf::from(copy["bundle"].as_str().unwrap());
    let sum = run(Command::new("sha256sum").arg(&path)).stdout;
    assert!(sum.starts_with(copy["sha256"].as_str().unwrap().as_bytes()), "{copy}");
    path
}

/// What must be so of every bundle, whoever opened it.
fn is_right(bench: &Bench, folder: &Path, recipient: &str, others: &[&str], protected: &Value) {
    let material = content(&folder.join("material"));
    assert_eq!(material, content(&bench.root().join("plain").join(recipient)), "{recipient}");
    let note = fs::read_to_string(folder.join("COPY.md")).unwrap();
    assert!(note.contains("individually marked"), "{note}");
    for (path, _, bytes) in content(folder) {
        for secret in ["revision", "plan"] {
            let digest = protected[secret].as_str().unwrap();
            assert!(!holds(&bytes, &digest[..16]), "{secret} in {}", path.display());
        }
        for other in others {
            assert!(!holds(&bytes, other), "{other} in {}", path.display());
            assert!(!holds(path.as_os_str().as_encoded_bytes(), other), "{other} in {}", path.display());
        }
    }
    let sums = fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    let mut changed = 0;
    for (path, mode, original) in content(&bench.root().join("asset")) {
        if mode == 0 || fs::read(folder.join("material").join(&path)).unwrap() == original {
            continue;
        }
        changed += 1;
        let digest = run(Command::new("sha256sum").arg(bench.root().join("asset").join(&path))).stdout;
        let digest = String::from_utf8(digest[..64].to_vec()).unwrap();
        assert!(!sums.contains(&digest), "the original's digest of {} is told", path.display());
    }
    assert!(changed > 3, "{changed} files are marked");
}

const PARTNERS: [&str; 4] = ["quartz-native", "quartz-shell", "quartz-mail", "quartz-several"];

fn others(own: &str) -> Vec<&'static str> {
    PARTNERS.into_iter().filter(|name| *name != own).collect()
}

#[test]
fn age_opens_what_was_sealed_to_its_own_keys_and_to_ssh_keys() {
    let (Some(age), Some(keygen), Some(ssh_keygen)) = (peer("age"), peer("age-keygen"), peer("ssh-keygen"))
    else {
        return;
    };
    let bench = Bench::with_partners(&[]);
    let protected = protect(&bench);
    let native = bench.root().join("native.txt");
    let recipient = age_key(&keygen, &native);
    add(&bench, "quartz-native", &[&recipient]);
    let ssh = bench.root().join("ssh");
    run(Command::new(&ssh_keygen)
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "an engineer", "-f"])
        .arg(&ssh));
    // Named by its file, as people have it.
    add(&bench, "quartz-shell", &[&bench.path("ssh.pub")]);
    // Several keys of one contact: any of them opens the bundle.
    let (first, second) = (bench.root().join("first.txt"), bench.root().join("second.txt"));
    let rsa = bench.root().join("rsa");
    run(Command::new(&ssh_keygen).args(["-q", "-t", "rsa", "-b", "3072", "-N", "", "-f"]).arg(&rsa));
    let keys = [age_key(&keygen, &first), age_key(&keygen, &second)];
    add(&bench, "quartz-several", &[&keys[0], &bench.path("rsa.pub")]);
    bench.ok(&["partner", "key", "add", "quartz-several", &keys[1]]);

    let to = "quartz-native,quartz-shell,quartz-several";
    let issued = bench.ok(&["issue", "asset", "--to", to, "--out", &bench.path("out")]);
    bench.ok(&["issue", "asset", "--to", to, "--out", &bench.path("plain"), "--plain"]);
    for (partner, identity) in [
        ("quartz-native", &native),
        ("quartz-shell", &ssh),
        ("quartz-several", &first),
        ("quartz-several", &second),
        ("quartz-several", &rsa),
    ] {
        let sealed = bundle(&issued, partner);
        assert_eq!(sealed.file_name().unwrap().to_str().unwrap(), format!("asset-{partner}.tar.zst.age"));
        let opened = run(Command::new(&age).arg("-d").arg("-i").arg(identity).arg(&sealed)).stdout;
        let name = format!("{partner}-{}", identity.file_name().unwrap().display());
        let folder = unpack(&bench, &opened, &name);
        is_right(&bench, &folder, partner, &others(partner), &protected);
    }
    let foreign = Command::new(&age)
        .arg("-d")
        .arg("-i")
        .arg(&first)
        .arg(bundle(&issued, "quartz-native"))
        .output()
        .unwrap();
    assert!(!foreign.status.success(), "another's key opens the bundle");
    let sealed = fs::read(bundle(&issued, "quartz-native")).unwrap();
    assert!(!holds(&sealed, "COPY.md") && !holds(&sealed, "quartz"), "the sealed file tells what is in it");
}

#[test]
fn gpg_opens_what_was_sealed_to_a_certificate() {
    let Some(home) = GpgHome::new() else { return };
    let bench = Bench::with_partners(&[]);
    let protected = protect(&bench);
    let curve = bench.root().join("curve.asc");
    home.make("curve@example.org", &["--quick-generate-key", "curve@example.org", "future-default"], &curve);
    add(&bench, "quartz-mail", &[curve.to_str().unwrap()]);
    // `gpg` gives an RSA key made in one step no part that encrypts: that is added.
    let rsa = bench.root().join("rsa.asc");
    home.make("rsa@example.org", &["--quick-generate-key", "rsa@example.org", "rsa2048"], &rsa);
    let listing = home.gpg(&["--with-colons", "--list-keys", "rsa@example.org"]).stdout;
    let listing = String::from_utf8(listing).unwrap();
    let line = listing.lines().find(|line| line.starts_with("fpr:")).unwrap();
    let add_key = ["--quick-add-key", line.split(':').nth(9).unwrap(), "rsa2048", "encr"];
    home.make("rsa@example.org", &add_key, &rsa);
    add(&bench, "quartz-native", &[rsa.to_str().unwrap()]);
    let to = "quartz-mail,quartz-native";
    let issued = bench.ok(&["issue", "asset", "--to", to, "--out", &bench.path("out")]);
    bench.ok(&["issue", "asset", "--to", to, "--out", &bench.path("plain"), "--plain"]);
    for partner in ["quartz-mail", "quartz-native"] {
        let sealed = bundle(&issued, partner);
        assert_eq!(sealed.extension().unwrap(), "gpg");
        let opened = home.gpg(&["--decrypt", sealed.to_str().unwrap()]).stdout;
        let folder = unpack(&bench, &opened, &format!("opened-{partner}"));
        is_right(&bench, &folder, partner, &others(partner), &protected);
    }
}

#[test]
fn keys_of_both_families_get_a_bundle_each() {
    let (Some(home), Some(age), Some(keygen)) = (GpgHome::new(), peer("age"), peer("age-keygen")) else {
        return;
    };
    let bench = Bench::with_partners(&[]);
    let protected = protect(&bench);
    let (identity, certificate) = (bench.root().join("identity.txt"), bench.root().join("mail.asc"));
    let recipient = age_key(&keygen, &identity);
    home.make(
        "both@example.org",
        &["--quick-generate-key", "both@example.org", "future-default"],
        &certificate,
    );
    add(&bench, "quartz-several", &[certificate.to_str().unwrap(), &recipient]);
    let to = "quartz-several";
    let issued = bench.ok(&["issue", "asset", "--to", to, "--out", &bench.path("out")]);
    bench.ok(&["issue", "asset", "--to", to, "--out", &bench.path("plain"), "--plain"]);
    let (sealed, also) = (bundle(&issued, to), issued["copies"][0]["also"].as_str().unwrap());
    let by_age = run(Command::new(&age).arg("-d").arg("-i").arg(&identity).arg(&sealed)).stdout;
    let by_gpg = home.gpg(&["--decrypt", also]).stdout;
    assert_eq!(by_age, by_gpg);
    let signatures = issued["copies"][0]["signatures"].as_array().unwrap();
    assert_eq!(signatures.len(), 4, "two for each: {signatures:?}");
    let folder = unpack(&bench, &by_gpg, "opened");
    is_right(&bench, &folder, to, &others(to), &protected);
    let names: Vec<_> = content(&bench.root().join("out")).into_iter().map(|(path, ..)| path).collect();
    assert_eq!(names.len(), 6, "two bundles, each with two signatures: {names:?}");
}

#[test]
fn a_partner_checks_whose_a_bundle_is() {
    let (Some(age), Some(keygen)) = (peer("age"), peer("age-keygen")) else { return };
    let (Some(ssh_keygen), Some(minisign)) = (peer("ssh-keygen"), peer("minisign")) else { return };
    let bench = Bench::with_partners(&[]);
    protect(&bench);
    let identity = bench.root().join("identity.txt");
    add(&bench, "quartz-native", &[&age_key(&keygen, &identity)]);
    let keys = bench.ok(&["key", "show"]);
    let text = |name: &str| keys[name].as_str().unwrap();
    let (allowed, public) = (bench.root().join("allowed"), bench.root().join("owner.pub"));
    fs::write(&allowed, text("allowed_signers")).unwrap();
    fs::write(&public, text("minisign")).unwrap();
    let issued = bench.ok(&["issue", "asset", "--to", "all", "--out", &bench.path("out")]);
    let sealed = bundle(&issued, "quartz-native");
    let opened = run(Command::new(&age).arg("-d").arg("-i").arg(&identity).arg(&sealed)).stdout;
    let sums = unpack(&bench, &opened, "opened").join("SHA256SUMS");
    let beside = |file: &Path, end: &str| PathBuf::from(format!("{}.{end}", file.display()));
    let checks = |file: &Path| {
        let ssh = Command::new(&ssh_keygen)
            .args(["-Y", "verify", "-n", text("namespace"), "-I", text("principal"), "-f"])
            .arg(&allowed)
            .arg("-s")
            .arg(beside(file, "sig"))
            .stdin(fs::File::open(file).unwrap())
            .output()
            .unwrap();
        let mini =
            Command::new(&minisign).arg("-V").arg("-p").arg(&public).arg("-m").arg(file).output().unwrap();
        (ssh.status.success(), mini.status.success())
    };
    for file in [&sealed, &sums] {
        assert_eq!(checks(file), (true, true), "{}", file.display());
        let mut bytes = fs::read(file).unwrap();
        let last = bytes.len() - 2;
        bytes[last] ^= 1;
        fs::write(file, bytes).unwrap();
        assert_eq!(checks(file), (false, false), "{}", file.display());
    }
    let listed = issued["copies"][0]["signatures"].as_array().unwrap();
    let expected = ["sig", "minisig"].map(|end| beside(&sealed, end).display().to_string());
    assert_eq!(listed, &expected.map(Value::from));
    // The next issue is signed with the same keys.
    bench.ok(&["issue", "asset", "--to", "all", "--out", &bench.path("out")]);
    assert_eq!(checks(&sealed), (true, true));
    assert_eq!(bench.ok(&["key", "show"]), keys);
}

/// Adds a partner whose key must be refused; gives the reason.
fn add_refused(bench: &Bench, slug: &str, key: &Path) -> String {
    let key = key.to_str().unwrap();
    let arguments =
        ["partner", "add", slug, "--name", slug, "--country", "DE", "--tier", "one", "--key", key];
    let said = bench.refused(3, &arguments);
    let partners = bench.ok(&["partner", "list"]);
    assert_eq!(
        partners.as_array().unwrap().iter().filter(|one| one["slug"] == slug).count(),
        0,
        "{partners}"
    );
    said
}

#[test]
fn keys_that_cannot_be_sealed_to_are_refused_with_the_reason() {
    let Some(home) = GpgHome::new() else { return };
    let bench = Bench::with_partners(&["amber"]);
    protect(&bench);
    let file = bench.root().join("signs.asc");
    let generate = ["--quick-generate-key", "signs@example.org", "ed25519", "sign", "never"];
    home.make("signs@example.org", &generate, &file);
    let said = add_refused(&bench, "signer", &file);
    assert!(said.contains("can only sign"), "{said}");

    let file = bench.root().join("old.asc");
    let time = ["--faked-system-time", "20200101T000000"];
    let generate = ["--quick-generate-key", "old@example.org", "rsa2048", "default", "1y"];
    home.make("old@example.org", &[time.as_slice(), &generate].concat(), &file);
    let said = add_refused(&bench, "late", &file);
    assert!(said.contains("expired on 2020-12-31"), "{said}");

    // One that expires after it was added is refused when a bundle is to be sealed.
    let file = bench.root().join("brief.asc");
    let begun = Instant::now();
    let generate = ["--quick-generate-key", "brief@example.org", "future-default", "default", "seconds=12"];
    home.make("brief@example.org", &generate, &file);
    add(&bench, "brief", &[file.to_str().unwrap()]);
    std::thread::sleep(Duration::from_secs(14).saturating_sub(begun.elapsed()));
    let out = bench.path("out");
    let said = bench.refused(3, &["issue", "asset", "--to", "brief", "--out", &out]);
    assert!(said.contains("cannot seal a bundle to `brief`") && said.contains("expired on"), "{said}");
    assert!(said.contains("earmark partner key add brief"), "{said}");
    assert!(!Path::new(&out).exists(), "a refused issue leaves a folder");

    // Without any key: refused, unless the copy is to be plain.
    let said = bench.refused(3, &["issue", "asset", "--to", "amber", "--out", &out]);
    assert!(said.contains("it has no key") && said.contains("--plain"), "{said}");
    bench.ok(&["issue", "asset", "--to", "amber", "--out", &out, "--plain"]);
}

#[test]
fn keys_that_are_none_are_malformed_and_private_ones_are_named() {
    let Some(keygen) = peer("age-keygen") else { return };
    let bench = Bench::with_partners(&[]);
    let identity = bench.root().join("identity.txt");
    let recipient = age_key(&keygen, &identity);
    fs::write(bench.root().join("noise"), [0xff, 0xfe, 0, 1]).unwrap();
    let secret = fs::read_to_string(&identity).unwrap();
    let secret = secret.lines().last().unwrap().to_owned();
    let last = if recipient.ends_with('x') { 'q' } else { 'x' };
    let damaged = format!("{}{last}", &recipient[..recipient.len() - 1]);
    for key in [
        "",
        "a key",
        &damaged,
        &bench.path("noise"),
        &bench.path("identity.txt"),
        &secret,
        "ssh-ed25519 AAAA",
    ] {
        let arguments =
            ["partner", "add", "x", "--name", "X", "--country", "DE", "--tier", "a", "--key", key];
        let said = bench.refused(5, &arguments);
        assert!(!said.contains("AGE-SECRET-KEY"), "a private key is repeated: {said}");
        if key == secret || key.ends_with("identity.txt") {
            assert!(said.contains("private key"), "{said}");
        }
    }
}
