//! One suite, run on every database that may hold a ledger.

use earmark_model::Digest;
use earmark_store::{
    ContactKey, EntryKind, KeyKind, KeyStatus, Ledger, NewHolder, NewPosition, NewSighting, PartnerStatus,
    Recipient, StoreError,
};

use crate::material::{NOW, asset, code, commitment, contact, copy, furnish, pad, partner, plan, revision};

pub(crate) mod sqlite {
    use earmark_store::Ledger;

    /// A ledger, its address and what keeps it alive.
    pub(crate) async fn fresh() -> Option<(Ledger, String, tempfile::TempDir)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.sqlite");
        let ledger = Ledger::sqlite(&path, true).await.unwrap();
        Some((ledger, format!("sqlite:{}", path.display()), folder))
    }
}

pub(crate) mod postgres {
    use earmark_store::Ledger;

    /// A ledger and its address; the server lives as long as the test process.
    pub(crate) async fn fresh() -> Option<(Ledger, String, ())> {
        let url = earmark_testkit::fresh_database()?;
        Some((Ledger::postgres(&url).await.unwrap(), url, ()))
    }
}

/// What a case is run on.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) ledger: &'a Ledger,
    pub(crate) url: &'a str,
}

/// Runs each named function of a module on a fresh ledger of each database.
macro_rules! conformance {
    ($database:ident, $home:ident: $($case:ident),+ $(,)?) => {
        mod $database {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                if let Some((ledger, url, _alive)) = crate::conformance::$database::fresh().await {
                    let at = crate::conformance::At { ledger: &ledger, url: &url };
                    crate::$home::$case(at).await;
                    ledger.close().await;
                }
            })+
        }
    };
}

macro_rules! on_every_database {
    ($home:ident: $($case:ident),+ $(,)?) => {
        mod on {
            conformance!(sqlite, $home: $($case),+);
            conformance!(postgres, $home: $($case),+);
        }
    };
}

on_every_database!(conformance:
    settings,
    partners,
    contacts_and_keys,
    recipients,
    holders,
    codes,
    positions,
    many_positions,
    positions_at_once,
    revisions,
    plans,
    copies,
    copies_at_once,
    a_refused_row_leaves_no_entry,
    nothing_rewrites_the_log,
    looks,
    looks_at_once,
    sightings,
    kept_blobs,
);

pub(crate) fn already_there<T>(outcome: Result<T, StoreError>) -> bool {
    matches!(outcome, Err(StoreError::AlreadyThere { .. }))
}

pub(crate) fn refused_by<T>(outcome: Result<T, StoreError>) -> String {
    match outcome {
        Err(StoreError::Refused { rule, .. }) => rule,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("not refused"),
    }
}

pub(crate) fn not_there<T>(outcome: Result<T, StoreError>) -> bool {
    matches!(outcome, Err(StoreError::NotThere { .. }))
}

async fn settings(At { ledger, .. }: At<'_>) {
    assert_eq!(ledger.setting("zone").await.unwrap(), None);
    ledger.set_setting("zone", "UTC").await.unwrap();
    ledger.set_setting("zone", "Europe/Berlin").await.unwrap();
    assert_eq!(ledger.setting("zone").await.unwrap().as_deref(), Some("Europe/Berlin"));
}

async fn partners(At { ledger, .. }: At<'_>) {
    let mut harbor = partner("harbor");
    ledger.add_partner(&harbor).await.unwrap();
    assert!(already_there(ledger.add_partner(&harbor).await));
    ledger.add_partner(&partner("anchor")).await.unwrap();
    assert_eq!(ledger.partners().await.unwrap(), [partner("anchor"), harbor.clone()]);

    harbor.status = PartnerStatus::OnNotice;
    harbor.name = "Härbor".to_owned();
    ledger.change_partner(&harbor).await.unwrap();
    assert_eq!(ledger.partner(&harbor.slug).await.unwrap(), harbor);
    assert!(not_there(ledger.change_partner(&partner("nobody")).await));
    assert!(not_there(ledger.partner(&"nobody".parse().unwrap()).await));

    for country in ["de", "DEU", ""] {
        let bad = earmark_store::Partner { country: country.to_owned(), ..partner("bad") };
        assert_eq!(refused_by(ledger.add_partner(&bad).await), "partner_country_code");
    }
}

