//! Measures how often a coalition is named: how the table of `plan` was made.
//!
//! Arguments: bias set, colluders, attack (or `all`), positions, trials, recipients; then optionally error rate,
//! erasure rate, symbols per position.

use std::error::Error;
use std::time::Instant;

use earmark_odds::bias::BiasSet;
use earmark_odds::decide::decide;
use earmark_odds::simulate::{Attack, Scene};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [bias, colluders, attack, positions, trials, recipients, rest @ ..] = arguments.as_slice() else {
        return Err("give: bias set, colluders, attack, positions, trials, recipients".into());
    };
    let attacks = if attack == "all" { Attack::ALL.to_vec() } else { vec![attack.parse()?] };
    let bias: BiasSet = bias.parse()?;
    let trials: u64 = trials.parse()?;
    let number = |i: usize, other: f64| rest.get(i).map_or(Ok(other), |text| text.parse::<f64>());
    for attack in attacks {
        let scene = Scene {
            positions: positions.parse()?,
            recipients: recipients.parse()?,
            err: number(0, 0.0)?,
            erasure: number(1, 0.0)?,
            symbols: number(2, 2.0)? as u8,
            ..Scene::new(bias, colluders.parse()?, attack)
        };
        let (mut named, mut all, mut wrong, mut seconds) = (0u64, 0u64, 0u64, 0.0);
        for seed in 0..trials {
            let trial = scene.play(seed);
            let start = Instant::now();
            let decision = decide(&trial.document)?;
            seconds += start.elapsed().as_secs_f64();
            let right = decision.suspects.iter().filter(|s| trial.colluders.contains(&s.recipient)).count();
            named += u64::from(right > 0);
            all += u64::from(right == trial.colluders.len());
            wrong += (decision.suspects.len() - right) as u64;
        }
        let share = |count: u64| count as f64 / trials as f64;
        println!(
            "{bias} c={colluders} {attack}: m={positions} one {:.3} all {:.3} wrong {wrong}, {:.1} ms a decision",
            share(named),
            share(all),
            seconds * 1e3 / trials as f64
        );
    }
    Ok(())
}
