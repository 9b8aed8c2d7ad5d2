//! Mail to a real server, in frozen time: tried again, given up, told to the staff.

use earmark_desk::actor::{self, Role};
use earmark_desk::mail::{self, Round};
use earmark_desk::program::partner::{self, NewPartner};
use earmark_desk::program::telling;
use earmark_post::Postman;
use earmark_testkit::MailServer;

use crate::bench::{Bench, HOUR};

const FROM: &str = "PSIRT <psirt@example.org>";

async fn add(bench: &Bench, slug: &str, contact: Option<&str>) {
    let new = NewPartner {
        slug: slug.to_owned(),
        name: slug.to_owned(),
        country: "DE".to_owned(),
        tier: "one".to_owned(),
        contact: contact.map(str::to_owned),
        keys: Vec::new(),
        applicant: false,
    };
    partner::add(&bench.desk, &new).await.unwrap();
}

#[tokio::test]
async fn later_is_tried_again_and_no_is_told_to_the_staff() {
    let Some(mut server) = MailServer::start() else { return };
    let bench = Bench::new().await;
    let mail = Some("owner@example.org".to_owned());
    actor::join(&bench.desk, "owner", mail, vec![Role::Administrator]).await.unwrap();
    add(&bench, "dune", Some("away@dune.example")).await;
    add(&bench, "elm", Some("nobody@elm.example")).await;
    add(&bench, "fern", None).await;
    bench.arm("d", &["advisory:one=-90h"]).await;
    bench.clock.advance(10 * HOUR);
    bench.work().await;
    let postman = Postman::new(&server.url(), FROM, 4).unwrap();

    server.close();
    let round = mail::send(&bench.desk, &postman, FROM).await.unwrap();
    assert!(round.away.is_some() && round.sent + round.later + round.given_up == 0, "{round:?}");
    server.open();
    // amber and birch; dune later; elm and fern never; and the staff hears of those two.
    let round = mail::send(&bench.desk, &postman, FROM).await.unwrap();
    assert_eq!(round, Round { sent: 4, later: 1, given_up: 2, away: None });
    let told = bench.show("d").await.told;
    let lost: Vec<&str> = told.given_up.iter().map(|one| one.recipient.as_str()).collect();
    assert_eq!((told.sent, told.waiting, lost.as_slice()), (4, 1, &["elm", "fern"][..]));
    assert!(
        told.given_up[0].reply.contains("nobody of that name")
            && told.given_up[1].reply.contains("no mail address")
    );
    assert_eq!(bench.told("d", "d: advisory").await.len(), 7, "five partners, and the staff of two");

    // Not before a minute has passed, then after two more, and then it is taken.
    let nothing = Round::default();
    bench.clock.advance(59_000);
    assert_eq!(mail::send(&bench.desk, &postman, FROM).await.unwrap(), nothing);
    bench.clock.advance(1_000);
    assert_eq!(mail::send(&bench.desk, &postman, FROM).await.unwrap(), Round { later: 1, ..nothing.clone() });
    bench.clock.advance(2 * 60_000);
    assert_eq!(mail::send(&bench.desk, &postman, FROM).await.unwrap(), Round { sent: 1, ..nothing.clone() });
    assert_eq!(mail::send(&bench.desk, &postman, FROM).await.unwrap(), nothing);
    let taken = server.taken();
    assert_eq!(taken.len(), 5);
    assert!(taken.iter().any(|mail| mail.contains("Subject: NOT TOLD elm: [TLP:AMBER] d: advisory\r\n")));
    let amber = taken.iter().find(|mail| mail.starts_with("X-To: desk@amber.example")).unwrap();
    assert!(amber.contains("\r\nTo: desk@amber.example\r\n") && !amber.contains("birch"));

    // Tried again: nothing is mended: elm and fern are still not reached.
    assert_eq!(telling::resend(&bench.desk, "d").await.unwrap(), 2);
    let round = mail::send(&bench.desk, &postman, FROM).await.unwrap();
    assert_eq!((round.sent, round.given_up), (2, 2), "both are given up anew, and the staff hears again");
}

#[tokio::test]
async fn a_server_that_is_away_for_days_gives_nothing_up() {
    let Some(mut server) = MailServer::start() else { return };
    let bench = Bench::new().await;
    bench.arm("d", &["advisory:one=-90h"]).await;
    bench.clock.advance(10 * HOUR);
    bench.work().await;
    let postman = Postman::new(&server.url(), FROM, 4).unwrap();
    server.close();
    bench.clock.advance(60 * HOUR);
    // A server that is away says nothing about any mail.
    assert!(mail::send(&bench.desk, &postman, FROM).await.unwrap().away.is_some());
    server.open();
    assert_eq!(mail::send(&bench.desk, &postman, FROM).await.unwrap().sent, 2);
}
