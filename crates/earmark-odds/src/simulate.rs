//! Seeded trials: coalitions, attacks and reading errors, written as reading documents.
//!
//! ```
//! use earmark_odds::{bias::BiasSet, decide::decide, simulate::{Attack, Scene}};
//! let scene = Scene { positions: 100, recipients: 10, ..Scene::new(BiasSet::S4, 1, Attack::Interleaving) };
//! let trial = scene.play(7);
//! let decision = decide(&trial.document)?;
//! assert_eq!(decision.suspects[0].recipient, trial.colluders[0]);
//! # Ok::<(), earmark_odds::document::DocumentError>(())
//! ```
//!
//! The same seed gives the same trial on every machine.

mod attack;
mod length;
mod scene;
mod tally;

pub use attack::{Attack, UnknownAttack, joint_information, levels_of, single_information};
pub use length::{Length, TRIALS, grid, shortest};
pub use scene::{Scene, Trial};
pub use tally::{Tally, tally};
