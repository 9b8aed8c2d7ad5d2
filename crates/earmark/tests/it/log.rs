//! The log as people use it: owner, partner, witness and judge, each with their own files.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use earmark_testkit::peer;
use serde_json::Value;

use crate::bench::{Bench, EARMARK};

/// A vault with an asset issued to everybody, if there is anybody.
fn issued(slugs: &[&str]) -> Bench {
    let bench = Bench::with_partners(slugs);
    if slugs.is_empty() {
        return bench;
    }
    bench.tree("asset", 90, 3);
    bench.ok(&["protect", "asset", "--name", "asset"]);
    bench.ok(&["issue", "asset", "--to", "all", "--out", "out", "--plain"]);
    bench
}

/// Runs without any vault, as somebody else would; gives the exit code and the JSON.
fn elsewhere(bench: &Bench, arguments: &[&str]) -> (i32, Value) {
    let folder = bench.root().join("elsewhere");
    fs::create_dir_all(&folder).unwrap();
    let output = Command::new(EARMARK).args(arguments).arg("--json").current_dir(folder).output().unwrap();
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap_or_default())
}

fn entry_of(bench: &Bench, kind: &str, about: &str) -> String {
    let listed = bench.ok(&["log", "list"]);
    let found = listed
        .as_array()
        .unwrap()
        .iter()
        .rfind(|one| one["kind"] == kind && one["about"].as_str().unwrap().starts_with(about));
    found.unwrap()["entry"].to_string()
}

#[test]
fn an_owner_publishes_and_others_verify() {
    let bench = issued(&["amber", "birch"]);
    let log = bench.path("public");
    let published =
        bench.ok(&["log", "publish", "--out", &log, "--origin", "log.example/engine", "--block", "8"]);
    assert_eq!((&published["size"], &published["signed"]), (&8.into(), &true.into()));
    let again = bench.ok(&["log", "publish", "--out", &log]);
    assert_eq!(
        (&again["signed"], &again["files_written"]),
        (&false.into(), &0.into()),
        "a day has not passed"
    );
    for wrong in [["--origin", "other.example"], ["--block", "16"]] {
        let said = bench.refused(3, &[&["log", "publish", "--out", &log], wrong.as_slice()].concat());
        assert!(said.contains("fixed since its first checkpoint"), "{said}");
    }
    bench.refused(5, &["log", "publish", "--block", "1"]);

    assert_eq!(bench.ok(&["log", "verify", "--log", &log])["sound"], true);
    let key = published["keys"][0].as_str().unwrap();
    for (keys, from) in [(vec![], "log"), (vec!["--key", key], "given")] {
        let (code, answer) = elsewhere(&bench, &[vec!["log", "verify", "--log", &log], keys].concat());
        assert_eq!((code, &answer["keys_from"]), (0, &from.into()), "{answer}");
    }
    let other = issued(&[]).ok(&["log", "publish", "--origin", "log.example/engine"]);
    let other = other["keys"][0].as_str().unwrap().to_owned();
    let (code, answer) = elsewhere(&bench, &["log", "verify", "--log", &log, "--key", &other]);
    assert_eq!((code, &answer["sound"]), (1, &false.into()), "somebody else's key: {answer}");
    assert_eq!(elsewhere(&bench, &["log", "verify", "--log", &log, "--key", "x"]).0, 5);
    assert_eq!(elsewhere(&bench, &["log", "verify", "--log", "https://log.example"]).0, 6);
    assert_eq!(elsewhere(&bench, &["log", "verify", "--log", "nowhere"]).0, 4);
    assert_eq!(elsewhere(&bench, &["log", "verify"]).0, 4);

    // One file of the folder, changed, and one line that says which.
    let path = Path::new(&log).join("tile/entries/000.p/8");
    let mut bytes = fs::read(&path).unwrap();
    bytes[9] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let output = bench.run(&["log", "verify", "--log", &log]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("wrong: ") && said.contains("checkpoints/8"), "{said}");
    assert_eq!(elsewhere(&bench, &["log", "verify", "--log", &log]).0, 1);
    let said = bench.run(&["log", "publish", "--out", &log, "--now"]);
    assert_eq!(said.status.code(), Some(0), "full and older files are not read again");
}

/// A web server (Python's) over a folder, ended when dropped; none where there is no Python.
struct Served(Child, String);

