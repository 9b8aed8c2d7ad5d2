//! The ledger (SQLite or PostgreSQL) and content-addressed blobs.
