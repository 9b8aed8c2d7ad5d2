//! A key's life: what is sealed to, from when, until when, and who must have said yes.

use earmark_desk::actor::{self, Role};
use earmark_desk::error::Kind;
use earmark_desk::issue::log::{listing, partner_keys};
use earmark_desk::program::import;
use earmark_desk::program::keys::{self, COOLING_OFF_MILLIS};
use earmark_desk::program::partner::NewPartner;
use earmark_desk::program::partner_source::Reading;
use earmark_model::UnixMillis;
use earmark_store::KeyStatus;

use crate::bench::{Bench, HOUR};

/// Nobody has the identities.
const ONE: &str = "age1zswhwfzt4steu95tvp8vzkj2kh7529g9y9gfp7t2pjpfefchvq9qhckam9";
const TWO: &str = "age1xdmp986t0azjktc7ze6z4lf78qnptph7jgm2tx9jk72sk9lxwshsq6egzd";

async fn in_use(bench: &Bench) -> Vec<String> {
    let listed = keys::list(&bench.desk, "amber").await.unwrap();
    listed.into_iter().filter(|key| key.in_use).map(|key| key.fingerprint).collect()
}

async fn two_people(bench: Bench) -> Bench {
    actor::join(&bench.desk, "ann", None, vec![Role::Administrator]).await.unwrap();
    let bench = bench.sit("ann");
    actor::join(&bench.desk, "ben", None, vec![Role::ProgramManager]).await.unwrap();
    bench
}

#[tokio::test]
async fn without_an_embargo_a_key_is_in_use_at_once() {
    let bench = Bench::new().await;
    let acted = keys::add(&bench.desk, "amber", None, ONE).await.unwrap();
    assert!(acted.waiting.is_none() && acted.key.in_use);
    assert_eq!(in_use(&bench).await, [ONE]);
    assert_eq!(keys::add(&bench.desk, "amber", None, ONE).await.unwrap_err().kind, Kind::Conflict);
    assert_eq!(keys::add(&bench.desk, "amber", Some("nobody"), TWO).await.unwrap_err().kind, Kind::NotFound);
    assert_eq!(keys::add(&bench.desk, "amber", None, "age1no").await.unwrap_err().kind, Kind::Malformed);
}

#[tokio::test]
async fn amid_an_embargo_a_new_key_cools_off_and_takes_two() {
    let bench = two_people(Bench::new().await).await;
    bench.arm("d", &["advisory:one=-24h"]).await;
    let acted = keys::add(&bench.desk, "amber", None, ONE).await.unwrap();
    assert_eq!(acted.waiting.unwrap().assents, ["ann"]);
    assert!(keys::add(&bench.desk, "amber", None, ONE).await.unwrap().waiting.is_some(), "ann twice is one");
    bench.clock.advance(COOLING_OFF_MILLIS * 2);
    assert_eq!(in_use(&bench).await, [""; 0], "time alone does not do it");
    keys::add(&bench.desk, "birch", None, TWO).await.unwrap();
    let bench = bench.sit("ben");
    let acted = keys::approve(&bench.desk, "birch", TWO).await.unwrap();
    assert!(acted.waiting.is_none() && !acted.key.in_use, "two people alone do not do it");
    let acted = keys::add(&bench.desk, "amber", None, ONE).await.unwrap();
    assert!(acted.key.in_use, "both: the day is over");
    assert_eq!(keys::approve(&bench.desk, "amber", ONE).await.unwrap_err().kind, Kind::Refused);
    let birch = async || keys::list(&bench.desk, "birch").await.unwrap()[0].in_use;
    bench.clock.advance(COOLING_OFF_MILLIS - 1);
    assert!(!birch().await);
    bench.clock.advance(1);
    assert!(birch().await);
}

#[tokio::test]
async fn amid_an_embargo_the_keys_of_a_new_partner_cool_off_too() {
    let bench = two_people(Bench::new().await).await;
    bench.arm("d", &["advisory:one=-24h"]).await;
    let new = NewPartner {
        slug: "dune".to_owned(),
        name: "Dune".to_owned(),
        country: "DE".to_owned(),
        tier: "one".to_owned(),
        contact: None,
        keys: vec![ONE.to_owned()],
        applicant: false,
    };
    let (_, waits) = keys::add_with_partner(&bench.desk, &new).await.unwrap();
    assert_eq!(waits[0].assents, ["ann"]);
    let dune = async |bench: &Bench| keys::list(&bench.desk, "dune").await.unwrap()[0].in_use;
    bench.clock.advance(COOLING_OFF_MILLIS);
    assert!(!dune(&bench).await, "time alone does not do it");
    let bench = bench.sit("ben");
    assert!(keys::approve(&bench.desk, "dune", ONE).await.unwrap().key.in_use);

    let table = format!("slug,name,country,tier,key\nelm,Elm,DE,one,{TWO}\n");
    import::import(&bench.desk, table.as_bytes(), &Reading::default(), false).await.unwrap();
    let listed = keys::list(&bench.desk, "elm").await.unwrap();
    assert!(listed[0].effective.is_none(), "an import is no way around");
}

