//! The log's rhythm, and every stored row changed, dropped and exchanged: nothing goes unseen.
//!
//! `EARMARK_WALK=all` changes every single byte; without it some eight of each value, others in each row.

use std::env;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use earmark_cage::{Budget, Cage};
use earmark_desk::clock::FrozenClock;
use earmark_desk::desk::Desk;
use earmark_desk::issue::log::{Settings, erase, fairness, partner_keys, publish, verify, witnesses};
use earmark_desk::issue::{copies, protect};
use earmark_desk::program::partner::{NewPartner, add};
use earmark_model::UnixMillis;
use earmark_store::Vault;
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{AssertSqlSafe, Column, ConnectOptions, Executor, Row, SqliteConnection, TypeInfo, ValueRef};

use crate::bench::EARMARK;

const NOW: UnixMillis = UnixMillis(1_772_384_400_000);
pub(crate) const DAY: i64 = 86_400_000;
pub(crate) const AGE: &str = "age1zswhwfzt4steu95tvp8vzkj2kh7529g9y9gfp7t2pjpfefchvq9qhckam9";

pub(crate) struct Bench {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) clock: Arc<FrozenClock>,
    pub(crate) desk: Desk,
}

impl Bench {
    /// A vault with an asset issued to two partners, one of them with a key.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::create(&folder.path().join("vault"), "Test").await.unwrap();
        Desk::make_keys(&vault, None, NOW).unwrap();
        let clock = Arc::new(FrozenClock::at(NOW));
        let cage = || Ok(Cage::new(Path::new(EARMARK), 1, Budget::default()).unwrap());
        let desk = Desk::open(vault, None, clock.clone(), cage).unwrap();
        for (slug, keys) in [("amber", vec![AGE.to_owned()]), ("birch", vec![])] {
            let name = slug.to_owned();
            let new = NewPartner {
                slug: name.clone(),
                name,
                country: "DE".to_owned(),
                tier: "one".to_owned(),
                contact: None,
                keys,
                applicant: false,
            };
            add(&desk, &new).await.unwrap();
        }
        let bench = Self { folder, clock, desk };
        let tree = bench.folder.path().join("asset");
        fs::create_dir(&tree).unwrap();
        fs::write(
            tree.join("a.c"),
            "int f(int a)\n{\n    if (a == 0)\n        return 1;\n    return a + 2;\n}\n",
        )
        .unwrap();
        let request = protect::Request {
            path: tree,
            name: "asset".to_owned(),
            succeeds: None,
            upstream: Vec::new(),
            code: None,
            new_epoch: false,
            certify: None,
        };
        protect::protect(&bench.desk, &request).await.unwrap();
        bench.issue("all").await;
        bench
    }

    async fn issue(&self, to: &str) {
        let request = copies::Request {
            asset: "asset".to_owned(),
            to: to.to_owned(),
            out: self.folder.path().join("out"),
            plain: true,
            early: false,
        };
        copies::issue(&self.desk, &request).await.unwrap();
    }

    pub(crate) async fn publish(&self, now: bool) -> publish::Answer {
        let settings = Settings { block: Some(8), ..Settings::default() };
        publish::publish(&self.desk, &publish::Request { out: None, settings, now }).await.unwrap()
    }

    pub(crate) async fn faults(&self) -> Vec<String> {
        // A setting that names another log is no answer but an error of its own; it is seen all the same.
        verify::vault(&self.desk, None)
            .await
            .map_or_else(|error| vec![error.to_string()], |answer| answer.faults)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_are_a_day_apart_and_tell_nothing_of_activity() {
    let bench = Bench::new().await;
    let first = bench.publish(false).await;
    assert_eq!((first.size, first.signed), (8, true));
    bench.clock.advance(DAY - 1);
    assert!(!bench.publish(false).await.signed, "not due");
    bench.clock.advance(1);
    // A day without any activity looks like the day before.
    let quiet = bench.publish(false).await;
    assert_eq!((quiet.size, quiet.signed, quiet.checkpoints), (16, true, 2));
    // More than a step holds: the next multiple.
    for number in 0..9 {
        let name = format!("p{number}");
        let (slug, keys) = (name.clone(), Vec::new());
        let new = NewPartner {
            slug,
            name,
            country: "DE".to_owned(),
            tier: "one".to_owned(),
            contact: None,
            keys,
            applicant: false,
        };
        add(&bench.desk, &new).await.unwrap();
    }
    bench.issue("all").await;
    bench.clock.advance(DAY);
    assert_eq!(bench.publish(false).await.size, 32);
    assert_eq!(bench.faults().await, [""; 0]);
    // What is published: 32 bytes an entry, all of them looking alike.
    let bundle = fs::read(bench.folder.path().join("vault/log/tile/entries/000.p/32")).unwrap();
    assert_eq!(bundle.len(), 32 * 34);
    assert!(bundle.chunks(34).all(|entry| entry[..2] == [0, 32]));
    assert_eq!(partner_keys::record_changes(&bench.desk).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disclosure_is_fair_revision_by_revision() {
    let bench = Bench::new().await;
    bench.publish(false).await;
    let path = bench.folder.path().join("vault/ledger.sqlite");
    let mut raw = SqliteConnectOptions::new().filename(&path).foreign_keys(false).connect().await.unwrap();
    run(
        &mut raw,
        "insert into material (disclosure, stage, asset, revision, confidential_until, export_class, screened, added, superseded) \
         select 'd1', 'source', asset, digest, 'indefinite', null, null, 0, null from revision",
    )
    .await;
    let fair = fairness::of_disclosure(&bench.desk, &"d1".parse().unwrap()).await.unwrap();
    assert_eq!(fair, [fairness::fairness(&bench.desk, "asset").await.unwrap()]);
    assert!(fair[0].tiers[0].in_one_checkpoint);
    assert!(fairness::of_disclosure(&bench.desk, &"d2".parse().unwrap()).await.unwrap().is_empty());
}

/// The tables of the log, with what finds a row again.
const TABLES: [(&str, &str); 9] = [
    ("entry", "log_index"),
    ("statement", "log_index"),
    ("plan", "log_index"),
    ("copy", "log_index"),
    ("checkpoint", "size"),
    ("cosignature", "size"),
    ("witness", "rowid"),
    ("contact_key", "rowid"),
    ("tail", "one"),
];

/// Columns of these tables that the log does not bind, because they live on.
const LIVING: [&str; 3] = ["contact_key.status", "contact_key.added", "contact_key.kind"];

pub(crate) enum Value {
    Number(i64),
    Real(f64),
    Bytes(Vec<u8>),
    Text(String),
    Nothing,
}

pub(crate) fn value(row: &SqliteRow, column: usize) -> Value {
    let raw = row.try_get_raw(column).unwrap();
    if raw.is_null() {
        return Value::Nothing;
    }
    match raw.type_info().name() {
        "INTEGER" => Value::Number(row.get(column)),
        "REAL" => Value::Real(row.get(column)),
        "BLOB" => Value::Bytes(row.get(column)),
        _ => Value::Text(row.get(column)),
    }
}

impl Value {
    pub(crate) fn sql(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Real(real) => format!("{real:?}"),
            Self::Bytes(bytes) => format!("x'{}'", earmark_log::hex(bytes)),
            Self::Text(text) => format!("cast(x'{}' as text)", earmark_log::hex(text.as_bytes())),
            Self::Nothing => "null".to_owned(),
        }
    }

    /// The value with one thing changed, in several ways.
    pub(crate) fn changed(&self, salt: usize) -> Vec<Self> {
        let places = |length: usize| -> Vec<usize> {
            let all = env::var_os("EARMARK_WALK").is_some_and(|walk| walk == "all");
            let step = if all { 1 } else { length.div_ceil(8).max(1) };
            (0..length).skip(if all { 0 } else { salt % step }).step_by(step).collect()
        };
        match self {
            Self::Number(number) => vec![Self::Number(number + 1), Self::Number(number - 1)],
            Self::Real(real) => vec![Self::Real(real.next_up()), Self::Real(real / 2.0)],
            Self::Bytes(bytes) => {
                let flip = |at: usize| {
                    let mut bytes = bytes.clone();
                    bytes[at] ^= 1 << (at % 8);
                    Self::Bytes(bytes)
                };
                places(bytes.len()).into_iter().map(flip).collect()
            }
            Self::Text(text) => {
                let flip = |at: usize| {
                    let mut bytes = text.clone().into_bytes();
                    bytes[at] ^= 1;
                    String::from_utf8(bytes).ok().map(Self::Text)
                };
                places(text.len()).into_iter().filter_map(flip).collect()
            }
            Self::Nothing => vec![Self::Bytes(vec![7; 32])],
        }
    }
}

pub(crate) async fn run(raw: &mut SqliteConnection, sql: &str) {
    raw.execute(AssertSqlSafe(sql)).await.map_err(|why| format!("{sql}: {why}")).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_changed_and_dropped_row_is_seen() {
    let bench = Bench::new().await;
    let log = bench.folder.path().join("vault/log");
    bench.publish(false).await;
    let (mut file, made) = witnesses::make("amber.example/w").unwrap();
    witnesses::add(&bench.desk, &made.key).await.unwrap();
    bench.publish(false).await;
    let cosigned = witnesses::witness(&mut file, &log, &[], &*bench.clock).unwrap();
    witnesses::accept(&bench.desk, &cosigned).await.unwrap();
    erase::erase(&bench.desk, 4, "GDPR Art. 17").await.unwrap();
    bench.clock.advance(DAY);
    bench.publish(false).await;
    assert_eq!(bench.faults().await, [""; 0]);

    let path = bench.folder.path().join("vault/ledger.sqlite");
    let mut raw = SqliteConnectOptions::new().filename(&path).foreign_keys(false).connect().await.unwrap();
    run(&mut raw, "pragma ignore_check_constraints = on").await;
    let triggers: Vec<(String,)> = sqlx::query_as("select name from sqlite_master where type = 'trigger'")
        .fetch_all(&mut raw)
        .await
        .unwrap();
    for (trigger,) in triggers {
        run(&mut raw, &format!("drop trigger {trigger}")).await;
    }
    let mut changes = 0;
    for (table, key) in TABLES {
        let select = format!("select {key} as the_key, * from {table} order by 1");
        let rows = sqlx::query(AssertSqlSafe(select)).fetch_all(&mut raw).await.unwrap();
        assert!(!rows.is_empty(), "{table}");
        for (number, row) in rows.iter().enumerate() {
            let this: i64 = row.get("the_key");
            let columns: Vec<&str> = row.columns().iter().skip(1).map(|column| column.name()).collect();
            for (column, name) in columns.iter().enumerate() {
                if LIVING.contains(&format!("{table}.{name}").as_str()) {
                    continue;
                }
                let before = value(row, column + 1);
                for changed in before.changed(number + column) {
                    let sql = |value: &Value, key: &str| {
                        format!("update or ignore {table} set {name} = {} where {key}", value.sql())
                    };
                    run(&mut raw, &sql(&changed, &format!("{key} = {this}"))).await;
                    let moved: i64 = if *name == key {
                        if let Value::Number(to) = changed { to } else { this }
                    } else {
                        this
                    };
                    let changed_rows: (i64,) =
                        sqlx::query_as("select changes()").fetch_one(&mut raw).await.unwrap();
                    if changed_rows.0 == 0 {
                        continue; // A unique key stood in the way.
                    }
                    let faults = bench.faults().await;
                    assert!(!faults.is_empty(), "{table}.{name} of {this}: {}", changed.sql());
                    assert!(faults.iter().all(|fault| !fault.contains('\n')), "{faults:?}");
                    changes += 1;
                    run(&mut raw, &sql(&before, &format!("{key} = {moved}"))).await;
                }
            }
            // The whole row, dropped and put back.
            let kept: Vec<String> = (1..=columns.len()).map(|column| value(row, column).sql()).collect();
            run(&mut raw, &format!("delete from {table} where {key} = {this}")).await;
            if table != "cosignature" && table != "tail" {
                let faults = bench.faults().await;
                assert!(!faults.is_empty(), "{table} of {this}, dropped");
            }
            let insert = format!("insert into {table} ({}) values ({})", columns.join(", "), kept.join(", "));
            run(&mut raw, &insert).await;
        }
    }
    assert_eq!(bench.faults().await, [""; 0], "all is as before");
    eprintln!("{changes} changes, all seen");
    assert!(changes > 500, "{changes}");
    // Two rows exchanged.
    for sql in [
        "update entry set log_index = case log_index when 2 then 3 else 2 end where log_index in (2, 3)",
        "update copy set log_index = log_index + 100",
    ] {
        let swap = sql.replace("set log_index = case", "set log_index = -case");
        run(&mut raw, &swap).await;
        run(&mut raw, "update entry set log_index = -log_index where log_index < 0").await;
        assert!(!bench.faults().await.is_empty(), "{sql}");
    }
}
