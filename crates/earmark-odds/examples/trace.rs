//! The whole way: deal symbols from a key, let two recipients mix their copies, read the leak, decide, check the decision.

use std::error::Error;

use earmark_odds::bias::BiasSet;
use earmark_odds::code::{Code, TracingKey, code_id};
use earmark_odds::decide::decide;
use earmark_odds::document::{Level, MatchInfo, Position, ReadingDocument};
use earmark_odds::replay::replay;

const RECIPIENTS: [&str; 6] = ["acme", "globex", "hooli", "initech", "umbrella", "wonka"];
const POSITIONS: u32 = 400;

fn main() -> Result<(), Box<dyn Error>> {
    // Before anything leaves: a code for this asset, from a key that is committed to and kept secret.
    let id = code_id("kernel", 1);
    let code = Code::new(&TracingKey::from_program_key(b"a secret program key", &id), &id, BiasSet::A64);
    let positions: Vec<(u32, u8)> = (0..POSITIONS).map(|number| (number, 2)).collect();
    let words: Vec<Vec<u8>> = RECIPIENTS.iter().map(|name| code.codeword(name, &positions)).collect();

    // The leak: hooli and wonka take turns; every seventh place is lost. The reader sees this, and no codeword.
    let [_, _, hooli, _, _, wonka] = words.as_slice() else { return Ok(()) };
    let leak = hooli.iter().zip(wonka).enumerate().map(|(i, (&h, &w))| match i {
        i if i % 7 == 0 => None,
        i if i % 3 == 0 => Some(h),
        _ => Some(w),
    });

    // The decision rests on this document alone. One in a million is what the matter may spend.
    let mut document = ReadingDocument::blank(RECIPIENTS.len() as u64);
    document.alpha = Some(1e-6);
    document.levels = Level::all_of(BiasSet::A64);
    document.matched = Some(MatchInfo { level: "evidence".to_owned(), chance: None });
    for (&(number, k), y) in positions.iter().zip(leak) {
        let level = Level::index_of(BiasSet::A64, code.level(number), k);
        document.positions.push(Position { id: Some(number), level, y, ..Position::default() });
    }
    for (name, word) in RECIPIENTS.iter().zip(&words) {
        document.codewords.insert(name, word);
    }
    let decision = decide(&document)?;
    for suspect in &decision.suspects {
        println!(
            "the copy issued to {} was used: score {}, false with chance under 10^{:.1}, given {:?}",
            suspect.recipient, suspect.score, suspect.log10_false_accusation_bound, suspect.given
        );
    }

    // Whoever doubts it takes the document and decides again.
    document.decision = Some(decision);
    let again = replay(&ReadingDocument::parse(document.to_json()?.as_bytes())?)?;
    println!("decided again: {}", if again.agrees() { "the same" } else { "DIFFERS" });
    Ok(())
}
