//! One trial: codewords, an attack, what is read of the result.

use super::attack::Attack;
use crate::bias::BiasSet;
use crate::document::{Class, Codewords, Level, MatchInfo, Position, ReadingDocument, Word};
use crate::stream::Dice;

/// What to simulate.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// The code's bias set.
    pub bias: BiasSet,
    /// How many positions are eligible.
    pub positions: u32,
    /// How many recipients have a copy.
    pub recipients: u32,
    /// How many of them collude; 0: the sample is an innocent stranger's, drawn from the same law.
    pub colluders: u32,
    /// What they do.
    pub attack: Attack,
    /// Symbols per position, 2 to 8.
    pub symbols: u8,
    /// How often the symbol is that of one and the same colluder, the others sharing the rest, where their symbols
    /// differ; none: as `attack` says.
    pub one_gives: Option<f64>,
    /// After so many positions (a file's worth) the next of the seven attacks is used; none: one attack throughout.
    pub changes_after: Option<u32>,
    /// How often a position at which the copies differ is destroyed.
    pub erase_differing: f64,
    /// Whether the colluders also have the unmarked original, which holds symbol 0 everywhere.
    pub original: bool,
    /// How often a symbol is read wrongly.
    pub err: f64,
    /// How often a position is erased.
    pub erasure: f64,
    /// alpha of the document, with `look` the share of a first look and singles, pairs and triples.
    pub alpha: f64,
    /// Whether the document is a first look (`alpha_look`) or follows the vectors' rule (`alpha` alone).
    pub look: bool,
}

/// A simulated reading and who made it.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// What a decoder is given.
    pub document: ReadingDocument,
    /// The colluders' ids, ascending.
    pub colluders: Vec<String>,
}

impl Scene {
    /// 79 recipients, 1,000 positions of two symbols read without error, alpha = 1e-6 by the vectors' rule.
    #[must_use]
    pub const fn new(bias: BiasSet, colluders: u32, attack: Attack) -> Self {
        Self {
            bias,
            positions: 1_000,
            recipients: 79,
            colluders,
            attack,
            symbols: 2,
            one_gives: None,
            changes_after: None,
            erase_differing: 0.0,
            original: false,
            err: 0.0,
            erasure: 0.0,
            alpha: 1e-6,
            look: false,
        }
    }

    /// Plays the trial of one seed.
    #[must_use]
    pub fn play(&self, seed: u64) -> Trial {
        let mut dice = Dice::new(seed, 0);
        let count = self.positions as usize;
        let laws: Vec<Vec<u16>> = (0..self.bias.levels().len() as u8)
            .map(|level| self.bias.law(level, self.symbols).unwrap_or_else(|| vec![128, 128]))
            .collect();
        let levels: Vec<usize> = (0..count).map(|_| usize::from(self.bias.pick(dice.word()))).collect();
        let draw = |dice: &mut Dice| -> Vec<u8> {
            let law = |level: usize| laws.get(level).map_or(&[][..], Vec::as_slice);
            levels.iter().map(|&level| BiasSet::symbol_of(law(level), dice.byte())).collect()
        };
        let words: Vec<Word> = (0..self.recipients).map(|_| Word::from_symbols(&draw(&mut dice))).collect();
        let mut guilty: Vec<usize> = Vec::new();
        while guilty.len() < self.colluders.min(self.recipients) as usize {
            let row = dice.below(self.recipients) as usize;
            if !guilty.contains(&row) {
                guilty.push(row);
            }
        }
        guilty.sort_unstable();
        let stranger = draw(&mut dice);
        let attacks = self.attacks(guilty.len().max(1) + usize::from(self.original));
        let mut positions = Vec::with_capacity(count);
        for (i, &level) in levels.iter().enumerate() {
            let mut held: Vec<u8> = if guilty.is_empty() {
                vec![stranger.get(i).copied().unwrap_or(0)]
            } else {
                guilty.iter().filter_map(|&row| words.get(row)?.symbol(i)).collect()
            };
            held.extend(self.original.then_some(0));
            let turn = self.changes_after.map_or(0, |count| i / count.max(1) as usize) % attacks.len().max(1);
            let differ = held.iter().any(|symbol| Some(symbol) != held.first());
            let mut y = match (self.one_gives.filter(|_| differ), attacks.get(turn)) {
                (Some(share), _) => one_sided(&held, share, &mut dice),
                (None, Some((attack, theta))) => self.show(*attack, &held, theta, &mut dice),
                (None, None) => 0,
            };
            if dice.unit() < self.err {
                // Any other symbol, equally likely.
                let other = dice.below(u32::from(self.symbols.max(2)) - 1) as u8;
                y = if other >= y { other + 1 } else { other };
            }
            let destroyed = differ && self.erase_differing > 0.0 && dice.unit() < self.erase_differing;
            let erased = dice.unit() < self.erasure || destroyed;
            positions.push(Position {
                id: Some(i as u32),
                level: level as u32,
                y: (!erased).then_some(y),
                class: Some(0),
                ..Position::default()
            });
        }
        let codewords = words.into_iter().enumerate().map(|(row, word)| (name(row), word)).collect();
        let alpha_look = self.look.then(|| crate::pvalue::LookAlpha::of_look(self.alpha, 1));
        let document = ReadingDocument {
            alpha: Some(self.alpha),
            alpha_look,
            levels: laws.iter().map(|law| Level::of_law(law)).collect(),
            classes: vec![Class { err: self.err.clamp(0.01, 0.5) }],
            positions,
            codewords: Codewords(codewords),
            matched: Some(MatchInfo { level: "alarm".to_owned(), chance: None }),
            ..ReadingDocument::blank(u64::from(self.recipients))
        };
        Trial { document, colluders: guilty.into_iter().map(name).collect() }
    }

