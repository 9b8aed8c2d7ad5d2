//! Every table, every row, every column: what is changed behind the program's back is seen, and what is not is listed.
//!
//! `EARMARK_WALK=all` changes every single byte; without it a few of each value.

use std::collections::{BTreeMap, BTreeSet};

use earmark_desk::actor::{self, Role};
use earmark_desk::history;
use earmark_desk::program::contribution::{self, Contribution};
use earmark_desk::program::disclosure::{self, NewDisclosure};
use earmark_desk::program::schedule::StageAt;
use earmark_desk::program::{agreement, holder, people, standing};
use earmark_model::{Digest, UnixMillis};
use earmark_store::NewSighting;
use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Column, ConnectOptions, Row, SqliteConnection};

use crate::log_rows::{Bench, Value, run, value};

/// What changes with work, or only makes other rows found faster. Of jobs those are seen that an instant waits for.
const UNSEEN: [&str; 20] = [
    "code.positions",
    "job.added",
    "job.attempts",
    "job.done",
    "job.id",
    "job.kind",
    "job.lease",
    "job.outcome",
    "job.run_at",
    "job.subject",
    "job.unique_key",
    "matter.looks",
    "message.failed",
    "message.lease",
    "message.next_try",
    "message.reply",
    "message.sent",
    "message.tries",
    "revision.index_blob",
    "job",
];

/// Rows of tables that take a longer story to fill.
const FILL: [&str; 9] = [
    "insert into grave (noun, subject, act, document, asked) values ('disclosure', 'd', 'resume', '{}', 1)",
    "insert into assent (grave, who, at) select id, 'ann', 1 from grave",
    "insert into participant (disclosure, recipient, added) values ('d', 'amber', 1)",
    "insert into message (unique_key, disclosure, recipient, mail, subject, body, queued) \
     values ('k', 'd', 'amber', 'a@b', 's', 'b', 1), ('l', null, 'staff:owner', 'a@b', 's', 'b', 1)",
    "insert into delivery (disclosure, stage, recipient, what, state, policies, at) \
     values ('d', 'advisory', 'amber', 'notice', 'released', '[]', 1)",
    "insert into material (disclosure, stage, asset, revision, confidential_until, added) \
     select 'd', 'source', asset, digest, 'indefinite', 1 from revision",
    "insert into question (disclosure, stage, asker, body, asked) values ('d', 'advisory', 'amber', 'q', 1)",
    "insert into report (disclosure, recipient, affected, signatures, at) values ('d', 'amber', 'affected', '[]', 1)",
    "insert into bundle (sha256, plan, recipient, sealed) select commitment, plan, recipient, 1 from copy",
];

async fn furnish(bench: &Bench) {
    let desk = &bench.desk;
    actor::join(desk, "owner", None, vec![Role::Administrator]).await.unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/agreements/early-access");
    agreement::add(desk, folder.as_ref()).await.unwrap();
    agreement::accept(desk, "amber", ("early-access", None), "Ann", None).await.unwrap();
    people::put(desk, "amber", "ann", Some("Ann"), Some("ann@amber.example")).await.unwrap();
    people::join(desk, "amber", "ann").await.unwrap();
    contribution::note(desk, "amber", Contribution::Tested, None, "").await.unwrap();
    holder::add(desk, "the finder", None, "").await.unwrap();
    standing::take(desk, "birch", standing::Measure::Caution, "late", None).await.unwrap();
    let files = earmark_desk::policy::rules::built_in();
    let digest = Digest::of(json!(files).to_string().as_bytes()).to_string();
    let act = history::act(desk, "policy", "policies", "use", &json!({ "sha256": digest }));
    desk.ledger().put_policies(&files, &act).await.unwrap();
    let new = NewDisclosure {
        public: Some(UnixMillis(desk.now().0 + 360_000_000).rfc3339()),
        stages: vec![StageAt::parse("advisory:one=-24h").unwrap()],
        severity: Some("9.8".to_owned()),
        ..NewDisclosure::new("d", "A flaw")
    };
    disclosure::add(desk, &new).await.unwrap();
    disclosure::accept(desk, "d").await.unwrap();
    let life = earmark_store::KeyLife {
        partner: "amber".parse().unwrap(),
        contact: "desk".parse().unwrap(),
        fingerprint: crate::log_rows::AGE.to_owned(),
        effective: Some(desk.now()),
        expires: Some(UnixMillis(desk.now().0 + 900_000_000_000)),
        proof: None,
        asked: None,
        answered: None,
    };
    let act = history::act(desk, "partner", "amber", "expire key", &json!({}));
    desk.ledger().change_key(&life, earmark_store::KeyStatus::Added, &act).await.unwrap();
    let matter = "m1".parse().unwrap();
    let sample = Digest::of(b"sample");
    desk.ledger().open_matter(&matter, desk.now()).await.unwrap();
    desk.ledger().open_look(&matter, &[sample], desk.now(), |_| 0.01).await.unwrap();
    desk.ledger().decide_look(&matter, 1, None, "{}", desk.now()).await.unwrap();
    desk.ledger().open_look(&matter, &[sample], desk.now(), |_| 0.01).await.unwrap();
    let sighting = NewSighting { sample: "a".to_owned(), digest: sample, seen: desk.now() };
    desk.ledger().add_sighting(&sighting).await.unwrap();
    desk.ledger()
        .keep_blob(&desk.put_blob(b"evidence".to_vec()).await.unwrap(), "m1", desk.now())
        .await
        .unwrap();
}

