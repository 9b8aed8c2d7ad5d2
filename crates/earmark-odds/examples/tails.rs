//! The tail as sampled over the bound as stated, far out: how sharp the exact p-value is, and that it holds.
//!
//! For the score of an innocent copy at 200 positions of each bias set, read from two colluders that interleave: at scores
//! stated to occur with 1e-3, 1e-6, 1e-9 and 1e-12 the law is tilted to the score, so that half of the draws reach it, and
//! each draw counts by its likelihood ratio (importance sampling: Siegmund 1976). Argument: draws (100,000 if none is given).

use std::error::Error;

use earmark_odds::bias::BiasSet;
use earmark_odds::pvalue::{LATTICE, Lattice, Tail, solve_tilt};

/// Positions read.
const POSITIONS: f64 = 200.0;

fn main() -> Result<(), Box<dyn Error>> {
    let draws: u32 = std::env::args().nth(1).map_or(Ok(100_000), |text| text.parse())?;
    println!("| code | 1e-3 | 1e-6 | 1e-9 | 1e-12 |");
    println!("|---|--:|--:|--:|--:|");
    for set in BiasSet::ALL {
        let laws = laws(set);
        let mut tail = Tail::new(laws.clone());
        let mut row = format!("| {set} |");
        for (number, goal) in [1e-3, 1e-6, 1e-9, 1e-12].into_iter().enumerate() {
            let score = first_below(&mut tail, goal).ok_or("no score is that rare")?;
            let stated = tail.exact(score).ok_or("the table is too large")?.p;
            let mut dice = Dice(1 + number as u64);
            let (sampled, error) = sample(&laws, score, draws, &mut dice);
            row += &format!(" {:.3} ± {:.3} |", sampled / stated, error / stated);
        }
        println!("{row}");
    }
    Ok(())
}

/// What an innocent's symbol is worth where two colluders interleave: per level and symbol read, by Laarhoven's weights.
fn laws(set: BiasSet) -> Vec<Lattice> {
    let mut laws = Vec::new();
    for (k256, weight) in set.levels().into_iter().zip(set.weights()) {
        let p = f64::from(k256) / 256.0;
        for (shown, chance) in [(1.0, p), (0.0, 1.0 - p)] {
            let count = (POSITIONS * weight * chance).round() as u64;
            // Half of the time the symbol is the copy's own, half of the time another's.
            let worth = |symbol: f64| {
                let one: f64 = 0.5 * symbol + 0.5 * p;
                let (given, any) = if shown == 1.0 { (one, p) } else { (1.0 - one, 1.0 - p) };
                (LATTICE * (given / any).ln()).round_ties_even() as i64
            };
            laws.push(Lattice::two(count, p, worth(1.0), worth(0.0)));
        }
    }
    laws
}

/// The least score stated to be at most this likely.
fn first_below(tail: &mut Tail, goal: f64) -> Option<i64> {
    let (mut low, mut high) = (-1_000_000, 1_000_000);
    while high - low > 1 {
        let middle = (low + high) / 2;
        if tail.exact(middle)?.p > goal { low = middle } else { high = middle }
    }
    Some(high)
}

/// The tail at a score, and the standard error of that.
fn sample(laws: &[Lattice], score: i64, draws: u32, dice: &mut Dice) -> (f64, f64) {
    let real: Vec<_> = laws.iter().map(|law| law.real(LATTICE)).collect();
    let tilt = solve_tilt(&real, score as f64 / LATTICE) / LATTICE;
    let (mut sum, mut squares) = (0.0, 0.0);
    for _ in 0..draws {
        let (mut total, mut log_ratio) = (0i64, 0.0);
        for law in laws {
            let [(p, up), (q, down)] = law.atoms.as_slice() else { continue };
            let (more, less) = (p * (tilt * *up as f64).exp(), q * (tilt * *down as f64).exp());
            let ups = (0..law.count).filter(|_| dice.unit() < more / (more + less)).count() as i64;
            total += ups * up + (law.count as i64 - ups) * down;
            log_ratio += law.count as f64 * (more + less).ln();
        }
        if total >= score {
            let ratio = (log_ratio - tilt * total as f64).exp();
            sum += ratio;
            squares += ratio * ratio;
        }
    }
    let (mean, count) = (sum / f64::from(draws), f64::from(draws));
    (mean, ((squares / count - mean * mean) / count).sqrt())
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((word ^ (word >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}