#[tokio::test]
async fn a_rotated_key_is_over_when_the_new_one_begins() {
    let bench = two_people(Bench::new().await).await;
    keys::add(&bench.desk, "amber", None, ONE).await.unwrap();
    bench.arm("d", &["advisory:one=-24h"]).await;
    assert!(keys::rotate(&bench.desk, "amber", "age1z", TWO).await.unwrap().waiting.is_some());
    assert_eq!(in_use(&bench).await, [ONE]);
    let bench = bench.sit("ben");
    assert!(keys::rotate(&bench.desk, "amber", "age1z", TWO).await.unwrap().waiting.is_none());
    assert_eq!(in_use(&bench).await, [ONE], "never a moment without a key");
    bench.clock.advance(COOLING_OFF_MILLIS);
    assert_eq!(in_use(&bench).await, [TWO]);
    let listed = keys::list(&bench.desk, "amber").await.unwrap();
    let old = listed.iter().find(|key| key.fingerprint == ONE).unwrap();
    assert_eq!(old.status, KeyStatus::Rotated);
}

#[tokio::test]
async fn a_key_expires_by_itself_and_is_revoked_at_once() {
    let bench = Bench::new().await;
    keys::add(&bench.desk, "amber", None, ONE).await.unwrap();
    keys::add(&bench.desk, "amber", None, TWO).await.unwrap();
    let end = UnixMillis(bench.desk.now().0 + HOUR);
    keys::expire(&bench.desk, "amber", ONE, Some(end)).await.unwrap();
    assert_eq!(in_use(&bench).await.len(), 2);
    bench.clock.advance(HOUR);
    assert_eq!(in_use(&bench).await, [TWO]);
    let listed = keys::list(&bench.desk, "amber").await.unwrap();
    let old = listed.iter().find(|key| key.fingerprint == ONE).unwrap();
    assert_eq!(old.status, KeyStatus::Expired);
    assert_eq!(keys::expire(&bench.desk, "amber", ONE, None).await.unwrap_err().kind, Kind::Refused);
    assert_eq!(keys::revoke(&bench.desk, "amber", TWO, " ").await.unwrap_err().kind, Kind::Malformed);
    keys::revoke(&bench.desk, "amber", TWO, "laptop lost").await.unwrap();
    assert_eq!(in_use(&bench).await, [""; 0]);
    assert_eq!(keys::revoke(&bench.desk, "amber", "age1", "x").await.unwrap_err().kind, Kind::Malformed);
    assert_eq!(keys::revoke(&bench.desk, "amber", "age9", "x").await.unwrap_err().kind, Kind::NotFound);
    // What became of them is in the log; what was not recorded between two looks was not used between them.
    partner_keys::record_changes(&bench.desk).await.unwrap();
    let events = listing::list(&bench.desk, false).await.unwrap();
    let mut about: Vec<&str> = events.iter().map(|one| one.about.as_str()).collect();
    about.sort_unstable();
    assert_eq!(about, [format!("amber expired {ONE}"), format!("amber revoked {TWO}")]);
}

#[tokio::test]
async fn only_who_opens_the_test_can_answer_it() {
    let bench = Bench::new().await;
    let identity = earmark_seal::TimedKey::generate();
    let public = identity.public().unwrap().fingerprint();
    keys::add(&bench.desk, "amber", None, &public).await.unwrap();
    assert_eq!(keys::answer(&bench.desk, "amber", &public, "").await.unwrap_err().kind, Kind::Refused);
    let open = |sealed: &[u8]| {
        let mut text = String::new();
        let mut plain = earmark_seal::open_sealed(sealed, Some(&identity.secret_text())).unwrap();
        std::io::Read::read_to_string(&mut plain, &mut text).unwrap();
        text.lines().last().unwrap().to_owned()
    };
    let (_, first) = keys::sealed_test(&bench.desk, "amber", &public).await.unwrap();
    let (listed, second) = keys::sealed_test(&bench.desk, "amber", &public).await.unwrap();
    assert!(listed.asked.is_some() && listed.answered.is_none());
    for wrong in ["", "guess", &open(&first)] {
        assert_eq!(keys::answer(&bench.desk, "amber", &public, wrong).await.unwrap_err().kind, Kind::Refused);
    }
    let acted = keys::answer(&bench.desk, "amber", &public, &open(&second)).await.unwrap();
    assert_eq!(acted.key.status, KeyStatus::Verified);
    assert_eq!(
        keys::answer(&bench.desk, "amber", &public, &open(&second)).await.unwrap_err().kind,
        Kind::Refused
    );
}
