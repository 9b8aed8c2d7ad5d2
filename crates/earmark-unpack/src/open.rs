//! The ways in.

use earmark_model::{Limits, Sink};

use crate::input::{AHEAD, Source};
use crate::opening::Opening;
use crate::registry::TABLE;

/// Opens `bytes` as far as they can be opened, containers in containers in any order, and gives every
/// leaf to `sink`, in a fixed order.
///
/// `name` is what the paths of the leaves begin with. Never fails: whatever could not be opened is a loss,
/// and what was decoded until then a leaf marked as partial. Empty contents are not given. Bounded by
/// `limits`: their bytes count what decoders and transformations produce, on every level, and the leaves.
///
/// Runs foreign bytes through decoders, so it belongs in a cage.
pub fn open_bytes(name: &str, bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) {
    Opening::new(TABLE, name, limits, sink).run(Source::Slice(bytes));
}

/// Whether something has to be opened to read the content named `name` that begins with `head`.
///
/// `false` is for plain text (and for binary data that no decoder knows), which can be scanned as it is,
/// outside the cage. `head` should be the first 64 KiB or the whole; a container that only begins later is
/// not seen. It only looks; what it decodes (4 KiB of zlib, a block of deflate) our own and pure Rust code decodes.
#[must_use]
pub fn looks_like_container(name: &str, head: &[u8]) -> bool {
    let head = &head[..head.len().min(AHEAD)];
    TABLE.streams.iter().chain(TABLE.texts).any(|container| container.recognizes(name, head))
}
