//! Looks for bias sets: the symmetric ones of up to four levels that tell most about a coalition that tells least.
//!
//! For each number of colluders: what a position tells in the shipped sets and in the best found, as the least over all
//! strategies, in thousandths of a nat (Huang and Moulin 2012), of all colluders together (per colluder) and of one alone. The
//! first limits what joint decoding can do, the second whether it finds somebody to begin with. Two sets are looked for:
//! the one that is best in the first, and the one that is, among those at most 5 % worse than the shipped ones in the
//! second.
//!
//! With arguments `biases measure RECIPIENTS COLLUDERS ATTACK START K:WEIGHT,..` a set is measured: the length that names
//! somebody in 98 % of 300 trials at 1e-6, e.g. `biases measure 79 3 minority 240 64:.5,192:.5`.

use std::error::Error;

use earmark_odds::bias::BiasSet;
use earmark_odds::simulate::{
    Attack, Scene, TRIALS, joint_information, levels_of, shortest, single_information, tally,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["measure", recipients, colluders, attack, start, levels] => {
            let scene = Scene {
                recipients: recipients.parse()?,
                ..Scene::new(BiasSet::A64, colluders.parse()?, attack.parse()?)
            };
            measure(scene, start.parse()?, levels)
        }
        [] => {
            search();
            Ok(())
        }
        _ => Err("give nothing, or: measure RECIPIENTS COLLUDERS ATTACK START K:WEIGHT,..".into()),
    }
}

fn measure(scene: Scene, start: u32, levels: &str) -> Result<(), Box<dyn Error>> {
    let mut parsed = Vec::new();
    for level in levels.split(',') {
        let (k256, weight) = level.split_once(':').ok_or("a level is K:WEIGHT")?;
        parsed.push((k256.parse::<u8>()?, weight.parse::<f64>()?));
    }
    let (recipients, colluders, attack) = (scene.recipients, scene.colluders, scene.attack);
    let scene = Scene { levels: parsed, ..scene };
    let found = shortest(start, TRIALS, |positions, trials| {
        tally(&Scene { positions, ..scene.clone() }, 1 + trials.start..1 + trials.end)
    })?;
    match found {
        Some(length) => {
            let [low, high] = length.tally.interval(1.96);
            println!(
                "{levels}, {colluders} of {recipients}, {attack}: {} ({low:.3} to {high:.3})",
                length.positions
            );
        }
        None => println!("{levels}, {colluders} of {recipients}, {attack}: no length suffices"),
    }
    Ok(())
}

fn search() {
    println!("| colluders | set | least joint information | least single information |");
    println!("|--:|---|--:|--:|");
    for c in [2, 3, 4, 5, 8] {
        let row = |name: &str, levels: &[(f64, f64)]| {
            println!("| {c} | {name} | {:.2} | {:.2} |", 1e3 * joint(levels, c), 1e3 * single(levels, c));
        };
        let mut most = 0.0f64;
        for bias in BiasSet::ALL {
            let levels = levels_of(bias);
            row(&bias.to_string(), &levels);
            most = most.max(single(&levels, c));
        }
        for least in [0.0, 0.95 * most] {
            let best = best(c, least);
            let name: Vec<String> =
                best.iter().map(|(p, w)| format!("{}:{w:.2}", (256.0 * p).round())).collect();
            row(&name.join(","), &best);
        }
    }
}

/// The least joint information of a strategy, per colluder.
fn joint(levels: &[(f64, f64)], c: usize) -> f64 {
    joint_information(levels, &Attack::LeastJoint.theta_against_levels(levels, c)) / c as f64
}

/// The least information of a strategy about one colluder alone.
fn single(levels: &[(f64, f64)], c: usize) -> f64 {
    single_information(levels, &Attack::LeastSingle.theta_against_levels(levels, c))
}

/// Climbs from the best of a coarse grid: outer level, inner level, and the outer one's weight. What tells less than `least` about
/// one colluder is worth that much less.
fn best(c: usize, least: f64) -> Vec<(f64, f64)> {
    let told = |place: &[f64; 3]| {
        let levels = set(place);
        let short = if least > 0.0 { (single(&levels, c) / least).min(1.0) } else { 1.0 };
        joint(&levels, c) * short
    };
    let mut at = [64.0, 128.0, 1.0];
    for outer in [16.0, 32.0, 48.0, 64.0, 80.0] {
        for inner in [80.0, 96.0, 128.0] {
            for weight in [0.4, 0.7, 1.0] {
                let tried = [outer, inner, weight];
                if told(&tried) > told(&at) {
                    at = tried;
                }
            }
        }
    }
    for steps in [[8.0, 8.0, 0.1], [3.0, 3.0, 0.05], [1.0, 1.0, 0.02]] {
        for _ in 0..20 {
            let mut moved = false;
            for axis in 0..3 {
                for sign in [-1.0, 1.0] {
                    let mut tried = at;
                    if let (Some(value), Some(step)) = (tried.get_mut(axis), steps.get(axis)) {
                        *value += sign * step;
                    }
                    if told(&tried) > told(&at) + 1e-8 {
                        at = tried;
                        moved = true;
                    }
                }
            }
            if !moved {
                break;
            }
        }
    }
    set(&at)
}

/// A symmetric set: `outer` and its mirror share `weight`, `inner` and its mirror the rest.
fn set(&[outer, inner, weight]: &[f64; 3]) -> Vec<(f64, f64)> {
    let (outer, inner) = (outer.clamp(1.0, 127.0) / 256.0, inner.clamp(1.0, 128.0) / 256.0);
    let weight = weight.clamp(0.0, 1.0);
    let mut levels = vec![(outer, weight / 2.0), (1.0 - outer, weight / 2.0)];
    if weight < 1.0 {
        levels.extend([(inner, (1.0 - weight) / 2.0), (1.0 - inner, (1.0 - weight) / 2.0)]);
    }
    levels
}
