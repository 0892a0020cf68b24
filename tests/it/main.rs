//! Tests of the whole, in one binary.
fn main() {}