async fn tables(raw: &mut SqliteConnection) -> Vec<String> {
    let sql = "select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\' \
               and name <> '_sqlx_migrations' order by name";
    sqlx::query_scalar(sql).fetch_all(raw).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_changed_in_any_table_is_seen_or_listed() {
    let bench = Bench::new().await;
    furnish(&bench).await;
    let now = bench.desk.now();
    bench.desk.ledger().decide_look(&"m1".parse().unwrap(), 2, None, "{}", now).await.unwrap();
    let path = bench.folder.path().join("vault/ledger.sqlite");
    let mut raw = SqliteConnectOptions::new().filename(&path).foreign_keys(false).connect().await.unwrap();
    for sql in FILL {
        run(&mut raw, sql).await;
    }
    bench.publish(true).await;
    assert_eq!(bench.faults().await, [""; 0]);
    run(&mut raw, "pragma ignore_check_constraints = on").await;
    let triggers: Vec<String> = sqlx::query_scalar("select name from sqlite_schema where type = 'trigger'")
        .fetch_all(&mut raw)
        .await
        .unwrap();
    for trigger in triggers {
        run(&mut raw, &format!("drop trigger {trigger}")).await;
    }
    let mut unseen: BTreeSet<String> = BTreeSet::new();
    let mut measured: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut empty = Vec::new();
    for table in tables(&mut raw).await {
        // The log's own rows have a walk of their own.
        if ["entry", "statement", "plan", "copy", "checkpoint", "cosignature", "witness", "tail"]
            .contains(&table.as_str())
        {
            continue;
        }
        let hidden = if table == "position" { "" } else { "rowid as the_row, " };
        let select = format!("select {hidden}* from {table} limit 4");
        let rows = sqlx::query(AssertSqlSafe(select)).fetch_all(&mut raw).await.unwrap();
        if rows.is_empty() {
            empty.push(table.clone());
        }
        for row in &rows {
            let first = usize::from(table != "position");
            let columns: Vec<&str> = row.columns().iter().skip(first).map(|column| column.name()).collect();
            let place = if table == "position" {
                format!("code = {} and number = {}", row.get::<i64, _>("code"), row.get::<i64, _>("number"))
            } else {
                format!("rowid = {}", row.get::<i64, _>("the_row"))
            };
            for (index, name) in columns.iter().enumerate() {
                let before = value(row, index + first);
                let nothing =
                    || vec![Value::Number(7), Value::Text("{}".to_owned()), Value::Bytes(vec![7; 32])];
                let others = match before {
                    Value::Nothing => nothing(),
                    _ => before.changed(index).into_iter().take(2).collect(),
                };
                for changed in others {
                    let set = |value: &Value, place: &str| {
                        format!("update or ignore {table} set {name} = {} where {place}", value.sql())
                    };
                    // A unique key may stand in the way, or the column's type.
                    let done = sqlx::query(AssertSqlSafe(set(&changed, &place))).execute(&mut raw).await;
                    if done.map_or(0, |done| done.rows_affected()) == 0 {
                        continue;
                    }
                    let seen = !bench.faults().await.is_empty();
                    let count = measured.entry(table.clone()).or_default();
                    count.0 += 1;
                    count.1 += u64::from(seen);
                    if !seen {
                        unseen.insert(format!("{table}.{name}"));
                    }
                    // An integer that is the key moves the row with it.
                    let moved = match (&changed, *name) {
                        (Value::Number(to), "id") => format!("rowid = {to}"),
                        (Value::Number(to), "number" | "code") if table == "position" => place.replace(
                            &format!("{name} = {}", row.get::<i64, _>(*name)),
                            &format!("{name} = {to}"),
                        ),
                        _ => place.clone(),
                    };
                    run(&mut raw, &set(&before, &moved)).await;
                }
            }
            let kept: Vec<String> = (first..columns.len() + first).map(|at| value(row, at).sql()).collect();
            run(&mut raw, &format!("delete from {table} where {place}")).await;
            if bench.faults().await.is_empty() {
                unseen.insert(table.clone());
            }
            let insert = format!("insert into {table} ({}) values ({})", columns.join(", "), kept.join(", "));
            run(&mut raw, &insert).await;
        }
    }
    for (table, (tried, seen)) in &measured {
        eprintln!("{table:14} {seen:3} of {tried:3} changes seen");
    }
    assert_eq!(empty, [""; 0], "no row to change");
    assert_eq!(bench.faults().await, [""; 0], "all is as before");
    unseen.retain(|one| !UNSEEN.contains(&one.as_str()));
    assert!(unseen.is_empty(), "not seen: {unseen:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_program_itself_changes_is_no_fault() {
    let bench = Bench::new().await;
    furnish(&bench).await;
    bench.publish(true).await;
    let desk = &bench.desk;
    people::put(desk, "amber", "ann", Some("Ann B."), None).await.unwrap();
    people::leave(desk, "amber", "ann").await.unwrap();
    standing::take(desk, "birch", standing::Measure::Suspend, "again", None).await.unwrap();
    actor::join(desk, "owner", Some("o@x.example".to_owned()), vec![Role::Administrator]).await.unwrap();
    disclosure::reject(desk, "d", "no").await.ok();
    desk.ledger().decide_look(&"m1".parse().unwrap(), 2, None, "{}", desk.now()).await.unwrap();
    bench.clock.advance(crate::log_rows::DAY * 30);
    earmark_desk::job::run_due(desk, &earmark_desk::job::Means::default(), &mut |_| {}).await.unwrap();
    assert_eq!(bench.faults().await, [""; 0]);
    bench.publish(true).await;
    assert_eq!(bench.faults().await, [""; 0]);
}

/// Whoever can write in the database and has no key can neither add a line of history nor act under one that is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forged_line_of_history_and_a_row_out_of_nowhere_are_seen() {
    let bench = Bench::new().await;
    furnish(&bench).await;
    bench.publish(true).await;
    assert_eq!(bench.faults().await, [""; 0]);
    let path = bench.folder.path().join("vault/ledger.sqlite");
    let mut raw = SqliteConnectOptions::new().filename(&path).foreign_keys(false).connect().await.unwrap();
    let line = "insert into act (noun, subject, act, actor, at, document)";
    for (what, sql, undo) in [
        (
            "a line without a seal",
            format!("{line} values ('partner', 'birch', 'clear', 'owner', 1, '{{\"to\":\"active\"}}')"),
            "delete from act where id = (select max(id) from act)",
        ),
        (
            "a line that was there, once more",
            format!("{line} select noun, subject, act, actor, at, document from act where noun = 'partner' limit 1"),
            "delete from act where id = (select max(id) from act)",
        ),
        (
            "a line that was there, about another",
            format!("{line} select noun, 'birch', act, actor, at, document from act where subject = 'amber' limit 1"),
            "delete from act where id = (select max(id) from act)",
        ),
        (
            "a key for amber that nobody added",
            "insert into contact_key (partner, contact, kind, public_text, fingerprint, added, status) \
             select partner, contact, kind, public_text, 'thief', added, status from contact_key limit 1"
                .to_owned(),
            "delete from contact_key where fingerprint = 'thief'",
        ),
        (
            "an address that nobody gave",
            "insert into contact (partner, slug, name, mail, added) values ('amber', 'x', 'X', 'x@y.example', 1)"
                .to_owned(),
            "delete from contact where slug = 'x'",
        ),
        (
            "somebody who never joined the staff",
            "insert into staff (name, roles, added) values ('thief', '[\"administrator\"]', 1)".to_owned(),
            "delete from staff where name = 'thief'",
        ),
        (
            "a setting that nobody set",
            "insert into setting (name, value) values ('x', '1')".to_owned(),
            "delete from setting where name = 'x'",
        ),
        (
            "policies of before, once more in force",
            "insert into policy_set (files, since, actor) select files, since, actor from policy_set limit 1".to_owned(),
            "delete from policy_set where id = (select max(id) from policy_set)",
        ),
        (
            "nobody wakes for the instant",
            "update job set done = 1, outcome = 'x' where kind = 'release' and subject like '%advisory%'".to_owned(),
            "update job set done = null, outcome = null",
        ),
        (
            "or only in a year",
            "update job set run_at = run_at + 31536000000 where kind = 'release'".to_owned(),
            "update job set run_at = run_at - 31536000000 where kind = 'release'",
        ),
    ] {
        run(&mut raw, "drop trigger if exists act_is_never_deleted").await;
        run(&mut raw, &sql).await;
        let faults = bench.faults().await;
        assert!(!faults.is_empty(), "{what}");
        eprintln!("{what}: {}", faults.join("; "));
        run(&mut raw, undo).await;
        assert_eq!(bench.faults().await, [""; 0], "{what}, undone");
    }
}

/// `vault check` holds the rows against the log, too.
#[test]
fn the_check_of_a_vault_sees_what_the_log_sees() {
    let bench = crate::bench::Bench::with_partners(&["amber", "birch"]);
    bench.ok(&["log", "publish", "--block", "8"]);
    assert_eq!(bench.ok(&["vault", "check"])["sound"], true);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let path = bench.root().join("vault/ledger.sqlite");
        let mut raw = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
        run(&mut raw, "update partner set tier = 'zero' where slug = 'birch'").await;
    });
    let output = bench.run(&["vault", "check"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("`partner` birch was changed"), "{said}");
    // Without a key it says what it can.
    std::fs::remove_file(bench.root().join("vault/keys/log.key")).unwrap();
    let output = bench.run(&["vault", "check"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("log key is missing"), "{said}");
}
