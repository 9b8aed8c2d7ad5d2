//! Staff, history, grave acts, disclosures and their instants.

use std::collections::BTreeMap;

use earmark_model::{Digest, Slug, UnixMillis};
use earmark_store::{
    Acceptance, Affected, Agreement, Asked, ContactKey, Delivery, DeliveryState, Disclosure,
    DisclosureChange, Embargo, Exploitation, Firing, Hold, InstantState, KeyKind, KeyLife, KeyStatus, Ledger,
    Material, NewAct, NewJob, NewMessage, Protection, Recipient, Report, Role, Staff, Stage, StageInstant,
    StoreError, Tlp,
};

use crate::conformance::{At, already_there, not_there, refused_by};
use crate::material::{NOW, contact, furnish, partner, raw};

on_every_database!(program:
    staff_and_history,
    grave_acts,
    a_disclosure_comes_back_as_it_was,
    a_change_thought_out_on_old_rows_is_refused,
    an_instant_fires_once_and_never_early,
    what_was_released_never_changes,
    firing_at_once,
    deliveries_and_corrections,
    messages_are_told_once,
    mail_is_tried_by_one_worker_at_a_time,
    a_drill_reaches_no_one_outside,
    questions,
    reports,
    policies,
    agreements,
    rosters,
    key_lives,
    an_import_is_one_transaction,
    an_erased_person,
);

fn later(millis: i64) -> UnixMillis {
    UnixMillis(NOW.0 + millis)
}

fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

fn act(verb: &str) -> NewAct {
    NewAct {
        noun: "disclosure".to_owned(),
        subject: "d1".to_owned(),
        act: verb.to_owned(),
        actor: "ann".to_owned(),
        at: NOW,
        document: r#"{ "why": "test" }"#.to_owned(),
    }
}

fn disclosure(id: &str) -> Disclosure {
    Disclosure {
        id: slug(id),
        title: "A flaw".to_owned(),
        embargo: Embargo::Active,
        severity_tenths: Some(98),
        cvss: Some("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".to_owned()),
        exploitation: Exploitation::Unproven,
        wormable: true,
        tlp: Tlp::AmberStrict,
        cves: vec!["CVE-2026-0001".to_owned()],
        deploy_early: true,
        exercise: false,
        public_at: Some(later(1000)),
        zone: "Europe/Berlin".to_owned(),
        held: None,
        broken: None,
        sequence: 0,
        edition: 0,
        added: NOW,
    }
}

fn instant(sequence: u32, at: UnixMillis) -> StageInstant {
    StageInstant {
        stage: Stage::Advisory,
        tier: slug("one"),
        sequence,
        at,
        state: InstantState::Waiting,
        fired: None,
    }
}

/// One disclosure `d1` with an advisory for tier one, due at `NOW + 100`.
async fn armed(ledger: &Ledger) -> Disclosure {
    let mut change = DisclosureChange::new(disclosure("d1"), act("add"));
    change.instants.push(instant(0, later(100)));
    ledger.add_disclosure(&change, NOW).await.unwrap();
    ledger.disclosure(&slug("d1")).await.unwrap()
}

