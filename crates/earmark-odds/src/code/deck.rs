//! Dealing one list of positions to many recipients.

use super::{Code, USER_INFO};
use crate::bias::BiasSet;
use crate::stream::{BLOCKS, BYTES, Engine};

/// Bytes of one stream block.
const BLOCK: u32 = 64;

/// A list of positions laid out so that dealing it to a recipient costs only the cipher.
///
/// ```
/// use earmark_odds::{bias::BiasSet, code::{code_id, Code, TracingKey}};
/// let id = code_id("kernel", 1);
/// let code = Code::new(&TracingKey::from_program_key(b"a program key", &id), &id, BiasSet::S4);
/// let deck = code.deck(&[17, 40_000], &[(0, 2), (1, 3)]);
/// assert_eq!(deck.deal("acme"), code.codeword_at("acme", &[17, 40_000], &[(0, 2), (1, 3)]));
/// ```
#[derive(Debug, Clone)]
pub struct Deck<'a> {
    code: &'a Code,
    engine: Engine,
    batches: Vec<Batch>,
    /// Per position, in the caller's order: below which byte the symbol is 1.
    below: Vec<u16>,
    /// Positions with other than two symbols: index and law.
    many: Vec<(usize, &'a [u16])>,
}

/// Sixteen stream blocks, and what is taken of them.
#[derive(Debug, Clone)]
struct Batch {
    blocks: [u32; BLOCKS],
    /// The position's index, and where its byte lies.
    taken: Vec<(u32, u16)>,
}

impl Code {
    /// Lays positions out for dealing; `kinds` holds (level, k) per position.
    #[must_use]
    pub fn deck(&self, positions: &[u32], kinds: &[(u8, u8)]) -> Deck<'_> {
        self.deck_with(positions, kinds, Engine::usable().pop().unwrap_or(Engine::Portable))
    }

    pub(super) fn deck_with(&self, positions: &[u32], kinds: &[(u8, u8)], engine: Engine) -> Deck<'_> {
        let mut order: Vec<u32> = (0..positions.len() as u32).collect();
        let position = |index: u32| positions.get(index as usize).copied().unwrap_or(0);
        order.sort_by_key(|&index| position(index));
        let mut batches = Vec::new();
        for same in order
            .chunk_by(|&a, &b| position(a) / BLOCK == position(b) / BLOCK)
            .collect::<Vec<_>>()
            .chunks(BLOCKS)
        {
            let mut batch = Batch { blocks: [0; BLOCKS], taken: Vec::new() };
            for ((lane, indices), slot) in same.iter().enumerate().zip(&mut batch.blocks) {
                for &index in *indices {
                    *slot = position(index) / BLOCK;
                    let place = engine.place(lane, (position(index) % BLOCK) as usize);
                    batch.taken.push((index, place as u16));
                }
            }
            batches.push(batch);
        }
        let below = kinds.iter().map(|&(level, k)| match self.law(level, k) {
            [_, one] => *one,
            _ => 0,
        });
        let many = kinds.iter().enumerate().filter(|(_, (_, k))| *k != 2);
        let many = many.map(|(index, &(level, k))| (index, self.law(level, k)));
        Deck { code: self, engine, batches, below: below.collect(), many: many.collect() }
    }
}

impl Deck<'_> {
    /// A recipient's symbols, in the order of the positions.
    #[must_use]
    pub fn deal(&self, recipient: &str) -> Vec<u8> {
        let key = self.code.derive(&[USER_INFO, recipient.as_bytes()]);
        let mut symbols = vec![0u8; self.below.len()];
        let mut stream = [0u8; BYTES];
        for batch in &self.batches {
            self.engine.fill(&key, &batch.blocks, &mut stream);
            for &(index, place) in &batch.taken {
                if let (Some(symbol), Some(byte)) =
                    (symbols.get_mut(index as usize), stream.get(usize::from(place)))
                {
                    *symbol = *byte;
                }
            }
        }
        let many: Vec<(usize, u8)> = self
            .many
            .iter()
            .map(|&(index, law)| (index, BiasSet::symbol_of(law, symbols.get(index).copied().unwrap_or(0))))
            .collect();
        for (symbol, below) in symbols.iter_mut().zip(&self.below) {
            *symbol = u8::from(u16::from(*symbol) < *below);
        }
        for (index, dealt) in many {
            if let Some(symbol) = symbols.get_mut(index) {
                *symbol = dealt;
            }
        }
        symbols
    }
}
