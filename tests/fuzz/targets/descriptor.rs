//! Any bytes as a descriptor: understood or refused; never a panic.
#![no_main]

use carryall::archive::described;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = described(data, 1000);
});
