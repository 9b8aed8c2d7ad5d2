//! A transparency log: a list that only grows, with a head that cannot be bent afterwards.
//!
//! ```
//! use earmark_log::{Checkpoint, KeyKind, LogProof, Note, SignerKey, Tree, Trust};
//!
//! let mut tree = Tree::new();
//! for entry in ["one", "two", "three"] {
//!     tree.append(entry.as_bytes());
//! }
//! let key = SignerKey::from_seed("log.example/engine", KeyKind::Ed25519, &[7; 32])?;
//! let head = Checkpoint {
//!     origin: "log.example/engine".to_owned(),
//!     size: 3,
//!     root: tree.root(3)?,
//!     extensions: Vec::new(),
//! };
//! let mut note = Note::new(head.to_string())?;
//! note.signatures.push(key.sign(&head, 1_700_000_000)?);
//!
//! let proof = LogProof::new(&tree, 1, note, None).ok_or("no such entry")?.to_string();
//! let trust = Trust { log: vec![key.verifier()], ..Trust::default() };
//! assert_eq!(LogProof::parse(&proof)?.check(b"two", &trust)?.checkpoint.size, 3);
//! assert!(LogProof::parse(&proof)?.check(b"too", &trust).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The formats are public ones, so that verifiers by others can check what we publish: the tree of
//! RFC 6962 and 9162, and C2SP's `tlog-tiles`, `tlog-checkpoint`, `signed-note`, `tlog-cosignature`
//! and `tlog-proof`.
//!
//! From the top down: [`audit()`] judges a [`Folder`] of [`Tile`]s and checkpoints; [`LogProof`] is
//! what is carried away; [`cosign`] is a witness's part; [`Checkpoint`], [`Note`] and the keys are
//! signatures; [`Tree`], [`check_inclusion`] and [`check_consistency`] are the mathematics;
//! [`Opening`] shows what one entry binds.
//!
//! Not here: what entries mean, where keys are kept, the clock, the network.

#![forbid(unsafe_code)]

mod audit;
mod checkpoint;
mod folder;
mod handover;
mod hash;
mod key;
mod log_proof;
mod mirror;
mod note;
mod opening;
mod proof;
mod tile;
mod tree;
mod trust;
mod witness;

pub use audit::{Audit, Fault, ReadError, audit, own_keys, parse_keys};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use folder::{Folder, FolderError};
pub use handover::{HandoverError, check_handover, check_handovers, handover_document, handover_proof};
pub use hash::{Hash, HashError};
pub use key::{KeyKind, Signed, SignerKey, VerifierKey, VerifierKeyError};
pub use log_proof::{LogProof, LogProofError};
pub use mirror::{MirrorError, mirror};
pub use note::{Note, NoteError, NoteSignature};
pub use opening::{Opening, hex, unhex32};
pub use proof::{ProofError, check_consistency, check_inclusion};
pub use tile::{BundleError, TILE_WIDTH, Tile, TileKind, TilePathError, read_bundle, write_bundle};
pub use tree::{OutOfReach, Tree};
pub use trust::{Opened, Past, Trust};
pub use witness::{Seen, WitnessError, cosign};