async fn contacts_and_keys(At { ledger, .. }: At<'_>) {
    assert!(!refused_by(ledger.add_contact(&contact("harbor", "ann")).await).is_empty());
    ledger.add_partner(&partner("harbor")).await.unwrap();
    let ann = contact("harbor", "ann");
    ledger.add_contact(&ann).await.unwrap();
    assert!(already_there(ledger.add_contact(&ann).await));
    assert_eq!(ledger.contacts(&ann.partner).await.unwrap(), std::slice::from_ref(&ann));

    let key = ContactKey {
        partner: ann.partner.clone(),
        contact: ann.slug.clone(),
        kind: KeyKind::Age,
        public_text: "age1...".to_owned(),
        fingerprint: "f1".to_owned(),
        added: NOW,
        status: KeyStatus::Added,
    };
    ledger.add_contact_key(&key).await.unwrap();
    assert!(already_there(ledger.add_contact_key(&key).await));
    ledger.set_key_status(&ann.partner, &ann.slug, "f1", KeyStatus::Verified).await.unwrap();
    assert!(not_there(ledger.set_key_status(&ann.partner, &ann.slug, "f2", KeyStatus::Verified).await));
    let verified = ContactKey { status: KeyStatus::Verified, ..key };
    assert_eq!(ledger.contact_keys(&ann.partner).await.unwrap(), [verified]);
}

async fn recipients(At { ledger, .. }: At<'_>) {
    ledger.add_partner(&partner("harbor")).await.unwrap();
    ledger.add_contact(&contact("harbor", "ann")).await.unwrap();
    let ids = ["@owner/ben", "harbor", "harbor/ann"];
    for id in ids {
        let recipient = Recipient::of(id.parse().unwrap(), NOW);
        assert_eq!(ledger.ensure_recipient(&recipient).await.unwrap(), recipient);
        let later = Recipient { added: earmark_model::UnixMillis(NOW.0 + 1), ..recipient.clone() };
        assert_eq!(ledger.ensure_recipient(&later).await.unwrap(), recipient, "the first one stays");
    }
    let all = ledger.recipients().await.unwrap();
    assert_eq!(all.len(), 3);
    assert!(ids.iter().all(|id| all.iter().any(|recipient| recipient.id.as_str() == *id)));
    assert!(not_there(ledger.recipient(&"anchor".parse().unwrap()).await));

    for id in ["anchor", "harbor/eve"] {
        let stranger = Recipient::of(id.parse().unwrap(), NOW);
        assert!(!refused_by(ledger.ensure_recipient(&stranger).await).is_empty(), "{id}");
    }
    let mut liar = Recipient::of("harbor/ann".parse().unwrap(), NOW);
    liar.id = "harbor/eve".parse().unwrap();
    assert_eq!(refused_by(ledger.ensure_recipient(&liar).await), "recipient_id_says_kind");
}

async fn holders(At { ledger, .. }: At<'_>) {
    let mut holder = NewHolder {
        who: "finder".to_owned(),
        note: "reported it".to_owned(),
        asset: None,
        revision: None,
        since: NOW,
        added: NOW,
    };
    let first = ledger.add_holder(&holder).await.unwrap();
    furnish(ledger).await;
    holder.asset = Some("proof".parse().unwrap());
    holder.revision = Some(Digest::of(b"one"));
    let second = ledger.add_holder(&holder).await.unwrap();
    assert!(first < second);
    let all = ledger.holders().await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all[1].holder, holder);
    holder.revision = Some(Digest::of(b"unknown"));
    assert!(!refused_by(ledger.add_holder(&holder).await).is_empty());
}

