use super::*;
use crate::stream::Dice;

/// The plain law of the sum, value by value.
fn plain(laws: &[Lattice]) -> Table {
    let mut table = Table::unit();
    for law in laws {
        let atoms: Vec<(i64, f64)> = law.atoms.iter().map(|&(p, v)| (v, p)).collect();
        for _ in 0..law.count {
            table.convolve(&atoms, &mut Vec::new());
        }
    }
    table
}

fn check(laws: Vec<Lattice>, tolerance: f64) {
    let table = plain(&laws);
    let mut tail = Tail::new(laws);
    let mut sums = vec![0.0; table.mass.len()];
    let mut above = 0.0;
    for (i, mass) in table.mass.iter().enumerate().rev() {
        above += mass;
        sums[i] = above;
    }
    let step = (sums.len() / 97).max(1);
    for i in (0..sums.len()).step_by(step).chain([sums.len() - 1]) {
        let (score, truth) = (table.base + i as i64, sums[i]);
        if truth < 1e-280 {
            continue;
        }
        let p = tail.exact(score).unwrap().p;
        assert!(p >= truth * (1.0 - 1e-12), "bound broken at {score}: {p} < {truth}");
        assert!((p / truth - 1.0).abs() < tolerance, "score {score}: {p} against {truth}");
        assert!(tail.chernoff(score) >= libm::log(truth) - 1e-9);
    }
}

#[test]
fn enumeration_agrees_at_every_depth() {
    check(vec![Lattice::two(30, 79.0 / 256.0, 130, -47), Lattice::two(41, 177.0 / 256.0, 31, -220)], 1e-10);
    check(vec![Lattice::two(1, 0.5, 7, -7)], 1e-10);
    check(vec![Lattice::two(5, 0.25, 3, 3), Lattice::two(9, 0.75, -2, 4)], 1e-10);
    check((1..=12).map(|i| Lattice::two(i, 45.0 / 256.0, 9 * i as i64, -3 * i as i64)).collect(), 1e-10);
}

#[test]
fn laws_of_pairs_and_triples_agree_too() {
    let three = |n| Lattice { count: n, atoms: vec![(0.25, -100), (0.5, 10), (0.25, 73)] };
    let four = Lattice { count: 15, atoms: vec![(0.125, 40), (0.375, 3), (0.375, -20), (0.125, -60)] };
    check(vec![three(40), four, Lattice::two(20, 0.5, 17, -31)], 1e-10);
}

#[test]
fn one_coin_per_value_is_enumerated_by_hand() {
    let mut tail = Tail::new(vec![Lattice::two(4, 0.5, 1, 0)]);
    for (score, truth) in [(0, 1.0), (1, 15.0 / 16.0), (2, 11.0 / 16.0), (3, 5.0 / 16.0), (4, 1.0 / 16.0)] {
        assert!((tail.exact(score).unwrap().p - truth).abs() < 1e-12, "{score}");
    }
    assert_eq!(tail.exact(5).unwrap().p, EXACT_FLOOR);
    assert_eq!(Tail::new(Vec::new()).exact(0).unwrap().p, 1.0);
}

/// 40,000 draws from the tilted law estimate the tail at about 1e-9; the estimate must lie within five of
/// its own standard errors of the stated p (chance of a false alarm below 1e-6).
#[test]
fn the_far_tail_agrees_with_tilted_importance_sampling() {
    let laws = vec![Lattice::two(60, 79.0 / 256.0, 160, -60), Lattice::two(50, 177.0 / 256.0, 55, -170)];
    let real: Vec<Law> = laws.iter().map(|law| law.real(LATTICE)).collect();
    let score = 6300i64;
    let tilt = super::super::solve_tilt(&real, score as f64 / LATTICE) / LATTICE;
    let mut dice = Dice::new(17, 1);
    let (mut sum, mut squares) = (0.0, 0.0);
    const DRAWS: u32 = 40_000;
    for _ in 0..DRAWS {
        let (mut total, mut log_ratio) = (0i64, 0.0);
        for law in &laws {
            let [(p, high), (q, low)] = [law.atoms[0], law.atoms[1]];
            let weight = [p * exp(tilt * high as f64), q * exp(tilt * low as f64)];
            let share = weight[0] / (weight[0] + weight[1]);
            for _ in 0..law.count {
                total += if dice.unit() < share { high } else { low };
                log_ratio += log(weight[0] + weight[1]);
            }
        }
        let ratio = if total >= score { exp(log_ratio - tilt * total as f64) } else { 0.0 };
        sum += ratio;
        squares += ratio * ratio;
    }
    let mean = sum / f64::from(DRAWS);
    let error = sqrt((squares / f64::from(DRAWS) - mean * mean) / f64::from(DRAWS));
    let p = Tail::new(laws).exact(score).unwrap().p;
    assert!(p < 1e-6, "{p}");
    assert!((mean - p).abs() < 5.0 * error, "sampled {mean:e} +- {error:e}, stated {p:e}");
}

