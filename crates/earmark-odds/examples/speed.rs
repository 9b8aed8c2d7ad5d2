//! Measures the time and memory of a verdict and the time of dealing symbols, in processor time of this thread.
//!
//! Argument: how many recipients at most (100,000 if none is given; 1,000,000 takes 0.8 GB and a minute).
//! Every figure is the fastest of several runs; what is compared runs side by side.

use std::error::Error;
use std::hint::black_box;

use earmark_odds::bias::BiasSet;
use earmark_odds::code::{Code, TracingKey, code_id};
use earmark_odds::decide::decide;
use earmark_odds::simulate::{Attack, Scene};

fn main() -> Result<(), Box<dyn Error>> {
    let most = std::env::args().nth(1).map_or(Ok(100_000), |text| text.parse::<u32>())?;
    println!("m = 1,000, A64, one core: a verdict");
    for n in [79, 1_643, 20_000, 100_000, 1_000_000].into_iter().filter(|&n| n <= most) {
        for (colluders, attack) in
            [(0, Attack::Interleaving), (1, Attack::Interleaving), (2, Attack::CoinFlip)]
        {
            let trial = Scene { recipients: n, ..Scene::new(BiasSet::A64, colluders, attack) }.play(1);
            // The system tells processor time in steps of some milliseconds.
            let (runs, often) = if n < 20_000 { (5, 20) } else { (2, 1) };
            let mut seconds = f64::INFINITY;
            for _ in 0..runs {
                let start = processor_seconds();
                for _ in 0..often {
                    black_box(decide(&trial.document)?);
                }
                seconds = seconds.min((processor_seconds() - start) / f64::from(often));
            }
            println!("n = {n:>9}, c = {colluders}: {:>10.1} ms", seconds * 1e3);
        }
    }
    if let Some(most) = resident_most() {
        println!("most memory so far: {most}");
    }
    let id = code_id("speed", 1);
    let code = Code::new(&TracingKey::from_bytes([7; 32]), &id, BiasSet::A64);
    println!("symbols from a key, 1,000 positions, 20,000 recipients");
    let near: Vec<u32> = (0..1_000).collect();
    let far: Vec<u32> = (0..1_000).map(|i| i * 300 + (i * i) % 300).collect();
    let mut seconds = [f64::INFINITY; 2];
    for _ in 0..5 {
        for (positions, seconds) in [&near, &far].into_iter().zip(&mut seconds) {
            let kinds: Vec<(u8, u8)> = code.levels(positions).into_iter().map(|level| (level, 2)).collect();
            let deck = code.deck(positions, &kinds);
            let start = processor_seconds();
            for recipient in 0..20_000 {
                black_box(deck.deal(&recipient.to_string()));
            }
            *seconds = seconds.min(processor_seconds() - start);
        }
    }
    let [near, far] = seconds;
    println!("side by side: {:.2e} symbols a second", 2e7 / near);
    println!("scattered over 300,000: {:.2e} symbols a second, {:.1} times as long", 2e7 / far, far / near);
    Ok(())
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

/// The most memory this process has had, as the system writes it.
fn resident_most() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    Some(status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().to_owned())
}
