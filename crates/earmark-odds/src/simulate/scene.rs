//! One trial: codewords, an attack, what is read of the result.

use std::fmt;

use super::attack::{Attack, levels_of};
use crate::bias::BiasSet;
use crate::document::{Class, Codewords, Level, MatchInfo, Position, ReadingDocument, Word};
use crate::stream::Dice;

/// What to simulate.
#[derive(Clone, PartialEq)]
pub struct Scene {
    /// The code's bias set.
    pub bias: BiasSet,
    /// Other levels than the bias set's, as 256 p and weight, for looking for better ones; none: the bias set's. Two symbols.
    pub levels: Vec<(u8, f64)>,
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
    /// Reliability classes by how often they are read wrongly, at most 16, each at as many positions; none: all as
    /// [`Self::err`] says.
    pub classes: Vec<f64>,
    /// Whether the decoder is told only the mean of the classes, not which position is of which.
    pub classes_hidden: bool,
    /// How often a position is erased.
    pub erasure: f64,
    /// alpha of the document, with `look` the share of a first look and singles, pairs and triples.
    pub alpha: f64,
    /// Whether the document is a first look (`alpha_look`) or follows the vectors' rule (`alpha` alone).
    pub look: bool,
}

/// Tallies are kept under this text, so that it stays the same for a scene that says nothing of what was added later.
impl fmt::Debug for Scene {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut scene = f.debug_struct("Scene");
        scene.field("bias", &self.bias).field("positions", &self.positions);
        scene.field("recipients", &self.recipients).field("colluders", &self.colluders);
        scene.field("attack", &self.attack).field("symbols", &self.symbols);
        scene.field("one_gives", &self.one_gives).field("changes_after", &self.changes_after);
        scene.field("erase_differing", &self.erase_differing).field("original", &self.original);
        scene.field("err", &self.err).field("erasure", &self.erasure);
        scene.field("alpha", &self.alpha).field("look", &self.look);
        if !self.levels.is_empty() {
            scene.field("levels", &self.levels);
        }
        if !self.classes.is_empty() {
            scene.field("classes", &self.classes).field("classes_hidden", &self.classes_hidden);
        }
        scene.finish()
    }
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
            levels: Vec::new(),
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
            classes: Vec::new(),
            classes_hidden: false,
            erasure: 0.0,
            alpha: 1e-6,
            look: false,
        }
    }

    /// The scene with the first of the attacks that does exactly what this one does: against few colluders several are the
    /// same, and then their trials are.
    #[must_use]
    pub fn with_first_like_it(&self) -> Self {
        let c = self.colluders.max(1) as usize + usize::from(self.original);
        let alike = |attack: Attack| {
            attack == self.attack
                || self.symbols == 2
                    && self.changes_after.is_none()
                    && attack.theta(c).is_some_and(|theta| theta == self.theta(c))
        };
        let attack = Attack::ALL.into_iter().find(|attack| alike(*attack)).unwrap_or(self.attack);
        Self { attack, ..self.clone() }
    }

    fn theta(&self, c: usize) -> Vec<f64> {
        self.attack.theta_against_levels(&self.weighted_levels(), c)
    }

    /// The levels as (p, weight).
    fn weighted_levels(&self) -> Vec<(f64, f64)> {
        if self.levels.is_empty() {
            return levels_of(self.bias);
        }
        self.levels.iter().map(|&(k256, weight)| (f64::from(k256) / 256.0, weight)).collect()
    }

    /// Plays the trial of one seed.
    #[must_use]
    pub fn play(&self, seed: u64) -> Trial {
        let mut dice = Dice::new(seed, 0);
        let count = self.positions as usize;
        let laws = self.laws();
        let levels: Vec<usize> = (0..count).map(|_| self.pick(dice.word())).collect();
        let law = |level: usize| laws.get(level).map_or(&[][..], Vec::as_slice);
        // Per position: below which byte the symbol is 1, where there are two.
        let below: Vec<u16> = levels.iter().map(|&level| law(level).get(1).copied().unwrap_or(0)).collect();
        let two = laws.iter().all(|law| law.len() == 2);
        let draw = |dice: &mut Dice| -> Vec<u8> {
            let mut symbols = vec![0; count];
            dice.fill(&mut symbols);
            for ((symbol, &below), &level) in symbols.iter_mut().zip(&below).zip(&levels) {
                *symbol = if two {
                    u8::from(u16::from(*symbol) < below)
                } else {
                    BiasSet::symbol_of(law(level), *symbol)
                };
            }
            symbols
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
            let class = if self.classes.is_empty() { 0 } else { dice.below(self.classes.len() as u32) };
            if dice.unit() < self.classes.get(class as usize).copied().unwrap_or(self.err) {
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
                class: Some(if self.classes_hidden { 0 } else { class as u8 }),
                ..Position::default()
            });
        }
        let codewords = words.into_iter().enumerate().map(|(row, word)| (name(row), word)).collect();
        let alpha_look = self.look.then(|| crate::pvalue::LookAlpha::of_look(self.alpha, 1));
        let document = ReadingDocument {
            alpha: Some(self.alpha),
            alpha_look,
            levels: laws.iter().map(|law| Level::of_law(law)).collect(),
            classes: self.told(),
            positions,
            codewords: Codewords(codewords),
            matched: Some(MatchInfo { level: "alarm".to_owned(), chance: None }),
            ..ReadingDocument::blank(u64::from(self.recipients))
        };
        Trial { document, colluders: guilty.into_iter().map(name).collect() }
    }

    fn laws(&self) -> Vec<Vec<u16>> {
        if !self.levels.is_empty() {
            return self
                .levels
                .iter()
                .map(|&(k256, _)| vec![256 - u16::from(k256), u16::from(k256)])
                .collect();
        }
        let law = |level| self.bias.law(level, self.symbols).unwrap_or_else(|| vec![128, 128]);
        (0..self.bias.levels().len() as u8).map(law).collect()
    }

    /// The level that a random word picks.
    fn pick(&self, word: u32) -> usize {
        if self.levels.is_empty() {
            return usize::from(self.bias.pick(word));
        }
        let share = f64::from(word) / (u64::from(u32::MAX) + 1) as f64;
        let mut below = 0.0;
        let passed = self.levels.iter().take_while(|(_, weight)| {
            below += weight;
            share >= below
        });
        passed.count().min(self.levels.len() - 1)
    }

    /// The classes as the decoder is told them: at least 1 %, for nobody has measured less.
    fn told(&self) -> Vec<Class> {
        let class = |err: f64| Class { err: err.clamp(0.01, 0.5) };
        match self.classes.as_slice() {
            [] => vec![class(self.err)],
            classes if self.classes_hidden => {
                vec![class(classes.iter().sum::<f64>() / classes.len() as f64)]
            }
            classes => classes.iter().map(|&err| class(err)).collect(),
        }
    }

    /// The attacks in turn, each with its strategy for `c` copies: one, or all seven where it changes.
    fn attacks(&self, c: usize) -> Vec<(Attack, Vec<f64>)> {
        let first = Attack::ALL.iter().position(|attack| *attack == self.attack).unwrap_or(0);
        let count = if self.changes_after.is_some() { Attack::ALL.len() } else { 1 };
        let in_turn = Attack::ALL.into_iter().cycle().skip(first).take(count);
        let levels = self.weighted_levels();
        in_turn.map(|attack| (attack, attack.theta_against_levels(&levels, c))).collect()
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
    fn attacks_that_do_the_same_play_the_same_trials() {
        let first = |c, attack| Scene::new(BiasSet::A64, c, attack).with_first_like_it().attack;
        assert!(Attack::ALL.iter().all(|attack| first(1, *attack) == Attack::Interleaving));
        assert_eq!(
            [first(2, Attack::CoinFlip), first(2, Attack::AllOne)],
            [Attack::Interleaving, Attack::AllOne]
        );
        assert!(Attack::ALL.iter().all(|attack| first(3, *attack) == *attack));
        let scene = Scene { positions: 50, recipients: 5, ..Scene::new(BiasSet::A64, 2, Attack::Minority) };
        let alike = scene.with_first_like_it();
        assert_ne!(alike, scene);
        assert_eq!(alike.play(4), scene.play(4));
        let four = Scene { symbols: 4, ..scene };
        assert_eq!(four.with_first_like_it(), four);
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
    fn the_text_that_tallies_are_kept_under_stays() {
        let scene = Scene::new(BiasSet::A64, 2, Attack::Majority);
        assert_eq!(
            format!("{scene:?}"),
            "Scene { bias: A64, positions: 1000, recipients: 79, colluders: 2, attack: Majority, symbols: 2, \
             one_gives: None, changes_after: None, erase_differing: 0.0, original: false, err: 0.0, erasure: 0.0, \
             alpha: 1e-6, look: false }"
        );
        assert!(format!("{:?}", Scene { classes: vec![0.1], ..scene }).contains("classes: [0.1]"));
    }

    #[test]
    fn levels_of_ones_own_play_like_the_set_that_has_them() {
        let set = Scene { positions: 300, ..Scene::new(BiasSet::A64, 3, Attack::LeastJoint) };
        let own = Scene { levels: vec![(64, 0.5), (192, 0.5)], ..set.clone() };
        assert_eq!(set.play(3), own.play(3));
    }

    #[test]
    fn each_class_is_read_as_wrongly_as_it_says() {
        let scene = Scene {
            classes: vec![0.0, 0.3],
            positions: 4_000,
            ..Scene::new(BiasSet::A64, 1, Attack::Interleaving)
        };
        let (document, held) = shown(&scene, 9);
        for (class, err) in [(0, 0.0), (1, 0.3)] {
            let of: Vec<usize> = (0..4_000).filter(|&i| document.positions[i].class == Some(class)).collect();
            let wrong = of.iter().filter(|&&i| document.positions[i].y != Some(held[0][i])).count();
            // Some 2,000 positions: five deviations are .05.
            assert!(
                (wrong as f64 / of.len() as f64 - err).abs() < 0.05 && of.len() > 1_800,
                "{class}: {wrong}"
            );
        }
        let (hidden, _) = shown(&Scene { classes_hidden: true, ..scene }, 9);
        assert_eq!((hidden.classes.len(), hidden.classes[0].err), (1, 0.15));
        assert!(
            hidden.positions.iter().zip(&document.positions).all(|(a, b)| a.y == b.y && a.class == Some(0))
        );
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
