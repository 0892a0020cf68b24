//! Any bytes deflated, in pieces of any length, inflate to themselves.
#![no_main]

use std::io::Read;

use carryall::archive::deflate::Encoder;
use flate2::read::DeflateDecoder;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (Vec<u8>, u16)| {
    let (data, length) = input;
    let (mut encoder, mut deflated) = (Encoder::default(), Vec::new());
    let length = usize::from(length).max(1);
    for from in (0..=data.len()).step_by(length) {
        let end = data.len().min(from + length);
        let before = from.saturating_sub(32 * 1024);
        encoder.piece(&data[before..end], from - before, from + length > data.len(), &mut deflated);
    }
    let mut inflated = Vec::new();
    DeflateDecoder::new(&deflated[..]).read_to_end(&mut inflated).expect("it inflates");
    assert!(inflated == data, "it inflates to something else");
});
