//! Mail out: to a folder, or to a mail server. The ledger says of each message, once, that it left or was given up.
//!
//! A mail has the number of its message in its Message-ID. A worker that dies after the server's yes and before the
//! ledger knows of it sends that mail once more, under the same Message-ID.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use earmark_model::UnixMillis;
use earmark_papers::{self as papers, Mail};
use earmark_post::{Answer, Postman};
use earmark_store::{Message, NewMessage};
use serde::Serialize;
use tokio::task::JoinSet;

use crate::desk::Desk;
use crate::error::DeskError;

/// Messages written at a time.
const BATCH: u32 = 200;

/// Mails that one worker hands over at a time.
pub const AT_A_TIME: u32 = 16;

/// How long a message belongs to the worker that hands it over, in milliseconds. A server may be silent for half a
/// minute at each of a handful of steps.
const LEASE_MILLIS: i64 = 5 * 60_000;

/// First wait before a mail is tried again; it doubles with each try, in milliseconds.
const FIRST_WAIT_MILLIS: i64 = 60_000;

/// Longest wait between two tries, in milliseconds.
const LONGEST_WAIT_MILLIS: i64 = 3_600_000;

/// For how long a server may say "later" until a message is given up, in milliseconds: two days.
const GIVEN_UP_MILLIS: i64 = 2 * 24 * 3_600_000;

/// What became of the messages of one round.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Round {
    /// The server took them.
    pub sent: usize,
    /// They are tried again.
    pub later: usize,
    /// They were given up; the staff is told.
    pub given_up: usize,
    /// Why nothing was handed over, where the server cannot be used.
    pub away: Option<String>,
}

/// Hands every message over that is to leave now.
///
/// A server that is away keeps everything waiting and gives nothing up. Of any number of workers one hands each
/// message over, and no message waits for another one's slow answer.
///
/// # Errors
/// When the ledger cannot be read or written.
pub async fn send(desk: &Desk, postman: &Postman, from: &str) -> Result<Round, DeskError> {
    let mut round = Round::default();
    let mut greeted = false;
    let mut under_way = JoinSet::new();
    loop {
        let room = AT_A_TIME.saturating_sub(u32::try_from(under_way.len()).unwrap_or(AT_A_TIME));
        let now = desk.now();
        let lease = UnixMillis(now.0 + LEASE_MILLIS);
        // A slow answer holds its own place only.
        let claimed = desk.ledger().claim_messages(now, lease, LONGEST_WAIT_MILLIS, room).await?;
        if !claimed.is_empty() && !greeted {
            if let Err(error) = postman.ready().await {
                let ids: Vec<u64> = claimed.iter().map(|message| message.id).collect();
                desk.ledger().release_messages(&ids).await?;
                return Ok(Round { away: Some(error.to_string()), ..round });
            }
            greeted = true;
        }
        for message in claimed {
            let (postman, text) = (postman.clone(), text(from, &message));
            under_way.spawn(async move {
                let answer = match &message.message.mail {
                    Some(to) => postman.hand_over(to, text.as_bytes()).await,
                    None => Answer::Refused("no mail address is known".to_owned()),
                };
                (message, answer)
            });
        }
        let Some(joined) = under_way.join_next().await else { return Ok(round) };
        // A task that fell over leaves its message to its lease.
        if let Ok((message, answer)) = joined {
            record(desk, &message, answer, &mut round).await?;
        }
    }
}

async fn record(desk: &Desk, message: &Message, answer: Answer, round: &mut Round) -> Result<(), DeskError> {
    let now = desk.now();
    match answer {
        Answer::Taken => {
            desk.ledger().set_sent(&[message.id], now).await?;
            round.sent += 1;
        }
        Answer::Later(reply) if now.0 < message.queued.0 + GIVEN_UP_MILLIS => {
            let doubled = FIRST_WAIT_MILLIS.saturating_mul(1 << message.tries.saturating_sub(1).min(10));
            let next = UnixMillis(now.0 + doubled.min(LONGEST_WAIT_MILLIS));
            desk.ledger().postpone_message(message.id, next, &reply).await?;
            round.later += 1;
        }
        Answer::Later(reply) | Answer::Refused(reply) => {
            let told = given_up(desk, message, &reply).await?;
            desk.ledger().fail_message(message.id, &reply, &told, now).await?;
            round.given_up += 1;
        }
    }
    Ok(())
}

/// What the staff is told of a message that was given up; nothing where it was for the staff itself.
async fn given_up(desk: &Desk, message: &Message, reply: &str) -> Result<Vec<NewMessage>, DeskError> {
    let lost = &message.message;
    if lost.recipient.starts_with("staff:") {
        return Ok(Vec::new());
    }
    let staff = desk.ledger().staff().await?.into_iter().filter(|person| person.left.is_none());
    Ok(staff
        .map(|person| NewMessage {
            unique_key: format!("given up {} {} staff:{}", message.id, message.tries, person.name),
            disclosure: lost.disclosure.clone(),
            recipient: format!("staff:{}", person.name),
            mail: person.mail,
            subject: format!("NOT TOLD {}: {}", lost.recipient, lost.subject),
            body: format!(
                "{} was not told. The mail to {} was given up: {reply}\n\nTell them another way, or mend the address \
                 and run `earmark disclosure resend`.\n",
                lost.recipient,
                lost.mail.as_deref().unwrap_or("them"),
            ),
            calendar: None,
        })
        .collect())
}

fn text(from: &str, one: &Message) -> String {
    papers::mail(&Mail {
        from: from.to_owned(),
        to: one.message.mail.clone().unwrap_or_else(|| "undisclosed-recipients:;".to_owned()),
        subject: one.message.subject.clone(),
        date: one.queued,
        number: one.id,
        body: one.message.body.clone(),
        calendar: one.message.calendar.clone(),
    })
}

/// Writes messages that have not left into `outbox`, one mail file each, and records that they left; gives how many.
///
/// A mail is named by its number: writing it twice, after a crash or by two workers, writes the same file. Who has no
/// mail address gets a file too, addressed to `undisclosed`.
///
/// # Errors
/// When the folder cannot be written.
pub async fn write(desk: &Desk, outbox: &Path, from: &str) -> Result<usize, DeskError> {
    fs::create_dir_all(outbox).map_err(|source| DeskError::io("make", outbox, source))?;
    let mut written = 0;
    loop {
        let some = desk.ledger().unsent_messages(BATCH).await?;
        if some.is_empty() {
            return Ok(written);
        }
        for one in &some {
            write_one(outbox, from, one)?;
        }
        File::open(outbox)
            .and_then(|folder| folder.sync_all())
            .map_err(|source| DeskError::io("write in", outbox, source))?;
        let ids: Vec<u64> = some.iter().map(|one| one.id).collect();
        desk.ledger().set_sent(&ids, desk.now()).await?;
        written += ids.len();
    }
}

fn write_one(outbox: &Path, from: &str, one: &Message) -> Result<(), DeskError> {
    let text = text(from, one);
    let name = one.message.recipient.replace(['/', ':'], "+");
    let place = outbox.join(format!("{:06}-{name}.eml", one.id));
    let refused = |source| DeskError::io("write", &place, source);
    let mut staged = tempfile::NamedTempFile::new_in(outbox).map_err(refused)?;
    staged.write_all(text.as_bytes()).and_then(|()| staged.as_file().sync_all()).map_err(refused)?;
    staged.persist(&place).map_err(|error| refused(error.error))?;
    Ok(())
}