    /// The attacks in turn, each with its strategy for `c` copies: one, or all seven where it changes.
    fn attacks(&self, c: usize) -> Vec<(Attack, Vec<f64>)> {
        let first = Attack::ALL.iter().position(|attack| *attack == self.attack).unwrap_or(0);
        let count = if self.changes_after.is_some() { Attack::ALL.len() } else { 1 };
        let in_turn = Attack::ALL.into_iter().cycle().skip(first).take(count);
        in_turn.map(|attack| (attack, attack.theta_against(self.bias, c))).collect()
    }

    /// The symbol the coalition shows where it holds these.
    fn show(&self, attack: Attack, held: &[u8], theta: &[f64], dice: &mut Dice) -> u8 {
        if self.symbols == 2 {
            let ones = held.iter().filter(|&&s| s == 1).count();
            return u8::from(dice.unit() < theta.get(ones).copied().unwrap_or(1.0));
        }
        let mut counts = [0usize; 8];
        for &symbol in held {
            if let Some(count) = counts.get_mut(usize::from(symbol)) {
                *count += 1;
            }
        }
        let present = counts.iter().copied().enumerate().filter(|(_, count)| *count > 0);
        let wanted = match attack {
            Attack::Majority => present.clone().map(|(_, count)| count).max(),
            Attack::Minority => present.clone().map(|(_, count)| count).min(),
            _ => None,
        };
        let choices: Vec<u8> = match attack {
            Attack::Majority | Attack::Minority => {
                present.filter(|(_, count)| Some(*count) == wanted).map(|(symbol, _)| symbol as u8).collect()
            }
            Attack::AllOne => present.map(|(symbol, _)| symbol as u8).max().into_iter().collect(),
            Attack::CoinFlip => present.map(|(symbol, _)| symbol as u8).collect(),
            // With more than two symbols interleaving stands in for the information-minimizing attacks.
            Attack::Interleaving | Attack::LeastSingle | Attack::LeastJoint => held.to_vec(),
        };
        choices.get(dice.below(choices.len() as u32) as usize).copied().unwrap_or(0)
    }
}

/// The first copy's symbol with chance `share`, else that of one of the others.
fn one_sided(held: &[u8], share: f64, dice: &mut Dice) -> u8 {
    let others = held.get(1..).unwrap_or_default();
    let given = if dice.unit() < share || others.is_empty() {
        held.first()
    } else {
        others.get(dice.below(others.len() as u32) as usize)
    };
    given.copied().unwrap_or(0)
}

fn name(row: usize) -> String {
    format!("r{row:07}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::ReadingDocument;

    fn shown(scene: &Scene, seed: u64) -> (ReadingDocument, Vec<Vec<u8>>) {
        let trial = scene.play(seed);
        let words = &trial.document.codewords.0;
        let held = trial
            .colluders
            .iter()
            .map(|id| words[id].to_string().bytes().map(|byte| byte - b'0').collect())
            .collect();
        (trial.document, held)
    }

    #[test]
    fn one_colluder_gives_its_share_where_copies_differ() {
        let scene = Scene {
            one_gives: Some(0.9),
            positions: 4_000,
            ..Scene::new(BiasSet::A64, 2, Attack::Interleaving)
        };
        let (document, held) = shown(&scene, 5);
        let differing: Vec<usize> = (0..4_000).filter(|&i| held[0][i] != held[1][i]).collect();
        let first = differing.iter().filter(|&&i| document.positions[i].y == Some(held[0][i])).count();
        let share = first as f64 / differing.len() as f64;
        // Some 1,500 positions: five deviations are .04.
        assert!((share - 0.9).abs() < 0.04, "{share}");
    }

    #[test]
    fn differing_positions_are_destroyed_and_only_those() {
        let scene =
            Scene { erase_differing: 1.0, positions: 500, ..Scene::new(BiasSet::A64, 3, Attack::Majority) };
        let (document, held) = shown(&scene, 6);
        for (i, position) in document.positions.iter().enumerate() {
            let differ = held.iter().any(|word| word[i] != held[0][i]);
            assert_eq!(position.y.is_none(), differ, "position {i}");
        }
    }

    #[test]
    fn the_original_in_the_mixture_shows_its_symbol_and_attacks_change_by_file() {
        let scene =
            Scene { original: true, positions: 2_000, ..Scene::new(BiasSet::GL2, 1, Attack::Minority) };
        let (document, held) = shown(&scene, 7);
        // Of two copies both are a minority: a coin where the one copy holds 1, 0 elsewhere.
        let ones = (0..2_000).filter(|&i| held[0][i] == 1);
        let shown_ones = ones.clone().filter(|&i| document.positions[i].y == Some(1)).count();
        assert!((0..2_000).all(|i| held[0][i] == 1 || document.positions[i].y == Some(0)));
        assert!((shown_ones as f64 / ones.count() as f64 - 0.5).abs() < 0.08);
        let scene =
            Scene { changes_after: Some(100), positions: 800, ..Scene::new(BiasSet::A64, 3, Attack::AllOne) };
        let (document, held) = shown(&scene, 8);
        let all_one = |range: std::ops::Range<usize>| {
            range
                .into_iter()
                .all(|i| document.positions[i].y == Some(held.iter().map(|word| word[i]).max().unwrap()))
        };
        assert!(all_one(0..100) && !all_one(100..200) && all_one(700..800));
    }
}
