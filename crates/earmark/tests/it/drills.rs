//! A drill, played from end to end.

use std::fs;
use std::process::Command;

use earmark_testkit::peer;

use crate::bench::Bench;

#[test]
fn a_drill_names_the_one_who_leaked_and_reaches_nobody_else() {
    let Some(keygen) = peer("age-keygen") else { return };
    let bench = Bench::with_partners(&["cedar"]);
    for slug in ["amber", "birch"] {
        let identity = bench.path(&format!("{slug}.txt"));
        assert!(Command::new(&keygen).args(["-o", &identity]).status().unwrap().success());
        let public = Command::new(&keygen).args(["-y", &identity]).output().unwrap().stdout;
        let public = String::from_utf8(public).unwrap();
        bench.add_partner(slug, &["--key", public.trim()]);
    }
    let drill = ["disclosure", "drill", "--with", "amber", "--with", "birch", "--out", "drill"];
    for _ in 0..2 {
        let played = bench.ok(&drill);
        assert_eq!((&played["right"], &played["verdict"]), (&true.into(), &"traced".into()), "{played}");
        let shown = bench.ok(&["disclosure", "show", played["disclosure"].as_str().unwrap()]);
        assert_eq!(shown["exercise"], true);
        let deliveries = shown["deliveries"].as_array().unwrap();
        assert_eq!(deliveries.len(), 2);
        assert!(deliveries.iter().all(|one| one["recipient"] != "cedar"), "{shown}");
    }
    // Mail to those who take part, twice; EXERCISE before everything.
    bench.ok(&["worker", "--once", "--outbox", &bench.path("outbox")]);
    let mails: Vec<String> = fs::read_dir(bench.root().join("outbox"))
        .unwrap()
        .map(|item| fs::read_to_string(item.unwrap().path()).unwrap())
        .collect();
    assert_eq!(mails.len(), 4);
    assert!(mails.iter().all(|mail| mail.contains("\r\nSubject: EXERCISE: ")));
    let bundles = fs::read_dir(bench.root().join("drill/bundles")).unwrap();
    let names: Vec<String> =
        bundles.map(|item| item.unwrap().file_name().to_string_lossy().into_owned()).collect();
    assert!(names.iter().all(|name| name.starts_with("exercise-story-")), "{names:?}");

    // Who has no key takes no part; what is a drill's is nobody else's.
    let refused = bench.refused(3, &["disclosure", "drill", "--with", "cedar", "--out", "other"]);
    assert!(refused.contains("keys: "), "{refused}");
    bench.refused(4, &["disclosure", "drill", "--with", "nobody", "--out", "other"]);
    bench.refused(3, &["issue", "exercise-story", "--to", "cedar", "--out", "other"]);
}