/// A row in each table of the program that needs no other noun.
pub(crate) async fn one_of_each(ledger: &Ledger) {
    armed(ledger).await;
    let ann = Staff {
        name: slug("ann"),
        mail: None,
        roles: vec![Role::Approver],
        added: NOW,
        left: Some(later(5)),
    };
    ledger.put_staff(&ann, &act("join")).await.unwrap();
    let asked = Asked {
        noun: "disclosure".to_owned(),
        subject: "d1".to_owned(),
        act: "resume".to_owned(),
        document: "{}".to_owned(),
    };
    ledger.assent(&asked, "ann", NOW, Some(later(9))).await.unwrap();
    let files = BTreeMap::from([("a.cedar".to_owned(), "forbid (principal, action, resource);".to_owned())]);
    ledger.put_policies(&files, &act("use")).await.unwrap();
    let message = NewMessage {
        unique_key: "d1 breach harbor".to_owned(),
        disclosure: Some(slug("d1")),
        recipient: "harbor".to_owned(),
        mail: None,
        subject: "Breach".to_owned(),
        body: "It is out.\n".to_owned(),
        calendar: Some("BEGIN:VCALENDAR\r\n".to_owned()),
    };
    ledger.queue_messages(&[message], NOW).await.unwrap();
    // A drill, whose messages are refused to all but those who take part; they need a row each.
    let mut drill = DisclosureChange::new(Disclosure { exercise: true, ..disclosure("drill") }, act("add"));
    drill.participants.push("harbor".parse().unwrap());
    drill.messages.push(NewMessage { disclosure: Some(slug("drill")), ..told("drill harbor", "harbor") });
    ledger.add_disclosure(&drill, NOW).await.unwrap();
    let id = slug("drill");
    let harbor = "harbor".parse().unwrap();
    ledger.add_question((&id, Stage::Advisory, &harbor), "?", &[], &act("ask")).await.unwrap();
    let report = Report {
        disclosure: id,
        recipient: harbor,
        affected: Some(Affected::Affected),
        protection: None,
        live_at: None,
        signatures: Vec::new(),
        note: None,
        at: NOW,
    };
    ledger.add_report(&report, &act("report")).await.unwrap();
}

/// A drill `d2` with one participant, who was told something.
pub(crate) async fn a_drill(ledger: &Ledger, recipient: &str) {
    let mut drill = disclosure("d2");
    drill.exercise = true;
    let mut change = DisclosureChange::new(drill, act("add"));
    change.participants.push(recipient.parse().unwrap());
    ledger.add_disclosure(&change, NOW).await.unwrap();
    let message = NewMessage {
        unique_key: "d2 drill".to_owned(),
        disclosure: Some(slug("d2")),
        recipient: recipient.to_owned(),
        mail: None,
        subject: "EXERCISE".to_owned(),
        body: String::new(),
        calendar: None,
    };
    ledger.queue_messages(&[message], NOW).await.unwrap();
}

fn firing(disclosure: Disclosure, instant: StageInstant) -> Firing {
    Firing {
        disclosure,
        instant,
        deliveries: Vec::new(),
        messages: Vec::new(),
        jobs: Vec::new(),
        act: act("release"),
    }
}

pub(crate) async fn staff_and_history(At { ledger, url }: At<'_>) {
    let mut ann = Staff {
        name: slug("ann"),
        mail: Some("ann@example.org".to_owned()),
        roles: vec![Role::Approver, Role::ProgramManager],
        added: NOW,
        left: None,
    };
    ledger.put_staff(&ann, &act("join")).await.unwrap();
    ann.left = Some(later(5));
    ledger.put_staff(&ann, &act("leave")).await.unwrap();
    assert_eq!(ledger.staff().await.unwrap(), [ann]);
    let history = ledger.acts("disclosure", "d1").await.unwrap();
    assert_eq!(history.iter().map(|one| one.act.act.as_str()).collect::<Vec<_>>(), ["join", "leave"]);
    assert_eq!(history[0].act, act("join"), "verbatim");
    assert!(ledger.acts("partner", "d1").await.unwrap().is_empty());
    assert!(raw(url, "delete from act").await.is_err());
    assert!(raw(url, "update act set actor = 'ben'").await.is_err());
}

