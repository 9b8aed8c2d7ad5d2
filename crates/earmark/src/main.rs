//! The program people run.

fn main() {}
