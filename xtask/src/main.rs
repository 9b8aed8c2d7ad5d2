//! The checks, the test run and the generated reference of Earmark.

fn main() {}
