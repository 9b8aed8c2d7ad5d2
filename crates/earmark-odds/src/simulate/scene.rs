//! One trial: codewords, an attack, what is read of the result.

use super::attack::Attack;
use crate::bias::BiasSet;
use crate::document::{Class, Codewords, Level, MatchInfo, Position, ReadingDocument};
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
        let words: Vec<Vec<u8>> = (0..self.recipients).map(|_| draw(&mut dice)).collect();
        let mut guilty: Vec<usize> = Vec::new();
        while guilty.len() < self.colluders.min(self.recipients) as usize {
            let row = dice.below(self.recipients) as usize;
            if !guilty.contains(&row) {
                guilty.push(row);
            }
        }
        guilty.sort_unstable();
        let stranger = draw(&mut dice);
        let theta = self.attack.theta_against(self.bias, guilty.len().max(1));
        let mut positions = Vec::with_capacity(count);
        for (i, &level) in levels.iter().enumerate() {
            let held: Vec<u8> = if guilty.is_empty() {
                vec![stranger.get(i).copied().unwrap_or(0)]
            } else {
                guilty.iter().filter_map(|&row| words.get(row)?.get(i).copied()).collect()
            };
            let mut y = self.show(&held, &theta, &mut dice);
            if dice.unit() < self.err {
                // Any other symbol, equally likely.
                let other = dice.below(u32::from(self.symbols.max(2)) - 1) as u8;
                y = if other >= y { other + 1 } else { other };
            }
            let erased = dice.unit() < self.erasure;
            positions.push(Position {
                id: Some(i as u32),
                level: level as u32,
                y: (!erased).then_some(y),
                class: Some(0),
                ..Position::default()
            });
        }
        let mut codewords = Codewords::default();
        for (row, word) in words.iter().enumerate() {
            codewords.insert(&name(row), word);
        }
        let alpha_look = self.look.then(|| crate::pvalue::LookAlpha::of_look(self.alpha, 1));
        let document = ReadingDocument {
            alpha: Some(self.alpha),
            alpha_look,
            levels: laws.iter().map(|law| Level::of_law(law)).collect(),
            classes: vec![Class { err: self.err.clamp(0.01, 0.5) }],
            positions,
            codewords,
            matched: Some(MatchInfo { level: "alarm".to_owned(), chance: None }),
            ..ReadingDocument::blank(u64::from(self.recipients))
        };
        Trial { document, colluders: guilty.into_iter().map(name).collect() }
    }

    /// The symbol the coalition shows where it holds these.
    fn show(&self, held: &[u8], theta: &[f64], dice: &mut Dice) -> u8 {
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
        let wanted = match self.attack {
            Attack::Majority => present.clone().map(|(_, count)| count).max(),
            Attack::Minority => present.clone().map(|(_, count)| count).min(),
            _ => None,
        };
        let choices: Vec<u8> = match self.attack {
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

fn name(row: usize) -> String {
    format!("r{row:07}")
}
