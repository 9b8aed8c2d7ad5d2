//! A vault with three partners at a desk whose clock stands still.

use std::sync::Arc;

use earmark_desk::clock::FrozenClock;
use earmark_desk::desk::Desk;
use earmark_desk::error::{DeskError, Kind};
use earmark_desk::job::{self, Event, Means};
use earmark_desk::program::disclosure::{self, NewDisclosure};
use earmark_desk::program::partner::{self, NewPartner};
use earmark_desk::program::schedule::StageAt;
use earmark_desk::program::view::{self, Shown};
use earmark_model::UnixMillis;
use earmark_store::{Message, Vault};

/// Sunday, 2026-03-01 17:00 UTC.
pub(crate) const NOW: UnixMillis = UnixMillis(1_772_384_400_000);

pub(crate) const HOUR: i64 = 3_600_000;

pub(crate) struct Bench {
    pub(crate) desk: Desk,
    pub(crate) clock: Arc<FrozenClock>,
    _folder: tempfile::TempDir,
}

impl Bench {
    /// Without any partner.
    pub(crate) async fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::create(&folder.path().join("vault"), "Test program").await.unwrap();
        Desk::make_keys(&vault, None, NOW).unwrap();
        let clock = Arc::new(FrozenClock::at(NOW));
        let no_cage = || Err(DeskError::new(Kind::Unavailable, "no cage in this test"));
        let desk = Desk::open(vault, None, clock.clone(), no_cage).unwrap();
        Self { desk, clock, _folder: folder }
    }

    pub(crate) async fn new() -> Self {
        let bench = Self::empty().await;
        for (slug, tier) in [("amber", "one"), ("birch", "one"), ("cedar", "two")] {
            let new = NewPartner {
                slug: slug.to_owned(),
                name: slug.to_owned(),
                country: "DE".to_owned(),
                tier: tier.to_owned(),
                contact: Some(format!("desk@{slug}.example")),
                keys: Vec::new(),
                applicant: false,
            };
            partner::add(&bench.desk, &new).await.unwrap();
        }
        bench
    }

    /// Somebody else at the same desk.
    pub(crate) fn sit(self, name: &str) -> Self {
        Self { desk: self.desk.with_actor(name), ..self }
    }

    /// A proposed disclosure, public in 100 hours.
    pub(crate) async fn propose(&self, id: &str, stages: &[&str]) {
        let new = NewDisclosure {
            public: Some(hours(self, 100)),
            stages: stages.iter().map(|text| StageAt::parse(text).unwrap()).collect(),
            severity: Some("9.8".to_owned()),
            zone: "Europe/Berlin".to_owned(),
            ..NewDisclosure::new(id, "A flaw")
        };
        disclosure::add(&self.desk, &new).await.unwrap();
    }

    /// The same, accepted.
    pub(crate) async fn arm(&self, id: &str, stages: &[&str]) {
        self.propose(id, stages).await;
        disclosure::accept(&self.desk, id).await.unwrap();
    }

    /// Does what is due; gives what became of instants.
    pub(crate) async fn work(&self) -> Vec<Event> {
        let mut events = Vec::new();
        job::run_due(&self.desk, &Means::default(), &mut |event| events.push(event)).await.unwrap();
        assert!(events.iter().all(|one| !one.outcome.starts_with("failed")), "{events:?}");
        events.retain(|one| one.kind == "release");
        events
    }

    pub(crate) async fn show(&self, id: &str) -> Shown {
        view::show(&self.desk, id).await.unwrap()
    }

    pub(crate) async fn messages(&self, id: &str) -> Vec<Message> {
        self.desk.ledger().messages_about(&id.parse().unwrap()).await.unwrap()
    }

    /// Who was told something whose subject ends so, in order of the messages.
    pub(crate) async fn told(&self, id: &str, what: &str) -> Vec<String> {
        let messages = self.messages(id).await.into_iter().map(|one| one.message);
        messages.filter(|one| one.subject.ends_with(what)).map(|one| one.recipient).collect()
    }
}

/// The instant so many hours from the bench's present, as text.
pub(crate) fn hours(bench: &Bench, hours: i64) -> String {
    UnixMillis(bench.desk.now().0 + hours * HOUR).rfc3339()
}
