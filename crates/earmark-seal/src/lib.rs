//! Encryption to recipients, signatures, key custody.