async fn codes(At { ledger, .. }: At<'_>) {
    let name = "proof".parse().unwrap();
    assert!(!refused_by(ledger.add_code(&code("proof", 0)).await).is_empty());
    ledger.add_asset(&asset("proof")).await.unwrap();
    assert!(already_there(ledger.add_asset(&asset("proof")).await));
    assert!(not_there(ledger.code(&name, 0).await));
    ledger.add_code(&code("proof", 0)).await.unwrap();
    ledger.add_code(&code("proof", u32::MAX)).await.unwrap();
    assert!(already_there(ledger.add_code(&code("proof", 0)).await));
    let codes = ledger.codes(&name).await.unwrap();
    assert_eq!(codes.iter().map(|code| code.epoch).collect::<Vec<_>>(), [0, u32::MAX]);
    assert_eq!(codes[0], ledger.code(&name, 0).await.unwrap());
    assert_eq!(codes[0].bias, commitment("bias proof 0"));
    assert_eq!(ledger.assets().await.unwrap(), [asset("proof")]);
}

fn wanted(from: u32, to: u32) -> Vec<NewPosition> {
    (from..to)
        .map(|n| NewPosition { site_key: Digest::of(&n.to_le_bytes()).0, k: 2 + (n % 7) as u8 })
        .collect()
}

async fn positions(At { ledger, .. }: At<'_>) {
    let name = "proof".parse().unwrap();
    assert!(not_there(ledger.extend_positions(&name, 0, &wanted(0, 1)).await));
    ledger.add_asset(&asset("proof")).await.unwrap();
    ledger.add_code(&code("proof", 0)).await.unwrap();

    let first = ledger.extend_positions(&name, 0, &wanted(0, 10)).await.unwrap();
    assert!(first.iter().zip(0..).all(|(position, number)| position.number.0 == number));
    let mut twice = wanted(5, 15);
    twice.extend(wanted(12, 13));
    let second = ledger.extend_positions(&name, 0, &twice).await.unwrap();
    assert_eq!(
        second.iter().map(|position| position.number.0).collect::<Vec<_>>(),
        [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 12]
    );
    let all = ledger.positions(&name, 0).await.unwrap();
    assert_eq!(all.len(), 15);
    assert_eq!(all[..10], first);
    assert_eq!(ledger.position_map(&name, 0).await.unwrap()[&second[10].site_key].number.0, 12);
    assert_eq!(ledger.code(&name, 0).await.unwrap().positions, 15);

    let other_k = NewPosition { k: 8, ..wanted(0, 1)[0] };
    let outcome = ledger.extend_positions(&name, 0, &[wanted(90, 91)[0], other_k]).await;
    assert!(matches!(outcome, Err(StoreError::Differs { .. })));
    let outcome = ledger.extend_positions(&name, 0, &[NewPosition { site_key: [1; 32], k: 1 }]).await;
    assert_eq!(refused_by(outcome), "position_k_range");
    assert_eq!(ledger.positions(&name, 0).await.unwrap(), all, "a refused addition adds nothing");
}

async fn many_positions(At { ledger, .. }: At<'_>) {
    let name = "proof".parse().unwrap();
    ledger.add_asset(&asset("proof")).await.unwrap();
    ledger.add_code(&code("proof", 0)).await.unwrap();
    let many = wanted(0, 100_000);
    let begun = std::time::Instant::now();
    ledger.extend_positions(&name, 0, &many).await.unwrap();
    let wrote = begun.elapsed();
    let map = ledger.position_map(&name, 0).await.unwrap();
    let read = begun.elapsed() - wrote;
    assert_eq!(map.len(), many.len());
    eprintln!("100,000 positions: written in {wrote:?}, read in {read:?}");
    // Under 3 s on an idle machine; a shared one may take long, which is no fault of the ledger.
}