impl Served {
    fn start(folder: &str) -> Option<Self> {
        let python = peer("python3")?;
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Command::new(python);
        server.args(["-m", "http.server", "--bind", "127.0.0.1", "-d", folder, &port.to_string()]);
        let child = server.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the web server does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(Self(child, format!("http://127.0.0.1:{port}")))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_log_on_the_web_is_fetched_and_verified() {
    let bench = issued(&["amber", "birch"]);
    let log = bench.path("public");
    let key = bench.ok(&["log", "publish", "--out", &log])["keys"][0].as_str().unwrap().to_owned();
    let Some(served) = Served::start(&log) else { return };
    let address = served.1.clone();
    let verify = ["log", "verify", "--log", &address, "--key", &key];
    let (code, answer) = elsewhere(&bench, &verify);
    assert_eq!((code, &answer["sound"], &answer["size"]), (0, &true.into(), &256.into()), "{answer}");
    assert_eq!(answer["folder"], address.as_str());
    assert_eq!(bench.ok(&["log", "verify", "--log", &address])["sound"], true, "beside its ledger too");
    assert_eq!(elsewhere(&bench, &["log", "verify", "--log", &format!("file://{log}"), "--key", &key]).0, 0);
    let path = Path::new(&log).join("tile/entries/000");
    let mut bytes = fs::read(&path).unwrap();
    bytes[9] ^= 1;
    fs::write(&path, &bytes).unwrap();
    assert_eq!(elsewhere(&bench, &verify).0, 1, "one bit");
    fs::remove_file(&path).unwrap();
    assert_eq!(elsewhere(&bench, &verify).0, 4, "a log without its entries is none");
    drop(served);
    assert_eq!(elsewhere(&bench, &verify).0, 6, "nobody answers");
}

#[test]
fn a_proof_opens_one_entry_and_no_other() {
    let bench = issued(&["amber", "birch"]);
    let amber = entry_of(&bench, "copy", "amber");
    let said = bench.refused(3, &["log", "prove", &amber]);
    assert!(said.contains("no checkpoint covers") && said.contains("log publish"), "{said}");
    bench.ok(&["log", "publish", "--block", "8"]);
    let log = bench.path("vault/log");
    let proved = bench.ok(&["log", "prove", &amber, "--out", "amber.proof"]);
    assert_eq!(proved["document"]["recipient"], "amber");
    let text = fs::read_to_string(bench.root().join("amber.proof")).unwrap();
    assert_eq!(proved["proof"], text);
    assert!(!text.contains("birch"));
    let proof = bench.path("amber.proof");
    let (code, checked) = elsewhere(&bench, &["log", "check", &proof, "--log", &log]);
    assert_eq!(
        (code, &checked["holds"], &checked["document"]),
        (0, &true.into(), &proved["document"]),
        "{checked}"
    );
    assert_eq!(bench.ok(&["log", "check", &proof])["holds"], true);
    // The plan too, whose document follows from the program key.
    let plan = bench.ok(&["log", "prove", &entry_of(&bench, "plan", "asset")]);
    assert_eq!(plan["document"]["asset"], "asset");
    let closed = bench.ok(&["log", "prove", &amber, "--closed", "--out", "closed.proof"]);
    assert_eq!(closed["document"], Value::Null);
    let (_, checked) = elsewhere(&bench, &["log", "check", &bench.path("closed.proof"), "--log", &log]);
    assert_eq!((&checked["holds"], &checked["document"]), (&true.into(), &Value::Null));

    let index = format!("index {amber}");
    for (changed, code) in [
        (text.replacen(&index, "index 0", 1), 1),
        (text.replacen("\n8\n", "\n9\n", 1), 1),
        (text.replacen("extra ey", "extra eY", 1), 5),
        ("x".to_owned(), 5),
        (String::new(), 5),
        ("{}".to_owned(), 5),
    ] {
        let path = bench.path("changed.proof");
        fs::write(&path, changed).unwrap();
        assert_eq!(elsewhere(&bench, &["log", "check", &path, "--log", &log]).0, code);
    }
    bench.refused(4, &["log", "prove", "99"]);
    bench.refused(4, &["log", "check", "nowhere"]);
}

#[test]
fn a_tier_was_served_under_one_checkpoint() {
    let bench = issued(&["amber", "birch", "cedar"]);
    bench.ok(&["log", "publish", "--block", "16"]);
    let fair = bench.ok(&["log", "fairness", "asset", "--out", "fair.json"]);
    let tier = &fair["tiers"][0];
    assert_eq!((&tier["copies"], &tier["in_one_checkpoint"]), (&3.into(), &true.into()), "{fair}");
    for name in ["amber", "birch", "cedar"] {
        assert!(!fair.to_string().contains(name));
    }
    let (path, log) = (bench.path("fair.json"), bench.path("vault/log"));
    assert_eq!(elsewhere(&bench, &["log", "check", &path, "--log", &log]).0, 0);
    // Somebody who is served later is under another checkpoint, and it shows.
    bench.ok(&["partner", "add", "delta", "--name", "D", "--country", "DE", "--tier", "one"]);
    bench.ok(&["issue", "asset", "--to", "delta", "--out", "out", "--plain"]);
    assert_eq!(bench.ok(&["log", "fairness", "asset"])["tiers"][0]["unpublished"], 1);
    bench.ok(&["log", "publish", "--now"]);
    let late = bench.ok(&["log", "fairness", "asset", "--out", "fair.json"]);
    let tier = &late["tiers"][0];
    assert_eq!((&tier["in_one_checkpoint"], tier["groups"].as_array().unwrap().len()), (&false.into(), 2));
    assert_eq!(elsewhere(&bench, &["log", "check", &path, "--log", &log]).0, 0);
    // An owner who claims one checkpoint for all is caught by the proof itself.
    let mut claimed = late.clone();
    claimed["tiers"][0]["in_one_checkpoint"] = true.into();
    let mut moved = fair.clone();
    moved["tiers"][0]["groups"][0]["places"][0]["entry"] =
        late["tiers"][0]["groups"][1]["places"][0]["entry"].clone();
    let mut fewer = fair;
    fewer["tiers"][0]["groups"][0]["places"].as_array_mut().unwrap().pop();
    for wrong in [claimed, moved, fewer] {
        fs::write(&path, wrong.to_string()).unwrap();
        assert_eq!(elsewhere(&bench, &["log", "check", &path, "--log", &log]).0, 1);
    }
}

#[test]
fn a_witness_signs_what_continues_and_nothing_else() {
    let bench = issued(&["amber"]);
    let log = bench.path("vault/log");
    bench.ok(&["log", "publish", "--block", "8"]);
    let file = bench.path("witness.json");
    let (_, made) = elsewhere(&bench, &["log", "witness", "new", &file, "--name", "amber.example/w"]);
    assert_eq!(elsewhere(&bench, &["log", "witness", "new", &file, "--name", "amber.example/w"]).0, 3);
    assert_eq!(elsewhere(&bench, &["log", "witness", "new", &bench.path("x"), "--name", "a b"]).0, 5);
    let sign = |out: &str| {
        elsewhere(&bench, &["log", "witness", "sign", &file, "--log", &log, "--out", &bench.path(out)])
    };
    assert_eq!(sign("one.json").0, 0);
    let said = bench.refused(3, &["log", "witness", "accept", "one.json"]);
    assert!(said.contains("log witness add"), "{said}");
    bench.ok(&["log", "witness", "add", made["key"].as_str().unwrap()]);
    bench.ok(&["log", "witness", "accept", "one.json"]);
    // What is not published yet is no fault.
    let ahead = bench.ok(&["log", "verify"]);
    assert_eq!((&ahead["sound"], ahead["remarks"].as_array().unwrap().len()), (&true.into(), 1), "{ahead}");
    bench.ok(&["log", "publish", "--now"]);
    assert_eq!(bench.ok(&["log", "verify"])["cosignatures"], 1);
    assert_eq!(sign("two.json").0, 0);
    // A vault brought back from before, which then grows otherwise: a fork.
    let forked = issued(&["amber"]);
    fs::remove_dir_all(forked.root().join("vault/keys")).unwrap();
    let copied = Command::new("cp")
        .arg("-r")
        .arg(bench.root().join("vault/keys"))
        .arg(forked.root().join("vault"))
        .status();
    assert!(copied.unwrap().success());
    forked.ok(&["log", "publish", "--block", "8"]);
    forked.ok(&["log", "publish", "--now"]);
    forked.ok(&["log", "publish", "--now"]);
    let other = forked.path("vault/log");
    let (code, said) = elsewhere(&bench, &["log", "witness", "sign", &file, "--log", &other]);
    assert_eq!(code, 3, "{said}");
    assert!(said["error"].as_str().unwrap().contains("does not continue"), "{said}");
    // A cosignature for another head, or damaged, is not kept.
    let text = fs::read_to_string(bench.root().join("two.json")).unwrap();
    let mut wrong: Value = serde_json::from_str(&text).unwrap();
    wrong["size"] = 8.into();
    fs::write(bench.root().join("wrong.json"), wrong.to_string()).unwrap();
    bench.refused(3, &["log", "witness", "accept", "wrong.json"]);
    fs::write(bench.root().join("wrong.json"), "{}").unwrap();
    bench.refused(5, &["log", "witness", "accept", "wrong.json"]);
    bench.refused(5, &["log", "witness", "add", "key"]);
}

#[test]
fn a_partner_hears_of_every_event_of_its_keys() {
    let Some(keygen) = peer("ssh-keygen") else { return };
    let bench = issued(&["amber", "birch"]);
    let key = |name: &str| {
        let path = bench.root().join(name);
        let made = Command::new(&keygen).args(["-q", "-N", "", "-t", "ed25519", "-f"]).arg(&path).status();
        assert!(made.unwrap().success());
        format!("{}.pub", path.display())
    };
    bench.ok(&["partner", "key", "add", "amber", &key("one")]);
    let log = bench.path("vault/log");
    bench.ok(&["log", "publish", "--block", "16"]);
    bench.ok(&["log", "keys", "amber", "--out", "amber.json"]);
    let ears = bench.path("amber.json");
    let listen = || elsewhere(&bench, &["log", "listen", &ears, "--log", &log]);
    let (code, heard) = listen();
    assert_eq!(
        (code, &heard["known"], &heard["unknown"]),
        (0, &serde_json::json!([1]), &serde_json::json!([]))
    );
    // The owner adds a key under amber's name and does not tell amber.
    bench.ok(&["partner", "key", "add", "amber", &key("thief")]);
    bench.ok(&["partner", "key", "add", "birch", &key("other")]);
    bench.ok(&["log", "publish", "--now"]);
    let (code, heard) = listen();
    assert_eq!((code, &heard["unknown"]), (1, &serde_json::json!([2])), "{heard}");
    bench.ok(&["log", "keys", "amber", "--out", "amber.json"]);
    assert_eq!(listen().0, 0);
    // A false story about an event does not fit its entry.
    let told = fs::read_to_string(&ears).unwrap();
    fs::write(&ears, told.replace("\\\"added\\\"", "\\\"revoked\\\"")).unwrap();
    assert_eq!(listen().0, 1);
    fs::write(&ears, told.replace("\"number\": 2", "\"number\": 18446744073709551615")).unwrap();
    assert_eq!(listen().0, 1);

    // A bundle is sealed to a key only after the key is in the sequence.
    let before = bench.ok(&["log", "list"]).as_array().unwrap().len();
    bench.ok(&["partner", "key", "add", "birch", &key("third")]);
    bench.ok(&["issue", "asset", "--to", "birch", "--out", "sealed"]);
    let listed = bench.ok(&["log", "list"]);
    assert_eq!(listed.as_array().unwrap().len(), before + 2);
    // Birch had that copy already, unsealed.
    assert_eq!((&listed[before]["kind"], &listed[before + 1]["kind"]), (&"key".into(), &"again".into()));
    assert_eq!(bench.ok(&["log", "verify"])["sound"], true);
}

/// An owner who makes a copy of amber's once more leaves a trace of it where amber looks.
#[test]
fn a_partner_hears_when_its_copy_is_made_again() {
    let bench = issued(&["amber", "birch"]);
    let log = bench.path("vault/log");
    bench.ok(&["log", "publish", "--block", "16"]);
    for partner in ["amber", "birch"] {
        bench.ok(&["log", "keys", partner, "--out", &format!("{partner}.json")]);
    }
    let listen = |partner: &str| {
        elsewhere(&bench, &["log", "listen", &bench.path(&format!("{partner}.json")), "--log", &log])
    };
    let issue = |out: &str| bench.ok(&["issue", "asset", "--to", "amber", "--out", out, "--plain"]);
    let (code, heard) = listen("amber");
    assert_eq!((code, &heard["known"]), (0, &serde_json::json!([])), "the first copy rings no bell");
    let again = issue("elsewhere");
    let entry = again["copies"][0]["again"].as_u64().unwrap();
    // What stands there whole is not made again.
    assert_eq!(issue("elsewhere")["copies"][0].get("again"), None);
    bench.ok(&["log", "publish", "--now"]);
    let (code, heard) = listen("amber");
    assert_eq!((code, &heard["unknown"]), (1, &serde_json::json!([1])), "{heard}");
    assert_eq!(listen("birch").0, 0, "and birch hears nothing");
    bench.ok(&["log", "keys", "amber", "--out", "amber.json"]);
    let (code, heard) = listen("amber");
    assert_eq!((code, &heard["known"]), (0, &serde_json::json!([1])), "{heard}");
    let told: Value =
        serde_json::from_str(&fs::read_to_string(bench.root().join("amber.json")).unwrap()).unwrap();
    assert_eq!(told["events"][0]["entry"], entry);
    let document: Value = serde_json::from_str(told["events"][0]["document"].as_str().unwrap()).unwrap();
    assert_eq!((&document["kind"], &document["recipient"]), (&"again".into(), &"amber".into()));
    assert_eq!(document["copy"], again["copies"][0]["copy_sha256"]);
    assert_eq!(bench.ok(&["log", "verify"])["sound"], true);
    // It can be erased lawfully, as the record of a copy can.
    bench.ok(&["log", "erase", &entry.to_string(), "--basis", "GDPR Art. 17"]);
    assert_eq!(bench.ok(&["log", "verify"])["sound"], true);
    assert_eq!(bench.ok(&["vault", "check"])["sound"], true);
}

#[test]
fn a_receipt_is_kept_and_can_be_erased_lawfully() {
    let Some(keygen) = peer("ssh-keygen") else { return };
    let bench = issued(&["amber", "birch"]);
    let secret = bench.root().join("id");
    let run = |arguments: &[&str], last: &Path| {
        let status = Command::new(&keygen).args(arguments).arg(last).status();
        assert!(status.unwrap().success());
    };
    run(&["-q", "-N", "", "-t", "ed25519", "-f"], &secret);
    bench.ok(&["partner", "key", "add", "amber", &format!("{}.pub", secret.display())]);
    let copies = bench.ok(&["issue", "asset", "--to", "all", "--out", "out", "--plain"]);
    let copy = copies["copies"].as_array().unwrap().iter().find(|one| one["recipient"] == "amber").unwrap();
    let text = bench.root().join("receipt.txt");
    fs::write(&text, format!("earmark receipt\n{}\n", copy["copy_sha256"].as_str().unwrap())).unwrap();
    run(&["-q", "-Y", "sign", "-n", "earmark-receipt", "-f", secret.to_str().unwrap()], &text);
    let receipt = bench.ok(&["log", "receipt", "receipt.txt.sig", "--from", "amber"]);
    assert_eq!((&receipt["copy_sha256"], &receipt["new"]), (&copy["copy_sha256"], &true.into()));
    let again = bench.ok(&["log", "receipt", "receipt.txt.sig", "--from", "amber"]);
    assert_eq!((&again["entry"], &again["new"]), (&receipt["entry"], &false.into()));
    // Over the bundle, whose digest the recipient has at hand.
    let sealed = bench.ok(&["issue", "asset", "--to", "amber", "--out", "sealed"]);
    let bundle = sealed["copies"][0]["sha256"].as_str().unwrap().to_owned();
    let over = bench.root().join("bundle.txt");
    fs::write(&over, format!("earmark receipt\n{bundle}\n")).unwrap();
    run(&["-q", "-Y", "sign", "-n", "earmark-receipt", "-f", secret.to_str().unwrap()], &over);
    let second = bench.ok(&["log", "receipt", "bundle.txt.sig", "--from", "amber"]);
    assert_eq!((&second["copy_sha256"], &second["over"]), (&copy["copy_sha256"], &bundle.into()));
    let said = bench.refused(3, &["log", "receipt", "receipt.txt.sig", "--from", "birch"]);
    assert!(said.contains("ssh-keygen -Y sign"), "{said}");
    bench.refused(4, &["log", "receipt", "receipt.txt.sig", "--from", "nobody"]);
    bench.refused(5, &["log", "receipt", "receipt.txt", "--from", "amber"]);

    bench.ok(&["log", "publish", "--block", "16"]);
    let (receipt, copy) = (receipt["entry"].to_string(), receipt["copy_entry"].to_string());
    bench.refused(3, &["log", "erase", &entry_of(&bench, "plan", "asset"), "--basis", "x"]);
    bench.refused(5, &["log", "erase", &copy, "--basis", " "]);
    bench.refused(4, &["log", "erase", "99", "--basis", "x"]);
    for entry in [&receipt, &copy] {
        bench.ok(&["log", "erase", entry, "--basis", "GDPR Art. 17"]);
        bench.refused(3, &["log", "erase", entry, "--basis", "twice"]);
        let said = bench.refused(4, &["log", "prove", entry]);
        assert!(said.contains("lawfully erased"), "{said}");
    }
    bench.ok(&["log", "publish", "--now"]);
    let verified = bench.ok(&["log", "verify"]);
    assert_eq!(
        (&verified["sound"], verified["erased"].as_array().unwrap().len()),
        (&true.into(), 2),
        "{verified}"
    );
    assert_eq!(bench.ok(&["vault", "check"])["sound"], true);
    assert_eq!(bench.ok(&["trace", "out/birch"])["suspects"][0]["recipient"], "birch");
}
