//! Aligning two token streams: anchors, patience, banded gaps.
