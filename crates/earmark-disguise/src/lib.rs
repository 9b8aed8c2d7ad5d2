//! What a leaker does to a copy, for the demo and the tests.
