//! The committed vectors, each value within its stated tolerance.

use serde_json::Value;

use crate::bias::BiasSet;
use crate::code::{Code, TracingKey};
use crate::decoder::{Decoder, Weighed};
use crate::pvalue::{Lattice, Law, Tail, rank};
use crate::sheet::{ReadPosition, Sheet, SheetBuilder};
use crate::strategy::Strategy;
use crate::weights::{Given, likelihood, many_symbols, oosterwijk, round, soft_likelihood, symmetric_tardos};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../testdata/odds.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn close(seen: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((seen - expected).abs() <= tolerance, "{what}: {seen} against {expected}");
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap()).collect()
}

#[test]
fn keys_levels_and_symbols() {
    let prf = &vectors()["prf"];
    let root: [u8; 32] = hex(prf["root_hex"].as_str().unwrap()).try_into().unwrap();
    let id: [u8; 32] = hex(prf["release_id_hex"].as_str().unwrap()).try_into().unwrap();
    let code = Code::new(&TracingKey::from_bytes(root), &id, BiasSet::E4);
    assert_eq!(code.bias_key().to_vec(), hex(prf["bias_key_hex"].as_str().unwrap()));
    let positions: Vec<u32> = (0..64).collect();
    let levels: Vec<u64> = prf["levels"].as_array().unwrap().iter().map(|v| v.as_u64().unwrap()).collect();
    assert_eq!(code.levels(&positions).into_iter().map(u64::from).collect::<Vec<_>>(), levels);
    for (user, expected) in prf["users"].as_object().unwrap() {
        let asked: Vec<(u32, u8)> = positions.iter().map(|&p| (p, 2)).collect();
        let word: String = code.codeword(user, &asked).iter().map(u8::to_string).collect();
        assert_eq!(word, expected["x"].as_str().unwrap(), "{user}");
        assert_eq!(code.symbol(user, 3, 2).to_string(), word[3..4]);
    }
}

pub(crate) struct Case {
    pub(crate) value: Value,
    pub(crate) k256: Vec<u16>,
    pub(crate) sheet: Sheet,
    pub(crate) words: Vec<Vec<u8>>,
    pub(crate) read: Vec<(usize, usize, u8)>,
}

pub(crate) fn cases() -> Vec<Case> {
    let all = vectors();
    all["cases"].as_array().unwrap().iter().map(case).collect()
}

fn case(value: &Value) -> Case {
    let k256: Vec<u16> = numbers(&value["k256"]).iter().map(|&k| k as u16).collect();
    let err = value["eps"].as_f64().unwrap();
    let levels: Vec<usize> =
        value["level"].as_str().unwrap().bytes().map(|b| usize::from(b - b'0')).collect();
    let read: Vec<(usize, usize, u8)> = value["y"]
        .as_str()
        .unwrap()
        .bytes()
        .enumerate()
        .filter(|(_, b)| *b != b'e')
        .map(|(i, b)| (i, levels[i], b - b'0'))
        .collect();
    let words: Vec<Vec<u8>> = value["x"]
        .as_array()
        .unwrap()
        .iter()
        .map(|x| x.as_str().unwrap().bytes().map(|b| b - b'0').collect())
        .collect();
    let laws: Vec<Vec<u16>> = k256.iter().map(|&k| vec![256 - k, k]).collect();
    let positions: Vec<ReadPosition> =
        read.iter().map(|&(_, level, y)| ReadPosition { level, y, class: None, err }).collect();
    let mut builder = SheetBuilder::new(&laws, &positions);
    for word in &words {
        builder.add(|i| word[read[i].0]);
    }
    Case { value: value.clone(), k256, sheet: builder.finish(), words, read }
}