#[test]
fn a_table_too_large_is_refused_quickly() {
    let laws = vec![Lattice::two(500_000, 0.5, 3000, -2999), Lattice::two(500_000, 0.25, 2997, -1234)];
    let mut tail = Tail::new(laws);
    assert_eq!(tail.exact(0), None);
}

/// The stated bound against the truth far out: at scores whose p is about 1e-3, 1e-6, 1e-9 and 1e-12, 40,000 draws
/// from the law tilted to that score estimate the tail to two percent. Truth / bound must not exceed 1 by more
/// than 4.5 standard errors, nor stay below 0.8 (eight estimates: a false alarm has chance below 1e-4).
#[test]
fn the_stated_bound_holds_down_to_1e_12_and_is_sharp() {
    const DRAWS: u32 = 40_000;
    for (code, laws) in [
        vec![Lattice::two(52, 64.0 / 256.0, 170, -62), Lattice::two(48, 192.0 / 256.0, 60, -181)],
        vec![
            Lattice::two(40, 45.0 / 256.0, 210, -41),
            Lattice::two(36, 0.5, 104, -103),
            Lattice::two(44, 211.0 / 256.0, 39, -207),
        ],
    ]
    .into_iter()
    .enumerate()
    {
        let mut tail = Tail::new(laws.clone());
        for (number, goal) in [1e-3, 1e-6, 1e-9, 1e-12].into_iter().enumerate() {
            let (mut low, mut high) = (tail.least, tail.most);
            while high - low > 1 {
                let middle = low + (high - low) / 2;
                if tail.exact(middle).unwrap().p > goal { low = middle } else { high = middle }
            }
            let tilt = super::super::solve_tilt(&tail.real, high as f64 / LATTICE) / LATTICE;
            let mut dice = Dice::new(23 + number as u64, code as u64);
            let (mut sum, mut squares) = (0.0, 0.0);
            for _ in 0..DRAWS {
                let (mut total, mut log_ratio) = (0i64, 0.0);
                for law in &laws {
                    let [(p, up), (q, down)] = [law.atoms[0], law.atoms[1]];
                    let weight = [p * exp(tilt * up as f64), q * exp(tilt * down as f64)];
                    let share = weight[0] / (weight[0] + weight[1]);
                    let ups = (0..law.count).filter(|_| dice.unit() < share).count() as i64;
                    total += ups * up + (law.count as i64 - ups) * down;
                    log_ratio += law.count as f64 * log(weight[0] + weight[1]);
                }
                let ratio = if total >= high { exp(log_ratio - tilt * total as f64) } else { 0.0 };
                sum += ratio;
                squares += ratio * ratio;
            }
            let mean = sum / f64::from(DRAWS);
            let error = sqrt((squares / f64::from(DRAWS) - mean * mean) / f64::from(DRAWS));
            let stated = tail.exact(high).unwrap().p;
            assert!(stated <= goal && error < 0.02 * mean, "{stated:e}, {error:e} of {mean:e}");
            assert!(mean - 4.5 * error <= stated, "goal {goal:e}: {mean:e} +- {error:e} above {stated:e}");
            assert!(mean + 4.5 * error >= 0.8 * stated, "goal {goal:e}: {mean:e} against {stated:e}");
        }
    }
}