async fn positions_at_once(At { ledger, .. }: At<'_>) {
    let name: earmark_model::Slug = "proof".parse().unwrap();
    ledger.add_asset(&asset("proof")).await.unwrap();
    ledger.add_code(&code("proof", 0)).await.unwrap();
    let tasks: Vec<_> = (0..6)
        .map(|n| {
            let (ledger, name) = (ledger.clone(), name.clone());
            tokio::spawn(
                async move { ledger.extend_positions(&name, 0, &wanted(n * 50, n * 50 + 100)).await },
            )
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let all = ledger.positions(&name, 0).await.unwrap();
    assert_eq!(all.len(), 350);
    assert!(all.iter().zip(0..).all(|(position, number)| position.number.0 == number));
}

async fn revisions(At { ledger, .. }: At<'_>) {
    let name = "proof".parse().unwrap();
    let mut first = revision("proof", "one", Digest::of(b"m1"));
    assert!(!refused_by(ledger.add_revision(&first).await).is_empty());
    ledger.add_asset(&asset("proof")).await.unwrap();
    ledger.add_revision(&first).await.unwrap();
    assert!(already_there(ledger.add_revision(&first).await));
    let mut second = revision("proof", "two", Digest::of(b"m2"));
    second.succeeds = Some(first.digest);
    second.created.0 += 1;
    ledger.add_revision(&second).await.unwrap();
    first.index_blob = Some(Digest::of(b"index"));
    ledger.set_index_blob(&first.digest, &Digest::of(b"index")).await.unwrap();
    assert!(not_there(ledger.set_index_blob(&Digest::of(b"three"), &Digest::of(b"index")).await));
    assert_eq!(ledger.revision(&first.digest).await.unwrap(), first);
    assert_eq!(ledger.revisions_of(&name).await.unwrap(), [first.clone(), second.clone()]);
    assert_eq!(ledger.revisions().await.unwrap(), [first, second]);

    let mut bad = revision("proof", "three", Digest::of(b"m3"));
    bad.succeeds = Some(bad.digest);
    assert_eq!(refused_by(ledger.add_revision(&bad).await), "revision_succeeds_another");
}

async fn plans(At { ledger, .. }: At<'_>) {
    let first = furnish(ledger).await;
    assert!(already_there(ledger.record_plan(&first).await));
    let mut second = plan("proof", "one", Digest::of(b"table 2"));
    second.id = Digest::of(b"another plan");
    second.commitment = commitment("another plan");
    assert_eq!(ledger.record_plan(&second).await.unwrap(), 1);
    let of_revision = ledger.plans_of(&first.revision).await.unwrap();
    assert_eq!(of_revision.iter().map(|plan| plan.log_index).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(of_revision[0].plan, first, "verbatim, the spaces of its JSON included");
    assert_eq!(ledger.plan(&second.id).await.unwrap().plan, second);
    assert_eq!(ledger.plans_of_code(&first.asset, 0).await.unwrap(), of_revision);
    assert_eq!(ledger.plans().await.unwrap(), of_revision);
    assert!(ledger.plans_of_code(&first.asset, 1).await.unwrap().is_empty());
}

async fn copies(At { ledger, .. }: At<'_>) {
    let plan = furnish(ledger).await;
    let harbor = "harbor".parse().unwrap();
    assert_eq!(ledger.copy(&plan.id, &harbor).await.unwrap(), None);
    let mut new = copy(&plan, "harbor");
    new.bundle_sha256 = Some(Digest::of(b"bundle 1"));
    let recorded = ledger.record_copy(&new).await.unwrap();
    assert!(recorded.new);
    assert_eq!((recorded.copy.log_index, &recorded.copy.copy), (1, &new));

    // Issued again: sealed anew, committed anew, and yet the old record.
    let again = earmark_store::NewCopy {
        bundle_sha256: Some(Digest::of(b"bundle 2")),
        commitment: commitment("again"),
        ..new.clone()
    };
    let second = ledger.record_copy(&again).await.unwrap();
    assert!(!second.new);
    assert_eq!(second.copy, recorded.copy);
    assert_eq!(ledger.log_length().await.unwrap(), 2);
    for seen in [&b"bundle 1"[..], b"bundle 2", b"copy harbor"] {
        assert_eq!(
            ledger.copies_with_bytes(&Digest::of(seen)).await.unwrap(),
            std::slice::from_ref(&recorded.copy)
        );
    }
    assert_eq!(ledger.bundles().await.unwrap().len(), 2);

    let other = earmark_store::NewCopy { copy_sha256: Digest::of(b"something else"), ..again };
    assert!(matches!(ledger.record_copy(&other).await, Err(StoreError::Differs { .. })));

    assert_eq!(ledger.copies_of(&plan.id).await.unwrap(), std::slice::from_ref(&recorded.copy));
    assert_eq!(ledger.copies_for(&harbor).await.unwrap(), std::slice::from_ref(&recorded.copy));
    assert_eq!(ledger.copies().await.unwrap(), [recorded.copy]);
    assert_eq!(ledger.recipients_of_code(&plan.asset, 0).await.unwrap(), [harbor]);
    assert!(ledger.recipients_of_code(&plan.asset, 1).await.unwrap().is_empty());
}

async fn copies_at_once(At { ledger, .. }: At<'_>) {
    let plan = furnish(ledger).await;
    for n in 0..20 {
        let slug = format!("p{n}");
        ledger.add_partner(&partner(&slug)).await.unwrap();
        ledger.ensure_recipient(&Recipient::of(slug.parse().unwrap(), NOW)).await.unwrap();
    }
    // Every copy is issued by two tasks at once.
    let tasks: Vec<_> = (0..40)
        .map(|n| {
            let ledger = ledger.clone();
            let mut new = copy(&plan, &format!("p{}", n / 2));
            new.commitment = commitment(&format!("task {n}"));
            tokio::spawn(async move { ledger.record_copy(&new).await })
        })
        .collect();
    let mut fresh = 0;
    for task in tasks {
        fresh += u32::from(task.await.unwrap().unwrap().new);
    }
    assert_eq!(fresh, 20);
    let entries = ledger.entries(0, 1000).await.unwrap();
    assert!(entries.iter().zip(0..).all(|(entry, index)| entry.log_index == index));
    assert_eq!(entries.len(), 21);
}

async fn a_refused_row_leaves_no_entry(At { ledger, .. }: At<'_>) {
    let plan = furnish(ledger).await;
    let before = ledger.entries(0, 100).await.unwrap();
    assert!(!refused_by(ledger.record_copy(&copy(&plan, "stranger")).await).is_empty());
    let mut orphan = plan.clone();
    orphan.id = Digest::of(b"x");
    orphan.revision = Digest::of(b"no such revision");
    orphan.commitment = commitment("x");
    assert!(!refused_by(ledger.record_plan(&orphan).await).is_empty());
    assert!(already_there(pad(ledger, plan.commitment.digest).await));
    assert_eq!(ledger.entries(0, 100).await.unwrap(), before);
    assert_eq!(pad(ledger, Digest::of(b"padding")).await.unwrap(), 1, "and no gap");
    let entries = ledger.entries(1, 1).await.unwrap();
    assert_eq!(entries[0].kind, EntryKind::Padding);
    assert_eq!(ledger.log_length().await.unwrap(), 2);
}

async fn nothing_rewrites_the_log(At { ledger, url }: At<'_>) {
    let plan = furnish(ledger).await;
    ledger.extend_positions(&plan.asset, 0, &wanted(0, 2)).await.unwrap();
    for table in ["entry", "position", "recipient"] {
        for statement in
            [format!("delete from {table}"), format!("update {table} set {} = {0}", column(table))]
        {
            let outcome = crate::material::raw(url, &statement).await;
            assert!(outcome.is_err(), "{statement}");
        }
    }
}

fn column(table: &str) -> String {
    match table {
        "entry" => "kind = kind, added".to_owned(),
        "position" => "k = k, number".to_owned(),
        _ => "kind = kind, added".to_owned(),
    }
}

async fn looks(At { ledger, .. }: At<'_>) {
    let matter = "2026-1".parse().unwrap();
    let samples = [Digest::of(b"b"), Digest::of(b"a")];
    assert!(not_there(ledger.open_look(&matter, &samples, NOW, |_| 0.5).await));
    ledger.open_matter(&matter, NOW).await.unwrap();
    assert!(already_there(ledger.open_matter(&matter, NOW).await));
    let first = ledger.open_look(&matter, &samples, NOW, |k| 1e-6 / f64::from(k)).await.unwrap();
    assert_eq!((first.number, first.alpha), (1, 1e-6));
    let outcome = ledger.open_look(&matter, &samples, NOW, |_| 0.0).await;
    assert_eq!(refused_by(outcome), "look_alpha_range");
    let second = ledger.open_look(&matter, &samples[..1], NOW, |k| 1e-6 / f64::from(k)).await.unwrap();
    assert_eq!((second.number, second.alpha), (2, 1e-6 / 2.0), "a refused look takes no number");

    let reading = Digest::of(b"reading");
    ledger.decide_look(&matter, 1, Some(&reading), r#"{"verdict": "traced"}"#, NOW).await.unwrap();
    assert!(already_there(ledger.decide_look(&matter, 1, None, "{}", NOW).await));
    assert!(not_there(ledger.decide_look(&matter, 3, None, "{}", NOW).await));
    let all = ledger.looks(&matter).await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].samples, samples, "in the order given");
    assert_eq!(all[0].reading, Some(reading));
    assert_eq!(all[0].verdict.as_deref(), Some(r#"{"verdict": "traced"}"#));
    assert_eq!(all[1], second);
    assert_eq!(ledger.looks_at(&samples[1]).await.unwrap(), all[..1]);
    assert_eq!(ledger.looks_at(&samples[0]).await.unwrap(), all);
    assert_eq!(ledger.samples_of(&matter).await.unwrap().len(), 2);
    assert_eq!(ledger.matter(&matter).await.unwrap().looks, 2);
    assert_eq!(ledger.matters().await.unwrap().len(), 1);
}

async fn looks_at_once(At { ledger, .. }: At<'_>) {
    let matter: earmark_model::Slug = "m".parse().unwrap();
    ledger.open_matter(&matter, NOW).await.unwrap();
    let tasks: Vec<_> = (0..12)
        .map(|_| {
            let (ledger, matter) = (ledger.clone(), matter.clone());
            tokio::spawn(async move { ledger.open_look(&matter, &[], NOW, |k| 1.0 / f64::from(k)).await })
        })
        .collect();
    let mut numbers = Vec::new();
    for task in tasks {
        numbers.push(task.await.unwrap().unwrap().number);
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=12).collect::<Vec<_>>(), "no two looks spend the same share");
}

async fn sightings(At { ledger, .. }: At<'_>) {
    let new =
        NewSighting { sample: "https://example.org/a.zip".to_owned(), digest: Digest::of(b"zip"), seen: NOW };
    let id = ledger.add_sighting(&new).await.unwrap();
    assert_eq!(ledger.add_sighting(&new).await.unwrap(), id);
    let later = NewSighting { seen: earmark_model::UnixMillis(NOW.0 + 1), ..new.clone() };
    assert_ne!(ledger.add_sighting(&later).await.unwrap(), id);
    assert_eq!(ledger.sighting(id).await.unwrap().sighting, new);
    assert!(not_there(ledger.sighting(999).await));
    assert_eq!(ledger.sightings().await.unwrap().len(), 2);
}

async fn kept_blobs(At { ledger, .. }: At<'_>) {
    furnish(ledger).await;
    ledger.keep_blob(&Digest::of(b"evidence"), "case 1", NOW).await.unwrap();
    ledger.keep_blob(&Digest::of(b"evidence"), "case 2", NOW).await.unwrap();
    let mut nouns: Vec<_> = ledger.named_blobs().await.unwrap().into_iter().map(|(noun, _)| noun).collect();
    nouns.sort_unstable();
    assert_eq!(nouns, ["kept blob", "manifest", "site table"]);
}
