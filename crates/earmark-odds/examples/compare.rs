//! Lengths beside those of plain positions with two symbols: positions with more symbols, and reliability classes.
//!
//! Each length is the smallest on a grid of 2 % at which somebody is named in at least 98 % of 300 trials, 79 recipients,
//! alpha = 1e-6; the longest of the attacks. Argument: the most colluders (1 takes seconds, 2 minutes, 3 longer).

use std::error::Error;

use earmark_odds::bias::BiasSet;
use earmark_odds::simulate::{Attack, Scene, TRIALS, shortest, tally};

/// Seed of the first trial.
const SEED: u64 = 1;

fn main() -> Result<(), Box<dyn Error>> {
    let most: u32 = std::env::args().nth(1).map_or(Ok(1), |text| text.parse())?;
    println!("| code, colluders | scene | positions | bits | of the bits of two symbols |");
    println!("|---|---|--:|--:|--:|");
    for colluders in 1..=most {
        let bias = if colluders == 1 { BiasSet::S4 } else { BiasSet::A64 };
        let plain = Scene::new(bias, colluders, Attack::Interleaving);
        let binary = length(&plain)?;
        let row = |what: &str, positions: u32, symbols: u8, against: u32| {
            let bits = f64::from(positions) * f64::from(symbols).log2();
            let ratio = bits / f64::from(against);
            println!("| {bias}, {colluders} | {what} | {positions} | {bits:.0} | {ratio:.2} |");
        };
        row("two symbols", binary, 2, binary);
        for symbols in [3, 4, 8] {
            let positions = length(&Scene { symbols, ..plain.clone() })?;
            row(&format!("{symbols} symbols"), positions, symbols, binary);
        }
        // Half of the positions are read well and half badly: known by class, or only on average.
        let classes = vec![0.01, 0.19];
        let hard = length(&Scene { classes: classes.clone(), classes_hidden: true, ..plain.clone() })?;
        row("1 % and 19 % read wrongly, classes hidden", hard, 2, hard);
        row("the same, classes told", length(&Scene { classes, ..plain.clone() })?, 2, hard);
    }
    Ok(())
}

/// The longest length of the attacks that can differ.
fn length(scene: &Scene) -> Result<u32, Box<dyn Error>> {
    let attacks = if scene.colluders == 1 { &Attack::NAMED[..1] } else { &Attack::NAMED[..] };
    let mut longest = 0;
    for &attack in attacks {
        let found = shortest(40 * scene.colluders.pow(2), TRIALS, |positions, trials| {
            tally(&Scene { attack, positions, ..scene.clone() }, SEED + trials.start..SEED + trials.end)
        })?;
        longest = longest.max(found.ok_or("no length suffices")?.positions);
    }
    Ok(longest)
}
