//! Any bytes as an archive: refused, or whole; never a panic.
#![no_main]

use std::io::Cursor;

use carryall::{archive::verify_alone, secret::Secret};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = verify_alone(Cursor::new(data), &Secret::new("correct horse battery"));
});
