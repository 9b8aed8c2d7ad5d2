//! A real mail server takes what we hand over, or does not.

use earmark_post::{Answer, Postman, ServerError};
use earmark_testkit::MailServer;

const MAIL: &[u8] =
    b"From: psirt@example.org\r\nTo: x\r\nSubject: s\r\n\r\n.a line that begins with a dot\r\n";

#[tokio::test]
async fn yes_later_and_no_are_told_apart() {
    let Some(mut server) = MailServer::start() else { return };
    let postman = Postman::new(&server.url(), "PSIRT <psirt@example.org>", 2).unwrap();
    postman.ready().await.unwrap();
    assert_eq!(postman.hand_over("Ann <ann@harbor.example>", MAIL).await, Answer::Taken);
    let refused = postman.hand_over("nobody@harbor.example", MAIL).await;
    assert!(
        matches!(&refused, Answer::Refused(why) if why.contains("there is nobody of that name")),
        "{refused:?}"
    );
    for _ in 0..2 {
        let later = postman.hand_over("away@harbor.example", MAIL).await;
        assert!(matches!(&later, Answer::Later(why) if why.contains("not now")), "{later:?}");
    }
    assert_eq!(postman.hand_over("away@harbor.example", MAIL).await, Answer::Taken);
    assert!(matches!(postman.hand_over("no address", MAIL).await, Answer::Refused(_)));
    let taken = server.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!(taken[0].lines().next(), Some("X-To: ann@harbor.example"), "{taken:?}");
    assert_eq!(taken[0].split_once("\r\n\r\n").unwrap().1, ".a line that begins with a dot\r\n");

    server.close();
    assert!(matches!(postman.ready().await, Err(ServerError::Away(_))));
    assert!(matches!(postman.hand_over("ann@harbor.example", MAIL).await, Answer::Later(_)));
    server.open();
    postman.ready().await.unwrap();
    assert_eq!(postman.hand_over("ann@harbor.example", MAIL).await, Answer::Taken);
}
