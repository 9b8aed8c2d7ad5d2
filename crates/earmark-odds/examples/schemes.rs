//! What colluders may try beside the seven attacks: how often somebody is named at the length that the seven take.
//!
//! A64, 79 recipients, alpha = 1e-6: one colluder who gives 90 %, attacks that change by file, erasing where copies differ,
//! the original mixed in. At the length that names somebody in 98 % against the worst of the seven attacks, and at 1.3 times
//! that; where positions are erased, as many more are there, so that as many are read. Argument: trials (300 if none is given).

use std::error::Error;

use earmark_odds::bias::BiasSet;
use earmark_odds::plan::positions_needed;
use earmark_odds::simulate::{Attack, Scene, levels_of, tally};

/// Seed of the first trial.
const SEED: u64 = 1;
/// Positions of a file, where the attack changes by file.
const FILE: u32 = 25;

fn main() -> Result<(), Box<dyn Error>> {
    let trials: u64 = std::env::args().nth(1).map_or(Ok(300), |text| text.parse())?;
    println!("| colluders | what they do | positions read | named | at 1.3 times as many | wrong names |");
    println!("|--:|---|--:|--:|--:|--:|");
    for colluders in [2, 3] {
        let plain = Scene::new(BiasSet::A64, colluders, Attack::Interleaving);
        // With a look's rule, under which the original is ranked like a copy.
        let with_original = Scene { original: true, look: true, ..plain.clone() };
        let scenes = [
            ("one gives 90 %", colluders, Scene { one_gives: Some(0.9), ..plain.clone() }),
            ("another attack in every file", colluders, Scene { changes_after: Some(FILE), ..plain.clone() }),
            ("half erased where copies differ", colluders, Scene { erase_differing: 0.5, ..plain.clone() }),
            ("all erased where copies differ", colluders, Scene { erase_differing: 1.0, ..plain.clone() }),
            ("the original mixed in", colluders, with_original.clone()),
            ("the same, the original counted as one more", colluders + 1, with_original),
        ];
        for (what, counted, scene) in scenes {
            let need = positions_needed(BiasSet::A64, counted, 79, 1e-6).ok_or("never measured")?;
            let length = need.positions;
            let (mut shares, mut wrong) = (Vec::new(), 0);
            for factor in [1.0, 1.3] {
                let read = 1.0 - scene.erase_differing * differing(colluders);
                let positions = (factor * length as f64 / read).round() as u32;
                let tally = tally(&Scene { positions, ..scene.clone() }, SEED..SEED + trials)?;
                let [low, high] = tally.interval(1.959_964);
                shares.push(format!(
                    "{:.1} % ({:.1}–{:.1})",
                    100.0 * tally.rate(),
                    100.0 * low,
                    100.0 * high
                ));
                wrong += tally.wrong;
            }
            println!("| {colluders} | {what} | {length} | {} | {wrong} |", shares.join(" | "));
        }
    }
    Ok(())
}

/// How often the copies of so many colluders differ at a position.
fn differing(colluders: u32) -> f64 {
    let of_level = |p: f64| 1.0 - p.powi(colluders as i32) - (1.0 - p).powi(colluders as i32);
    levels_of(BiasSet::A64).into_iter().map(|(p, weight)| weight * of_level(p)).sum()
}
