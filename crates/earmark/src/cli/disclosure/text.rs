//! What `earmark disclosure` says to people.

use earmark_desk::approval::Waits;
use earmark_desk::program::breach::Done;
use earmark_desk::program::preview::Planned;
use earmark_desk::program::protection::Standing;
use earmark_desk::program::questions::Question;
use earmark_desk::program::rhythm::Rhythm;
use earmark_desk::program::view::{self, Shown, Summary};

use crate::drill::Answer;

/// A disclosure as a line of a list.
pub(super) fn summary_line(one: &Summary) -> String {
    let next = one.next.as_ref().map_or_else(
        || "nothing waits".to_owned(),
        |next| format!("{} to {} at {}", next.stage, next.tier, next.due.words),
    );
    format!("{}\t{}\t{next}\t{}\n", one.id, state(one), one.title)
}

fn state(one: &Summary) -> String {
    let mut state = one.embargo.word().to_owned();
    for (is, word) in [(one.broken, "broken"), (one.held, "held"), (one.exercise, "EXERCISE")] {
        if is {
            state += &format!(", {word}");
        }
    }
    state
}

/// A disclosure in full.
pub(super) fn shown(shown: &Shown) -> String {
    let one = &shown.summary;
    let mut text = format!("{} ({}): {}, {}\n", one.title, one.id, state(one), shown.tlp);
    if let Some(hold) = &shown.hold {
        text += &format!("held since {} by {}: {}\n", hold.since.rfc3339(), hold.by, hold.why);
    }
    for line in &shown.stages {
        text += &format!("  {}\t{}\t{}\t{}\n", line.stage, line.tier, line.state, line.due.words);
    }
    for material in &shown.materials {
        let superseded = if material.superseded.is_some() { ", superseded" } else { "" };
        text += &format!(
            "  {} hands out {} {}, confidential until {}{superseded}\n",
            material.stage,
            material.asset,
            material.revision.short(),
            material.confidential_until
        );
    }
    for (state, count) in view::counts(&shown.deliveries) {
        text += &format!("  {count} deliveries {state}\n");
    }
    text += &format!("  {} messages left, {} wait\n", shown.told.sent, shown.told.waiting);
    for one in &shown.told.given_up {
        text += &format!("  NOT TOLD {}: {} ({})\n", one.recipient, one.subject, one.reply);
    }
    for one in &shown.outstanding {
        text += &format!(
            "  {} still holds {} of {}\n",
            one.recipient,
            one.what.chars().take(40).collect::<String>(),
            one.stage
        );
    }
    for request in &shown.requests {
        text += &format!(
            "  waits: {} (request {}), yes from {}\n",
            request.asked.act,
            request.id,
            request.assents.join(", ")
        );
    }
    text
}

/// What a grave act waits for.
pub(crate) fn waits_text(waits: &Waits) -> String {
    match &waits.not_before {
        Some(at) => format!(
            "not done yet: there are not two people to approve it; run the same command again from {at} on\n"
        ),
        None => format!(
            "not done yet: {} said yes; a second person runs the same command with `--as NAME`\n",
            waits.assents.join(", ")
        ),
    }
}

/// What was done about a breach.
pub(super) fn breach(done: &Done) -> String {
    let mut text = format!("{} breach: {} recipients are told\n", done.breach, done.told);
    for one in &done.due {
        text += &format!("  due now: {one}\n");
    }
    for one in &done.held {
        text += &format!("  held: {one}\n");
    }
    text += &format!("look at samples with `earmark trace SAMPLE --matter {}`\n", done.matter);
    if let Some(waits) = &done.publication {
        text += &format!(
            "publication: {}",
            waits_text(waits)
                .replace("run the same command", "`earmark disclosure publish`")
                .replace("runs the same command", "confirms with `earmark disclosure publish`")
        );
    }
    match done.csaf.as_ref().and_then(|document| document.pointer("/document/tracking/version")?.as_str()) {
        Some(version) => {
            text += &format!(
                "the advisory says so in its version {version}: `earmark disclosure csaf` prints it\n"
            );
        }
        None => text += "no advisory says so: take one in with `earmark disclosure advisory`\n",
    }
    text + "\n" + &done.draft
}

/// A question as a line of a list.
pub(super) fn question(one: &Question) -> String {
    let state = match (&one.published, &one.answer_at) {
        (Some(at), _) => format!("answered {}", at.rfc3339()),
        (None, Some(at)) => format!("answer goes out {}", at.rfc3339()),
        (None, None) => "open".to_owned(),
    };
    format!("{}\t{}\t{}\t{state}\t{}\n", one.id, one.asker, one.stage, one.body)
}

/// What a recipient will get at one instant.
pub(super) fn planned(one: &Planned) -> String {
    let mut text = format!("{}\nSubject: {}\n\n{}", one.due.words, one.subject, one.body);
    for what in &one.material {
        text += &format!("  to be fetched from then on: {what}\n");
    }
    text + "\n"
}

/// Who is affected and protected.
pub(super) fn standing(standing: &Standing) -> String {
    let counts = |counts: &std::collections::BTreeMap<String, usize>| {
        counts.iter().map(|(word, count)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
    };
    let mut text =
        format!("affected: {}\nprotection: {}\n", counts(&standing.affected), counts(&standing.protection));
    for share in &standing.shares {
        text += &format!("  live at {} ({}): {} of {}\n", share.of, share.at, share.live, share.told);
    }
    for one in &standing.recipients {
        let word = |word: Option<String>| word.unwrap_or_else(|| "silent".to_owned());
        text += &format!(
            "{}\t{}\t{}\t{}\n",
            one.recipient,
            word(one.affected.map(|word| word.to_string())),
            word(one.protection.map(|word| word.to_string())),
            one.signatures.join(",")
        );
    }
    text
}

/// How a drill went.
pub(super) fn drill(played: &Answer) -> String {
    let named = if played.named.is_empty() { "nobody".to_owned() } else { played.named.join(", ") };
    let verdict = if played.right { "right" } else { "NOT right" };
    format!(
        "{}: {} take part\ntold {} ms after the instant, bundles made in {:.1} s\nthe copy of {} was leaked; the trace \
         named {named} after {:.1} s: {verdict}\n",
        played.disclosure,
        played.participants.len(),
        played.told_millis,
        played.bundles_seconds,
        played.leaker,
        played.trace_seconds,
    )
}

/// When recipients are reminded and asked.
pub(super) fn rhythm(rhythm: &Rhythm) -> String {
    let leads: Vec<String> = rhythm.remind_minutes.iter().map(|minutes| wait(*minutes)).collect();
    format!(
        "reminded {} before the public instant\nasked after {}, {} times\n",
        if leads.is_empty() { "never".to_owned() } else { leads.join(", ") },
        wait(rhythm.ask_minutes),
        rhythm.askings
    )
}

fn wait(minutes: u32) -> String {
    match minutes {
        _ if minutes.is_multiple_of(1_440) => format!("{}d", minutes / 1_440),
        _ if minutes.is_multiple_of(60) => format!("{}h", minutes / 60),
        _ => format!("{minutes}m"),
    }
}