#[test]
fn weights_scores_and_tails_of_every_decoder() {
    for case in cases() {
        let name = case.value["name"].as_str().unwrap().to_owned();
        for decoder in case.value["decoders"].as_array().unwrap() {
            let kind = decoder["decoder"].as_str().unwrap();
            let err = decoder["eps"].as_f64().unwrap_or(0.0);
            let members: Vec<usize> = decoder["B"]
                .as_array()
                .map_or(vec![], |b| b.iter().map(|v| v.as_u64().unwrap() as usize).collect());
            let theta = match kind {
                "laarhoven_llr_interleaving" => {
                    Some(Strategy::interleaving(decoder["c"].as_u64().unwrap() as usize))
                }
                "np_single_known_attack" => Strategy::from_theta(numbers(&decoder["theta"])),
                "map_em_single" | "map_em_conditional" => {
                    let fitted = Weighed::fitted(&case.sheet, &members, 1);
                    let expected = numbers(&decoder["theta"]);
                    assert_eq!(fitted.strategy().theta().len(), expected.len(), "{name} {kind}");
                    for (seen, expected) in fitted.strategy().theta().iter().zip(expected) {
                        close(*seen, expected, 1e-9, "theta");
                    }
                    Some(fitted.strategy().clone())
                }
                _ => None,
            };
            let weights = |level: usize, y: u8, ones: usize| {
                let p = f64::from(case.k256[level]) / 256.0;
                match (kind, &theta) {
                    ("symmetric_tardos", _) => symmetric_tardos(p, y),
                    ("oosterwijk_interleaving", _) => oosterwijk(p, y),
                    (_, Some(strategy)) => {
                        likelihood(p, y, Given { strategy, known: members.len(), ones }, err)
                    }
                    _ => unreachable!(),
                }
            };
            let ones_of = |position: usize| members.iter().filter(|&&m| case.words[m][position] == 1).count();
            let mut counts = vec![vec![vec![0u64; members.len() + 1]; 2]; case.k256.len()];
            for &(position, level, y) in &case.read {
                counts[level][usize::from(y)][ones_of(position)] += 1;
            }
            let (mut laws, mut lattice) = (Vec::new(), Vec::new());
            for (level, of_level) in counts.iter().enumerate() {
                for (y, of_y) in of_level.iter().enumerate() {
                    for (ones, &count) in of_y.iter().enumerate() {
                        let (w1, w0) = weights(level, y as u8, ones);
                        close(w1, decoder["w1"][level][y][ones].as_f64().unwrap(), 1e-12, "w1");
                        close(w0, decoder["w0"][level][y][ones].as_f64().unwrap(), 1e-12, "w0");
                        assert_eq!(count as f64, decoder["counts"][level][y][ones].as_f64().unwrap());
                        let p = f64::from(case.k256[level]) / 256.0;
                        laws.push(Law::two(count, p, w1, w0));
                        lattice.push(Lattice::two(count, p, round(w1), round(w0)));
                    }
                }
            }
            for (user, word) in case.words.iter().enumerate() {
                let Some(expected) = decoder["scores"][user].as_f64() else { continue };
                let mut score = 0.0;
                for &(position, level, y) in &case.read {
                    let (w1, w0) = weights(level, y, ones_of(position));
                    score += if word[position] == 1 { w1 } else { w0 };
                }
                close(score, expected, 1e-10, "score");
                let ranked = rank(&laws, score);
                let what = format!("{name} {kind} {user}");
                close(ranked.chernoff, decoder["log_p_chernoff"][user].as_f64().unwrap(), 1e-8, &what);
                close(ranked.saddle, decoder["log_p_saddle"][user].as_f64().unwrap(), 1e-6, &what);
            }
            let mut tail = Tail::new(lattice);
            for row in decoder["exact_lattice"]["rows"].as_array().unwrap() {
                let word = &case.words[row["user"].as_u64().unwrap() as usize];
                let score: i64 = case
                    .read
                    .iter()
                    .map(|&(position, level, y)| {
                        let (w1, w0) = weights(level, y, ones_of(position));
                        round(if word[position] == 1 { w1 } else { w0 })
                    })
                    .sum();
                assert_eq!(score, row["score_int"].as_i64().unwrap(), "{name} {kind}");
                let p = tail.exact(score).unwrap();
                close(libm::log(p.p), row["log_p_exact"].as_f64().unwrap(), 1e-9, "log_p_exact");
            }
        }
    }
}

