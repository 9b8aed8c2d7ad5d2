//! Fingerprints, index, matching, regions.
