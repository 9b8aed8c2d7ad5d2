//! Measures the time and memory of a verdict and the time of dealing and scoring symbols: lines of JSON.
//!
//! Argument: how many recipients at most (100,000 if none is given; 1,000,000 takes 0.8 GB and a minute). Times are
//! processor time of this thread, the fastest of several runs; what is compared runs side by side. Each is also told in
//! mebibytes of ChaCha20, as the cipher crate makes them here in the same run: take that to another machine, not the seconds.

use std::error::Error;
use std::hint::black_box;

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher};
use earmark_odds::bias::BiasSet;
use earmark_odds::code::{Code, TracingKey, code_id};
use earmark_odds::decide::decide;
use earmark_odds::decoder::Decoder;
use earmark_odds::sheet::{ReadPosition, SheetBuilder};
use earmark_odds::simulate::{Attack, Scene};
use serde_json::json;

/// Positions of everything here.
const POSITIONS: u32 = 1_000;

fn main() -> Result<(), Box<dyn Error>> {
    let most = std::env::args().nth(1).map_or(Ok(100_000), |text| text.parse::<u32>())?;
    let mebibyte = mebibyte();
    let told = |what: &str, recipients: u32, more: (&str, f64), seconds: f64| {
        let (name, value) = more;
        println!(
            "{}",
            json!({"what": what, "recipients": recipients, name: value, "seconds": seconds, "mebibytes": seconds / mebibyte})
        );
    };
    for n in [79, 1_643, 20_000, 100_000, 1_000_000].into_iter().filter(|&n| n <= most) {
        for (colluders, attack) in
            [(0, Attack::Interleaving), (1, Attack::Interleaving), (2, Attack::CoinFlip)]
        {
            let trial = Scene { recipients: n, ..Scene::new(BiasSet::A64, colluders, attack) }.play(1);
            decide(&trial.document)?;
            let (runs, often) = match n {
                0..1_000 => (5, 60),
                1_000..20_000 => (5, 20),
                20_000..200_000 => (3, 2),
                _ => (2, 1),
            };
            let seconds = fastest(runs, often, || {
                black_box(decide(&trial.document).is_ok());
            });
            told("verdict", n, ("colluders", f64::from(colluders)), seconds);
        }
    }
    if let Some(kibibytes) = resident_most() {
        println!("{}", json!({"what": "memory", "recipients": most, "kibibytes": kibibytes}));
    }
    let recipients = 20_000;
    for (what, seconds) in ["dealt side by side", "dealt scattered"].into_iter().zip(dealing(recipients)) {
        told(what, recipients, ("per_second", symbols(recipients) / seconds), seconds);
    }
    let seconds = scoring(recipients);
    told("scored", recipients, ("per_second", symbols(recipients) / seconds), seconds);
    Ok(())
}

fn symbols(recipients: u32) -> f64 {
    f64::from(recipients) * f64::from(POSITIONS)
}

/// Dealing positions that lie side by side, and as many that are scattered over 300,000: each in a block of its own.
fn dealing(recipients: u32) -> [f64; 2] {
    let id = code_id("speed", 1);
    let code = Code::new(&TracingKey::from_bytes([7; 32]), &id, BiasSet::A64);
    let near: Vec<u32> = (0..POSITIONS).collect();
    let far: Vec<u32> = (0..POSITIONS).map(|i| i * 300 + (i * i) % 300).collect();
    let mut seconds = [f64::INFINITY; 2];
    for _ in 0..5 {
        for (positions, seconds) in [&near, &far].into_iter().zip(&mut seconds) {
            let kinds: Vec<(u8, u8)> = code.levels(positions).into_iter().map(|level| (level, 2)).collect();
            let deck = code.deck(positions, &kinds);
            let often = if positions.last() == near.last() { 20 } else { 2 };
            let once = fastest(1, often, || {
                for recipient in 0..recipients {
                    black_box(deck.deal(&recipient.to_string()));
                }
            });
            *seconds = seconds.min(once);
        }
    }
    seconds
}

/// Passes over all recipients' bits in growing a set where one copy leaked: given nobody, given that copy, and given each of
/// the 64 that pairs are tried from.
const PASSES: f64 = 66.0;

/// One pass over all recipients' bits: what growing from them takes, over its passes. Fitting the weights is in it.
fn scoring(recipients: u32) -> f64 {
    let trial = Scene { recipients, ..Scene::new(BiasSet::A64, 1, Attack::Interleaving) }.play(1);
    let document = &trial.document;
    let laws: Vec<Vec<u16>> = document.levels.iter().filter_map(|level| level.law()).collect();
    let read: Vec<ReadPosition> = document
        .positions
        .iter()
        .filter_map(|p| Some(ReadPosition { level: p.level as usize, y: p.y?, class: p.class, err: 0.01 }))
        .collect();
    let mut builder = SheetBuilder::new(&laws, &read);
    for word in document.codewords.0.values() {
        builder.add(|i| word.symbol(i).unwrap_or(0));
    }
    let sheet = builder.finish();
    let all = fastest(5, 6, || {
        black_box(Decoder::new(&sheet, u64::from(recipients)).members());
    });
    all / PASSES
}

/// Seconds that a mebibyte of ChaCha20 takes.
fn mebibyte() -> f64 {
    let mut cipher = ChaCha20::new(&[7; 32].into(), &[0; 12].into());
    let mut buffer = vec![0u8; 1 << 20];
    fastest(5, 300, || cipher.apply_keystream(black_box(&mut buffer)))
}

/// Seconds of `work`, the mean of `often` in the fastest of several runs. The system tells processor time in steps of some
/// milliseconds, so a run should take some hundred.
fn fastest(runs: u32, often: u32, mut work: impl FnMut()) -> f64 {
    let mut seconds = f64::INFINITY;
    for _ in 0..runs {
        let start = processor_seconds();
        for _ in 0..often {
            work();
        }
        seconds = seconds.min((processor_seconds() - start) / f64::from(often));
    }
    seconds
}

/// Time this thread has run; on systems that do not tell, the time that has passed.
fn processor_seconds() -> f64 {
    use std::sync::OnceLock;
    use std::time::Instant;
    static START: OnceLock<Instant> = OnceLock::new();
    let start = START.get_or_init(Instant::now);
    let ran = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let ran = ran.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    ran.map_or_else(|| start.elapsed().as_secs_f64(), |nanoseconds| nanoseconds * 1e-9)
}

/// The most memory this process has had, in kibibytes.
fn resident_most() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}
