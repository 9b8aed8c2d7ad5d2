//! Seeded statistics: innocents stay innocent, colluders are named at the lengths stated.

use earmark_odds::bias::BiasSet;
use earmark_odds::decide::decide;
use earmark_odds::simulate::{Attack, Scene};

/// The lower end of the 99.9 % Wilson interval of `hits` in `trials`.
fn wilson_low(hits: u32, trials: u32) -> f64 {
    let (z, n) = (3.09, f64::from(trials));
    let share = f64::from(hits) / n;
    let middle = share + z * z / (2.0 * n);
    let spread = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    (middle - spread) / (1.0 + z * z / n)
}

/// Plays trials and returns how often at least one colluder was named; nobody innocent may be.
fn named(scene: &Scene, trials: u32) -> u32 {
    let mut hits = 0;
    for seed in 0..u64::from(trials) {
        let trial = scene.play(seed);
        let decision = decide(&trial.document).unwrap();
        assert!(decision.suspects.iter().all(|s| trial.colluders.contains(&s.recipient)), "{scene:?} {seed}");
        hits += u32::from(!decision.suspects.is_empty());
    }
    hits
}

/// At the lengths of the plan the chance is 0.98; with `trials` trials the 99.9 % Wilson interval must reach
/// above `least`, and its lower end is what is asserted.
#[test]
fn colluders_are_named_at_the_lengths_of_the_chapter() {
    let cells = [
        (BiasSet::GL2, 1, 27, Attack::Interleaving, 60),
        (BiasSet::S4, 1, 39, Attack::Interleaving, 60),
        (BiasSet::S4, 2, 126, Attack::Minority, 60),
        (BiasSet::A64, 2, 125, Attack::CoinFlip, 60),
        (BiasSet::A64, 3, 241, Attack::Minority, 50),
        (BiasSet::A64, 3, 241, Attack::LeastJoint, 50),
    ];
    for (bias, colluders, positions, attack, trials) in cells {
        let scene = Scene { positions, ..Scene::new(bias, colluders, attack) };
        let hits = named(&scene, trials);
        assert!(wilson_low(hits, trials) > 0.78, "{bias} c = {colluders} {attack}: {hits} of {trials}");
    }
}

#[test]
fn errors_erasures_and_more_symbols_keep_their_price() {
    let plain = Scene { positions: 126, ..Scene::new(BiasSet::S4, 1, Attack::Interleaving) };
    for scene in [
        Scene { err: 0.02, ..plain.clone() },
        Scene { err: 0.1, ..plain.clone() },
        Scene { erasure: 0.5, positions: 90, ..plain.clone() },
        Scene { symbols: 4, positions: 35, ..plain.clone() },
        Scene { symbols: 8, positions: 25, ..plain },
    ] {
        let hits = named(&scene, 40);
        assert!(wilson_low(hits, 40) > 0.7, "{scene:?}: {hits} of 40");
    }
}

/// The p-values of true innocents: 40 trials of 30 recipients with one, two or no colluders.
///
/// P(p <= a) must not exceed a: for ten values of a the count of `trials x innocents` p-values at most a is
/// below a's binomial mean plus 4.5 standard deviations (chance of a false alarm below 1e-4 in all). And they
/// are not crowded at 1 either: chi-square over ten bins below 60 (p-values are discrete and within one
/// trial share weights, so the bins are only nearly equal).
#[test]
fn p_values_of_innocents_are_uniform() {
    let mut values = Vec::new();
    for seed in 0..40u64 {
        let attack = Attack::NAMED[seed as usize % 5];
        let scene = Scene {
            positions: 150,
            recipients: 30,
            look: true,
            ..Scene::new([BiasSet::S4, BiasSet::A64, BiasSet::E4][seed as usize % 3], seed as u32 % 3, attack)
        };
        let trial = scene.play(1_000 + seed);
        for standing in decide(&trial.document).unwrap().recipients {
            if !trial.colluders.contains(&standing.recipient) {
                values.push(10f64.powf(standing.log10_p_exact.unwrap()));
            }
        }
    }
    let n = values.len() as f64;
    for a in [0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9] {
        let seen = values.iter().filter(|&&p| p <= a).count() as f64;
        let limit = n * a + 4.5 * (n * a * (1.0 - a)).sqrt() + 1.0;
        assert!(seen <= limit, "{seen} of {n} p-values at most {a}, limit {limit}");
    }
    let mut bins = [0.0f64; 10];
    for p in &values {
        bins[((p * 10.0) as usize).min(9)] += 1.0;
    }
    let chi: f64 = bins.iter().map(|seen| (seen - n / 10.0).powi(2) / (n / 10.0)).sum();
    assert!(chi < 60.0, "{chi}: {bins:?}");
}

/// A swapped key: what was read belongs to nobody. 60 trials at alpha = 1e-3: nobody may be named, and the
/// chance that a sound decoder fails this once is at most 6 %, fixed by the seed.
#[test]
fn a_strangers_reading_names_nobody() {
    for seed in 0..60 {
        let scene = Scene {
            positions: 80,
            recipients: 40,
            alpha: 1e-3,
            look: true,
            ..Scene::new(BiasSet::A64, 0, Attack::Interleaving)
        };
        let decision = decide(&scene.play(seed).document).unwrap();
        assert!(decision.suspects.is_empty() && decision.one_of.is_empty(), "seed {seed}");
    }
}