pub(crate) async fn grave_acts(At { ledger, .. }: At<'_>) {
    let asked = Asked {
        noun: "disclosure".to_owned(),
        subject: "d1".to_owned(),
        act: "resume".to_owned(),
        document: "{}".to_owned(),
    };
    let first = ledger.assent(&asked, "ann", NOW, Some(later(9))).await.unwrap();
    assert_eq!((first.assents.as_slice(), first.not_before), (&["ann".to_owned()][..], Some(later(9))));
    let again = ledger.assent(&asked, "ann", later(1), None).await.unwrap();
    assert_eq!(again, first, "one yes per person, and the wait stays");
    let other = Asked { document: r#"{"public":"x"}"#.to_owned(), ..asked.clone() };
    assert_ne!(
        ledger.assent(&other, "ben", NOW, None).await.unwrap().id,
        first.id,
        "other values, another request"
    );
    let second = ledger.assent(&asked, "ben", later(2), None).await.unwrap();
    assert_eq!(second.assents, ["ann", "ben"]);
    assert_eq!(ledger.open_graves().await.unwrap().len(), 2);
    assert!(ledger.close_grave(first.id, later(3), &act("resume")).await.unwrap());
    assert!(!ledger.close_grave(first.id, later(3), &act("resume")).await.unwrap());
    assert_eq!(ledger.acts("disclosure", "d1").await.unwrap().len(), 1);
    let anew = ledger.assent(&asked, "ann", later(4), None).await.unwrap();
    assert_eq!(anew.assents, ["ann"], "a closed request leaves no yes behind");
}

pub(crate) async fn a_disclosure_comes_back_as_it_was(At { ledger, .. }: At<'_>) {
    let mut d = armed(ledger).await;
    assert_eq!(d, disclosure("d1"));
    assert!(already_there(
        ledger.add_disclosure(&DisclosureChange::new(disclosure("d1"), act("add")), NOW).await
    ));
    d.held = Some(Hold { since: later(1), by: "ann".to_owned(), why: "wrong file".to_owned() });
    d.embargo = Embargo::Revised;
    d.severity_tenths = None;
    d.public_at = None;
    d.cves.clear();
    ledger.change_disclosure(&DisclosureChange::new(d.clone(), act("hold")), NOW).await.unwrap();
    d.edition += 1;
    assert_eq!(ledger.disclosures().await.unwrap(), [d]);
    assert!(not_there(ledger.disclosure(&slug("d2")).await));
}

pub(crate) async fn a_change_thought_out_on_old_rows_is_refused(At { ledger, .. }: At<'_>) {
    let old = armed(ledger).await;
    ledger.change_disclosure(&DisclosureChange::new(old.clone(), act("first")), NOW).await.unwrap();
    let mut second = DisclosureChange::new(old.clone(), act("second"));
    second.instants.push(instant(1, later(200)));
    let outcome = ledger.change_disclosure(&second, NOW).await;
    assert!(matches!(outcome, Err(StoreError::Outdated { .. })), "{outcome:?}");
    assert_eq!(ledger.stage_instants(&old.id).await.unwrap().len(), 1, "nothing was changed");
    let outcome = ledger.fire(&firing(old, instant(0, later(100))), later(100)).await;
    assert!(matches!(outcome, Err(StoreError::Outdated { .. })), "{outcome:?}");
}

pub(crate) async fn an_instant_fires_once_and_never_early(At { ledger, url }: At<'_>) {
    let d = armed(ledger).await;
    let due = instant(0, later(100));
    assert!(!ledger.fire(&firing(d.clone(), due.clone()), later(99)).await.unwrap());
    assert_eq!(ledger.disclosure(&d.id).await.unwrap(), d, "what did not fire changed nothing");
    assert!(
        raw(url, &format!("update stage_instant set state = 'released', fired = {}", later(99).0))
            .await
            .is_err()
    );

    // Another schedule supersedes it: the old one never fires, however late it is.
    let mut change = DisclosureChange::new(d, act("revise"));
    change.disclosure.sequence = 1;
    change.instants.push(instant(1, later(300)));
    ledger.change_disclosure(&change, NOW).await.unwrap();
    let d = ledger.disclosure(&slug("d1")).await.unwrap();
    assert!(!ledger.fire(&firing(d.clone(), due), later(1_000)).await.unwrap());
    let now = instant(1, later(300));
    assert!(!ledger.fire(&firing(d.clone(), now.clone()), later(299)).await.unwrap());
    assert!(ledger.fire(&firing(d, now.clone()), later(301)).await.unwrap());
    let d = ledger.disclosure(&slug("d1")).await.unwrap();
    assert!(!ledger.fire(&firing(d.clone(), now), later(302)).await.unwrap(), "once");
    let all = ledger.stage_instants(&d.id).await.unwrap();
    assert_eq!(
        all.iter().map(|one| (one.state, one.fired)).collect::<Vec<_>>(),
        [(InstantState::Superseded, None), (InstantState::Released, Some(later(301)))]
    );
}

pub(crate) async fn what_was_released_never_changes(At { ledger, url }: At<'_>) {
    let d = armed(ledger).await;
    assert!(ledger.fire(&firing(d, instant(0, later(100))), later(100)).await.unwrap());
    for statement in [
        "delete from stage_instant",
        "update stage_instant set state = 'waiting', fired = null",
        "update stage_instant set at = 5",
    ] {
        assert!(raw(url, statement).await.is_err(), "{statement}");
    }
}

pub(crate) async fn firing_at_once(At { ledger, .. }: At<'_>) {
    armed(ledger).await;
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let ledger = ledger.clone();
            tokio::spawn(async move {
                let d = ledger.disclosure(&slug("d1")).await.unwrap();
                ledger.fire(&firing(d, instant(0, later(100))), later(100)).await
            })
        })
        .collect();
    let mut fired = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(done) => fired += u32::from(done),
            Err(StoreError::Outdated { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(fired, 1);
    let released = ledger.acts("disclosure", "d1").await.unwrap();
    assert_eq!(released.iter().filter(|one| one.act.act == "release").count(), 1);
}

pub(crate) async fn deliveries_and_corrections(At { ledger, .. }: At<'_>) {
    let plan = furnish(ledger).await;
    let d = armed(ledger).await;
    let what = format!("proof@{}", plan.revision);
    let mut change = DisclosureChange::new(d, act("attach"));
    change.materials.push(Material {
        disclosure: slug("d1"),
        stage: Stage::Advisory,
        asset: slug("proof"),
        revision: plan.revision,
        confidential_until: "indefinite".to_owned(),
        export_class: Some("5E002".to_owned()),
        screened: Some(NOW),
        added: NOW,
        superseded: None,
    });
    ledger.change_disclosure(&change, NOW).await.unwrap();
    let d = ledger.disclosure(&slug("d1")).await.unwrap();
    assert_eq!(ledger.materials(&d.id).await.unwrap(), change.materials);
    assert_eq!(ledger.materials_of(&plan.revision).await.unwrap(), change.materials);

    let mut fire = firing(d, instant(0, later(100)));
    let delivery = Delivery {
        disclosure: slug("d1"),
        stage: Stage::Advisory,
        recipient: "harbor".parse().unwrap(),
        what: what.clone(),
        state: DeliveryState::Released,
        policies: vec!["members-receive".to_owned()],
        at: later(100),
        attest_by: None,
        attested: None,
    };
    fire.deliveries.push(delivery.clone());
    assert!(ledger.fire(&fire, later(100)).await.unwrap());
    assert_eq!(ledger.deliveries(&slug("d1")).await.unwrap(), std::slice::from_ref(&delivery));

    let d = ledger.disclosure(&slug("d1")).await.unwrap();
    let mut recall = DisclosureChange::new(d, act("recall"));
    recall.superseded.push((Stage::Advisory, plan.revision));
    recall.recalled.push((Stage::Advisory, delivery.recipient.clone(), what.clone(), later(500)));
    ledger.change_disclosure(&recall, later(110)).await.unwrap();
    let d = ledger.disclosure(&slug("d1")).await.unwrap();
    let mut attest = DisclosureChange::new(d, act("attest"));
    attest.attested.push((Stage::Advisory, delivery.recipient.clone(), what));
    ledger.change_disclosure(&attest, later(120)).await.unwrap();
    let after = ledger.deliveries(&slug("d1")).await.unwrap();
    assert_eq!(
        (after[0].state, after[0].attest_by, after[0].attested),
        (DeliveryState::Recalled, Some(later(500)), Some(later(120)))
    );
    assert_eq!(ledger.materials(&slug("d1")).await.unwrap()[0].superseded, Some(later(110)));
}

pub(crate) async fn messages_are_told_once(At { ledger, .. }: At<'_>) {
    let new = NewMessage {
        unique_key: "d1 breach harbor".to_owned(),
        disclosure: None,
        recipient: "harbor".to_owned(),
        mail: None,
        subject: "Breach".to_owned(),
        body: "It is out.\n".to_owned(),
        calendar: Some("BEGIN:VCALENDAR\r\n".to_owned()),
    };
    ledger.queue_messages(&[new.clone(), new.clone()], NOW).await.unwrap();
    ledger.queue_messages(std::slice::from_ref(&new), later(1)).await.unwrap();
    let unsent = ledger.unsent_messages(10).await.unwrap();
    assert_eq!(unsent.len(), 1);
    assert_eq!((&unsent[0].message, unsent[0].queued), (&new, NOW));
    ledger.set_sent(&[unsent[0].id], later(2)).await.unwrap();
    assert!(ledger.unsent_messages(10).await.unwrap().is_empty());
    armed(ledger).await;
    let about = NewMessage { disclosure: Some(slug("d1")), unique_key: "two".to_owned(), ..new };
    ledger.queue_messages(std::slice::from_ref(&about), NOW).await.unwrap();
    assert_eq!(ledger.messages_about(&slug("d1")).await.unwrap()[0].message, about);
}

fn told(key: &str, recipient: &str) -> NewMessage {
    NewMessage {
        unique_key: key.to_owned(),
        disclosure: None,
        recipient: recipient.to_owned(),
        mail: Some("desk@harbor.example".to_owned()),
        subject: "Subject".to_owned(),
        body: "Body\n".to_owned(),
        calendar: None,
    }
}

pub(crate) async fn mail_is_tried_by_one_worker_at_a_time(At { ledger, .. }: At<'_>) {
    let all = [told("a", "harbor"), told("b", "harbor"), told("c", "harbor")];
    ledger.queue_messages(&all, NOW).await.unwrap();
    let hour = 3_600_000;
    let first = ledger.claim_messages(NOW, later(100), hour, 2).await.unwrap();
    let second = ledger.claim_messages(NOW, later(100), hour, 9).await.unwrap();
    assert_eq!((first.len(), second.len(), first[0].tries), (2, 1, 1));
    assert!(first.iter().all(|one| one.id != second[0].id));
    ledger.set_sent(&[first[0].id], later(1)).await.unwrap();
    ledger.postpone_message(first[1].id, later(500), "451 later").await.unwrap();
    ledger.fail_message(second[0].id, "550 nobody", &[told("d", "staff:ann")], later(1)).await.unwrap();
    ledger.fail_message(second[0].id, "550 nobody", &[told("e", "staff:ann")], later(2)).await.unwrap();
    let now = ledger.claim_messages(later(2), later(102), hour, 9).await.unwrap();
    let keys: Vec<&str> = now.iter().map(|one| one.message.unique_key.as_str()).collect();
    assert_eq!(keys, ["d"], "what failed failed once, what was postponed waits");
    // Whoever held it is gone; what was postponed is due.
    let now = ledger.claim_messages(later(500), later(600), hour, 9).await.unwrap();
    let seen: Vec<_> = now.iter().map(|one| (one.message.unique_key.as_str(), one.tries)).collect();
    assert_eq!(seen, [("b", 2), ("d", 2)]);
    assert_eq!(now[0].reply.as_deref(), Some("451 later"));
    // The clock is put back by a day: nothing waits longer than it would from now.
    ledger.postpone_message(now[0].id, later(501), "451 later").await.unwrap();
    let before = UnixMillis(NOW.0 - 24 * hour);
    let now = ledger.claim_messages(before, UnixMillis(before.0 + 100), hour, 9).await.unwrap();
    assert_eq!(now.len(), 2);
}

pub(crate) async fn a_drill_reaches_no_one_outside(At { ledger, url }: At<'_>) {
    furnish(ledger).await;
    let mut drill = DisclosureChange::new(Disclosure { exercise: true, ..disclosure("d1") }, act("add"));
    drill.instants.push(instant(0, later(100)));
    ledger.add_disclosure(&drill, NOW).await.unwrap();
    let outside = NewMessage { disclosure: Some(slug("d1")), ..told("a", "harbor") };
    assert!(ledger.queue_messages(std::slice::from_ref(&outside), NOW).await.is_err());
    let d = ledger.disclosure(&slug("d1")).await.unwrap();
    let mut fire = firing(d.clone(), instant(0, later(100)));
    fire.deliveries.push(Delivery {
        disclosure: slug("d1"),
        stage: Stage::Advisory,
        recipient: "harbor".parse().unwrap(),
        what: "notice".to_owned(),
        state: DeliveryState::Released,
        policies: Vec::new(),
        at: later(100),
        attest_by: None,
        attested: None,
    });
    assert!(ledger.fire(&fire, later(100)).await.is_err());
    let staff =
        NewMessage { recipient: "staff:ann".to_owned(), unique_key: "s".to_owned(), ..outside.clone() };
    ledger.queue_messages(&[staff], NOW).await.unwrap();

    let mut join = DisclosureChange::new(d, act("join"));
    join.participants.push("harbor".parse().unwrap());
    ledger.change_disclosure(&join, NOW).await.unwrap();
    assert_eq!(ledger.participants(&slug("d1")).await.unwrap(), ["harbor".parse().unwrap()]);
    ledger.queue_messages(&[outside], NOW).await.unwrap();
    fire.disclosure = ledger.disclosure(&slug("d1")).await.unwrap();
    assert!(ledger.fire(&fire, later(100)).await.unwrap());
    let real = ledger.disclosure(&slug("d1")).await.unwrap();
    let real = DisclosureChange::new(Disclosure { exercise: false, ..real }, act("convert"));
    assert!(ledger.change_disclosure(&real, NOW).await.is_err(), "a drill never becomes real");
    assert!(raw(url, "delete from stage_instant").await.is_err());
}

pub(crate) async fn questions(At { ledger, url }: At<'_>) {
    furnish(ledger).await;
    let d = armed(ledger).await;
    let asker = "harbor".parse().unwrap();
    let id =
        ledger.add_question((&d.id, Stage::Advisory, &asker), "Is 7.x hit?", &[], &act("ask")).await.unwrap();
    let job = NewJob {
        kind: "answer".to_owned(),
        subject: id.to_string(),
        unique_key: format!("answer {id} 1"),
        run_at: later(50),
    };
    let answer = (Some("Is 7.x affected?"), "Yes.", later(50));
    ledger.answer_question(id, answer, &job, &act("answer")).await.unwrap();
    let mut publish = DisclosureChange::new(d.clone(), act("publish answer"));
    publish.answers.push(id);
    publish.messages.push(told("due", "harbor"));
    assert_eq!(refused_by(ledger.change_disclosure(&publish, later(49)).await), "question_due");
    ledger.change_disclosure(&publish, later(50)).await.unwrap();
    let d = ledger.disclosure(&d.id).await.unwrap();
    let again =
        DisclosureChange { messages: vec![told("again", "harbor")], disclosure: d.clone(), ..publish };
    assert_eq!(refused_by(ledger.change_disclosure(&again, later(51)).await), "question_due");
    let keys: Vec<String> =
        ledger.unsent_messages(9).await.unwrap().into_iter().map(|one| one.message.unique_key).collect();
    assert_eq!(keys, ["due"]);
    let back = ledger.question(id).await.unwrap();
    assert_eq!(ledger.questions(&d.id).await.unwrap(), std::slice::from_ref(&back));
    assert_eq!((back.answer.as_deref(), back.published), (Some("Yes."), Some(later(50))));
    assert!(not_there(ledger.answer_question(id, answer, &job, &act("answer")).await));
    assert!(raw(url, "update question set answer = 'No.'").await.is_err());
    assert!(raw(url, "delete from question").await.is_err());
}

pub(crate) async fn reports(At { ledger, url }: At<'_>) {
    furnish(ledger).await;
    let d = armed(ledger).await;
    let said = Report {
        disclosure: d.id.clone(),
        recipient: "harbor".parse().unwrap(),
        affected: Some(Affected::NotLooked),
        protection: None,
        live_at: None,
        signatures: Vec::new(),
        note: Some("on Monday".to_owned()),
        at: NOW,
    };
    let live = Report {
        affected: None,
        protection: Some(Protection::Live),
        live_at: Some(later(5)),
        signatures: vec!["2026-0001".to_owned()],
        note: None,
        at: later(6),
        ..said.clone()
    };
    ledger.add_report(&said, &act("report")).await.unwrap();
    ledger.add_report(&live, &act("report")).await.unwrap();
    assert_eq!(ledger.reports(&d.id).await.unwrap(), [said.clone(), live.clone()]);
    let nowhen = Report { live_at: None, ..live };
    assert_eq!(refused_by(ledger.add_report(&nowhen, &act("report")).await), "report_live_since");
    assert!(raw(url, "update report set protection = 'ready'").await.is_err());
}

pub(crate) async fn policies(At { ledger, .. }: At<'_>) {
    assert_eq!(ledger.policies().await.unwrap(), None);
    let mut files =
        BTreeMap::from([("a.cedar".to_owned(), "forbid (principal, action, resource);".to_owned())]);
    ledger.put_policies(&files, &act("use")).await.unwrap();
    files.insert("b.cedar".to_owned(), String::new());
    ledger.put_policies(&files, &act("use")).await.unwrap();
    let now = ledger.policies().await.unwrap().unwrap();
    assert_eq!((now.files, now.actor.as_str(), now.since), (files, "ann", NOW));
}

pub(crate) async fn agreements(At { ledger, .. }: At<'_>) {
    let terms = Agreement {
        name: slug("terms"),
        version: 1,
        clauses: vec!["marked-copies".to_owned()],
        body: "Copies are marked.\n".to_owned(),
        added: NOW,
    };
    ledger.add_agreement(&terms, &act("add")).await.unwrap();
    assert!(already_there(ledger.add_agreement(&terms, &act("add")).await));
    assert_eq!(ledger.agreements().await.unwrap(), [terms]);
    let mut yes = Acceptance {
        partner: slug("harbor"),
        agreement: slug("terms"),
        version: 1,
        signed_by: "Ann".to_owned(),
        at: later(7),
    };
    assert!(!refused_by(ledger.accept_agreement(&yes, &act("accept")).await).is_empty());
    ledger.add_partner(&partner("harbor")).await.unwrap();
    ledger.accept_agreement(&yes, &act("accept")).await.unwrap();
    assert_eq!(ledger.acceptances().await.unwrap(), std::slice::from_ref(&yes));
    yes.version = 2;
    assert!(!refused_by(ledger.accept_agreement(&yes, &act("accept")).await).is_empty());
}

pub(crate) async fn rosters(At { ledger, .. }: At<'_>) {
    let ann = Recipient::of("harbor/ann".parse().unwrap(), NOW);
    assert!(!refused_by(ledger.join_roster(&ann, &act("join")).await).is_empty());
    ledger.add_partner(&partner("harbor")).await.unwrap();
    ledger.add_contact(&contact("harbor", "ann")).await.unwrap();
    ledger.join_roster(&ann, &act("join")).await.unwrap();
    assert_eq!(ledger.recipients().await.unwrap(), std::slice::from_ref(&ann));
    ledger.leave_roster(&slug("harbor"), &slug("ann"), &act("leave")).await.unwrap();
    assert!(not_there(ledger.leave_roster(&slug("harbor"), &slug("ann"), &act("leave")).await));
    assert_eq!(ledger.rosters().await.unwrap()[0].left, Some(NOW));
    ledger.join_roster(&ann, &act("join")).await.unwrap();
    assert_eq!(ledger.rosters().await.unwrap()[0].left, None);
}

pub(crate) async fn key_lives(At { ledger, .. }: At<'_>) {
    ledger.add_partner(&partner("harbor")).await.unwrap();
    ledger.add_contact(&contact("harbor", "ann")).await.unwrap();
    let key = ContactKey {
        partner: slug("harbor"),
        contact: slug("ann"),
        kind: KeyKind::Age,
        public_text: "age1x".to_owned(),
        fingerprint: "age1x".to_owned(),
        added: NOW,
        status: KeyStatus::Added,
    };
    let mut life = KeyLife {
        partner: slug("harbor"),
        contact: slug("ann"),
        fingerprint: "age1x".to_owned(),
        effective: None,
        expires: Some(later(9)),
        proof: None,
        asked: None,
        answered: None,
    };
    assert!(not_there(ledger.change_key(&life, KeyStatus::Verified, &act("verify")).await));
    ledger.add_living_key(&key, &life, &act("add")).await.unwrap();
    life.effective = Some(NOW);
    life.proof = Some(Digest::of(b"secret"));
    life.answered = Some(later(3));
    ledger.change_key(&life, KeyStatus::Verified, &act("verify")).await.unwrap();
    assert_eq!(ledger.key_lives(&slug("harbor")).await.unwrap(), [life]);
    assert_eq!(ledger.contact_keys(&slug("harbor")).await.unwrap()[0].status, KeyStatus::Verified);
}

pub(crate) async fn an_import_is_one_transaction(At { ledger, .. }: At<'_>) {
    ledger.add_partner(&partner("harbor")).await.unwrap();
    let new = earmark_store::Admission {
        partner: partner("anchor"),
        contact: contact("anchor", "ann"),
        keys: Vec::new(),
        recipient: Recipient::of("anchor".parse().unwrap(), NOW),
    };
    let mut changed = partner("harbor");
    changed.tier = slug("two");
    let nobody = (partner("nobody"), act("change"));
    let outcome =
        ledger.import(std::slice::from_ref(&new), &[(changed.clone(), act("change")), nobody]).await;
    assert!(not_there(outcome));
    assert_eq!(ledger.partners().await.unwrap(), [partner("harbor")], "nothing of it happened");
    ledger.import(&[new], &[(changed.clone(), act("change"))]).await.unwrap();
    assert_eq!(ledger.partners().await.unwrap(), [partner("anchor"), changed]);
}

pub(crate) async fn an_erased_person(At { ledger, .. }: At<'_>) {
    key_lives(At { ledger, url: "" }).await;
    let entry = crate::material::statement(earmark_store::EntryKind::Key, "ann's key");
    let index = ledger.add_statements(&[entry]).await.unwrap();
    let erasure = |entries| earmark_store::PersonErasure {
        partner: slug("harbor"),
        contact: slug("ann"),
        name: "Ann".to_owned(),
        entries,
        messages: Vec::new(),
        mark: "erased".to_owned(),
        at: NOW,
    };
    let stone = |of| crate::material::statement(earmark_store::EntryKind::Erasure, of);
    let missing = erasure(vec![(index, stone("one")), (index + 9, stone("two"))]);
    assert!(not_there(ledger.erase_person(&missing, &act("erase person")).await));
    assert_eq!(ledger.contacts(&slug("harbor")).await.unwrap()[0].name, "Ann", "nothing of it happened");
    ledger.erase_person(&erasure(vec![(index, stone("three"))]), &act("erase person")).await.unwrap();
    ledger.scrub().await.unwrap();
    let contact = &ledger.contacts(&slug("harbor")).await.unwrap()[0];
    assert_eq!((contact.name.as_str(), &contact.mail), ("erased", &None));
    assert_eq!(ledger.contact_keys(&slug("harbor")).await.unwrap(), []);
    assert_eq!(ledger.key_lives(&slug("harbor")).await.unwrap(), []);
    assert_eq!(ledger.statements().await.unwrap().len(), 1);
}
