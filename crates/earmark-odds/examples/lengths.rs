//! Measures how often a coalition is named: `lengths A64 2 interleaving 121 300 79`.
//!
//! Arguments: bias set, colluders, attack (or `all`), positions, trials, recipients.

use std::error::Error;

use earmark_odds::bias::BiasSet;
use earmark_odds::simulate::{Attack, Scene, tally};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [bias, colluders, attack, positions, trials, recipients] = arguments.as_slice() else {
        return Err("give: bias set, colluders, attack, positions, trials, recipients".into());
    };
    let attacks = if attack == "all" { Attack::ALL.to_vec() } else { vec![attack.parse()?] };
    let bias: BiasSet = bias.parse()?;
    for attack in attacks {
        let scene = Scene {
            positions: positions.parse()?,
            recipients: recipients.parse()?,
            ..Scene::new(bias, colluders.parse()?, attack)
        };
        let tally = tally(&scene, 0..trials.parse()?)?;
        let [low, high] = tally.interval(1.959_964);
        println!(
            "{attack}: named {:.3} ({low:.3} to {high:.3}), all {}, wrong {}",
            tally.rate(),
            tally.all,
            tally.wrong
        );
    }
    Ok(())
}