#[test]
fn growing_and_leaving_one_out() {
    for case in cases() {
        let adaptive = &case.value["adaptive"];
        let n = case.value["n"].as_u64().unwrap();
        let mut decoder = Decoder::new(&case.sheet, n);
        let full = decoder.grow(&[]);
        let listed = |v: &Value| -> Vec<usize> {
            v.as_array().unwrap().iter().map(|v| v.as_u64().unwrap() as usize).collect()
        };
        assert_eq!(full.members, listed(&adaptive["B_full"]));
        // The vectors know no pair start beside a single that nobody joins; there it must not change anything.
        let started = full.pool.is_some() && full.lone.is_none();
        assert_eq!(started, adaptive["pair_start_used"].as_bool().unwrap());
        for test in adaptive["tests"].as_array().unwrap() {
            let user = test["user"].as_u64().unwrap() as usize;
            let given = decoder.given_for(&full, user);
            assert_eq!(given, listed(&test["B"]), "{} {user}", case.value["name"]);
            assert_eq!(decoder.members_without(user), given);
            let (_, ranked) = decoder.ranking(&given).weighed.rank(&case.sheet, user);
            close(ranked.chernoff, test["log_p_chernoff"].as_f64().unwrap(), 1e-8, "chernoff");
            close(ranked.saddle, test["log_p_saddle"].as_f64().unwrap(), 1e-6, "saddle");
            let threshold = adaptive["log_threshold"].as_f64().unwrap();
            assert_eq!(ranked.chernoff <= threshold, test["accused_chernoff"].as_bool().unwrap());
            assert_eq!(ranked.saddle <= threshold, test["accused_saddle"].as_bool().unwrap());
        }
    }
}

#[test]
fn soft_observations() {
    let all = vectors();
    let soft = &all["soft"];
    let strategy = Strategy::interleaving(soft["c_model"].as_u64().unwrap() as usize);
    let (k256, l0, l1) = (numbers(&soft["k256"]), numbers(&soft["l0"]), numbers(&soft["l1"]));
    let mut laws = Vec::new();
    let mut weights = Vec::new();
    for i in 0..k256.len() {
        let p = k256[i] / 256.0;
        let given = Given { strategy: &strategy, known: 0, ones: 0 };
        let (w1, w0) = soft_likelihood(p, l1[i], l0[i], given);
        close(w1, soft["w1"][i].as_f64().unwrap(), 1e-12, "w1");
        close(w0, soft["w0"][i].as_f64().unwrap(), 1e-12, "w0");
        laws.push(Law::two(1, p, w1, w0));
        weights.push((w1, w0));
    }
    for (user, word) in soft["x"].as_array().unwrap().iter().enumerate() {
        let bits = word.as_str().unwrap().bytes();
        let score: f64 = bits.zip(&weights).map(|(b, w)| if b == b'1' { w.0 } else { w.1 }).sum();
        close(score, soft["scores"][user].as_f64().unwrap(), 1e-10, "score");
        let ranked = rank(&laws, score);
        close(ranked.chernoff, soft["log_p_chernoff"][user].as_f64().unwrap(), 1e-8, "chernoff");
        close(ranked.saddle, soft["log_p_saddle"][user].as_f64().unwrap(), 1e-6, "saddle");
    }
}

#[test]
fn positions_with_four_symbols() {
    let all = vectors();
    let (p, c) = (numbers(&all["qary"]["p"]), all["qary"]["c"].as_u64().unwrap() as usize);
    for y in 0..4 {
        let seen: Vec<f64> = (0..4).map(|a| if a == y { 1.0 } else { 0.0 }).collect();
        for x in 0..4 {
            let expected = if x == y { &all["qary"]["w_match"][y] } else { &all["qary"]["w_mismatch"] };
            let w = many_symbols(&p, &seen, &[0; 4], c, x);
            close(w, expected.as_f64().unwrap(), 1e-12, "w");
        }
    }
}
