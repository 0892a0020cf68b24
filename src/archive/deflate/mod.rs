//! A DEFLATE encoder (RFC 1951) for pieces that join: each is deflated on its own, with the bytes before it as its
//! dictionary, and together they are one stream. So one entry can be deflated by several threads.
//!
//! It is made for text of databases at the speed of a level 1: one hash table with one candidate for each string of four
//! bytes, greedy matches, and dynamic Huffman codes for each block; a block that would grow is stored. On the CSV of the demo
//! database zlib-rs takes 1.8 times as long for the same size within two percent (its level 2), or gives 30 percent more
//! bytes in the same time (its level 1); `cargo bench` shows it.

mod block;
mod huffman;
mod symbols;
mod trees;

use block::{Blocks, Tokens};

/// How far back a match may lie.
const WINDOW: usize = 32 * 1024;
/// The hash table has 2^16 places.
const HASH_BITS: u32 = 16;
/// Longest match there can be.
const LONGEST: usize = 258;
/// Most tokens of a block, and most bytes they stand for: few enough for codes that fit, and for a stored block to be
/// worth it.
const BLOCK_TOKENS: usize = 64 * 1024;
const BLOCK_BYTES: usize = 512 * 1024;
/// After so many literals in a row the data is taken to be hard to compress, and fewer places are looked at.
const PATIENCE: usize = 64;
/// Most literals that are taken without a look.
const SKIP: usize = 8;

/// Bytes that are deflated at once: what is longer is cut.
const PIECE: usize = 1024 * 1024;
/// What ends a stream of pieces none of which was the last: an empty block of fixed codes (RFC 1951, section 3.2.6).
pub(super) const END: [u8; 2] = [3, 0];

/// For each hash the last place it was seen at, or 0.
type Heads = [u32; 1 << HASH_BITS];

/// Deflates pieces, one after the other. Keeps only its tables between them.
pub struct Encoder {
    heads: Box<Heads>,
    tokens: Tokens,
    blocks: Blocks,
}

impl Default for Encoder {
    fn default() -> Self {
        Self { heads: Box::new([0; 1 << HASH_BITS]), tokens: Tokens::default(), blocks: Blocks::default() }
    }
}

impl Encoder {
    /// Appends the deflated `data`, which nothing need stand before, to `out`. The stream is not ended.
    pub fn pieces(&mut self, data: &[u8], out: &mut Vec<u8>) {
        for place in (0..data.len()).step_by(PIECE) {
            let (from, end) = (place.saturating_sub(WINDOW), data.len().min(place + PIECE));
            self.piece(&data[from..end], place - from, false, out);
        }
    }

    /// Appends the deflated `data[start..]` to `out`. `data[..start]` is what stands before it in the stream, of which the
    /// last 32 KiB are of use. The `last` piece ends the stream; any other ends with an empty stored block, and so at a
    /// whole byte, where the next one goes on. `data` must be shorter than 4 GiB.
    pub fn piece(&mut self, data: &[u8], start: usize, last: bool, out: &mut Vec<u8>) {
        self.heads.fill(0);
        // Eight bytes are compared at a time.
        let hashed = data.len().saturating_sub(8);
        for place in start.saturating_sub(WINDOW)..start.min(hashed) {
            self.heads[hash(load(data, place))] = place as u32;
        }
        let mut place = start;
        while place < data.len() {
            let from = place;
            self.tokens.clear();
            place = tokenize(&mut self.heads, &mut self.tokens, data, from, hashed);
            self.blocks.write(&self.tokens, &data[from..place], last && place == data.len(), out);
        }
        self.blocks.end_piece(last, start == data.len(), out);
    }
}

/// Makes tokens of the data at `place`, as many as a block takes, and returns where they end.
fn tokenize(heads: &mut Heads, tokens: &mut Tokens, data: &[u8], mut place: usize, hashed: usize) -> usize {
    let block_end = data.len().min(place + BLOCK_BYTES);
    let end = hashed.min(block_end);
    let mut literals = 0;
    while place < end && tokens.len() < BLOCK_TOKENS {
        let word = load(data, place);
        let head = &mut heads[hash(word)];
        let candidate = *head as usize;
        *head = place as u32;
        let distance = place.wrapping_sub(candidate);
        // A place that was never entered is 0, and right or wrong like any other.
        if distance.wrapping_sub(1) < WINDOW
            && let difference = load(data, candidate) ^ word
            && difference as u32 == 0
        {
            let length = match difference {
                0 => match_length(data, candidate, place),
                difference => difference.trailing_zeros() as usize / 8,
            };
            tokens.push_match(length, distance);
            enter(heads, data, word, place, length, hashed);
            place += length;
            literals = 0;
            continue;
        }
        tokens.push_literal(word as u8);
        place += 1;
        literals += 1;
        if literals > PATIENCE {
            let skip = (literals / PATIENCE).min(SKIP).min(hashed - place);
            data[place..place + skip].iter().for_each(|byte| tokens.push_literal(*byte));
            place += skip;
        }
    }
    if place >= hashed {
        let rest = block_end.saturating_sub(place);
        data[place..place + rest].iter().for_each(|byte| tokens.push_literal(*byte));
        place += rest;
    }
    place
}

/// Enters some places of a match into the table: all of them would cost more than they bring.
#[inline]
fn enter(heads: &mut Heads, data: &[u8], word: u64, place: usize, length: usize, hashed: usize) {
    let last = place + length - 2;
    if last < hashed {
        heads[hash(word >> 8)] = place as u32 + 1;
        let behind = load(data, last);
        heads[hash(behind)] = last as u32;
        heads[hash(behind >> 8)] = last as u32 + 1;
    }
}

fn hash(word: u64) -> usize {
    // Multiplicative hashing (Knuth, TAOCP 6.4) by 2^32 divided by the golden ratio.
    ((word as u32).wrapping_mul(0x9E37_79B1) >> (32 - HASH_BITS)) as usize
}

/// Eight bytes; zeros past the end, where no caller looks.
#[inline]
fn load(data: &[u8], place: usize) -> u64 {
    data[place..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// How many bytes are the same at two places, of which the first eight are known to be.
fn match_length(data: &[u8], earlier: usize, place: usize) -> usize {
    let longest = LONGEST.min(data.len() - place);
    let mut length = 8;
    while length + 8 <= longest {
        let difference = load(data, earlier + length) ^ load(data, place + length);
        if difference != 0 {
            return length + difference.trailing_zeros() as usize / 8;
        }
        length += 8;
    }
    while length < longest && data[earlier + length] == data[place + length] {
        length += 1;
    }
    length
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::DeflateDecoder;

    use super::*;

    /// The data deflated in pieces of this size.
    fn deflated(data: &[u8], piece: usize) -> Vec<u8> {
        let mut encoder = Encoder::default();
        let mut out = Vec::new();
        let mut place = 0;
        loop {
            let end = data.len().min(place + piece);
            let from = place.saturating_sub(WINDOW);
            encoder.piece(&data[from..end], place - from, end == data.len(), &mut out);
            place = end;
            if place == data.len() {
                return out;
            }
        }
    }

    #[test]
    fn data_deflated_apart_is_one_stream() -> std::io::Result<()> {
        let rows = noise(6).take(200_000).map(|x| format!("{},{}\n", x % 5000, x % 97)).collect::<String>();
        let (mut encoder, mut out) = (Encoder::default(), Vec::new());
        let (first, second) = rows.as_bytes().split_at(rows.len() / 7 * 6);
        encoder.pieces(first, &mut out);
        encoder.pieces(&[], &mut out);
        encoder.pieces(second, &mut out);
        out.extend(END);
        assert!(inflated(&out)? == rows.as_bytes());
        assert_eq!(inflated(&END)?, b"");
        Ok(())
    }

    fn inflated(deflated: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut data = Vec::new();
        let mut decoder = DeflateDecoder::new(deflated);
        decoder.read_to_end(&mut data)?;
        assert_eq!(decoder.total_in(), deflated.len() as u64, "something stands behind the end of the stream");
        Ok(data)
    }

    /// The same numbers each time: xorshift (Marsaglia).
    fn noise(seed: u64) -> impl Iterator<Item = u64> {
        std::iter::successors(Some(seed), |x| {
            let x = x ^ (x << 13);
            let x = x ^ (x >> 7);
            Some(x ^ (x << 17))
        })
    }

    #[test]
    fn every_kind_of_data_inflates_to_itself_in_pieces_of_any_size() -> std::io::Result<()> {
        let random = noise(1).map(|x| x as u8).take(70_000).collect::<Vec<_>>();
        let few = noise(2).map(|x| b"ab"[(x >> 40) as usize % 2]).take(50_000).collect::<Vec<_>>();
        let rows = noise(3).take(9_000).map(|x| format!("{},{},customer {},open\n", x % 5000, x % 97, x % 300));
        let rows = rows.collect::<String>().into_bytes();
        // Codes that would be longer than 15 bits: each byte is twice as frequent as the one before.
        let skewed = (0..18_u8).flat_map(|byte| vec![byte; 1 << byte]).collect::<Vec<_>>();
        let mixed = [&rows[..40_000], &random[..], &rows[..]].concat();
        for data in [&[][..], b"a", b"abcabcabc", &[0; 100_000], &random, &few, &rows, &skewed, &mixed] {
            for piece in [1 << 20, 65_536, 10_007, 997] {
                assert!(inflated(&deflated(data, piece))? == data, "{} bytes in pieces of {piece}", data.len());
            }
        }
        for length in 0..40 {
            assert_eq!(inflated(&deflated(&rows[..length], 1))?, &rows[..length]);
        }
        Ok(())
    }

    #[test]
    fn what_cannot_be_compressed_grows_by_next_to_nothing() {
        let random = noise(4).map(|x| (x >> 8) as u8).take(1_000_000).collect::<Vec<_>>();
        let deflated = deflated(&random, 1 << 20);
        assert!(deflated.len() < random.len() + 200, "{}", deflated.len());
    }

    #[test]
    fn a_match_reaches_back_over_the_end_of_a_piece() {
        let random = noise(5).map(|x| x as u8).take(20_000).collect::<Vec<_>>();
        let twice = [&random[..], &random[..]].concat();
        assert!(deflated(&twice, 20_000).len() < 21_000);
    }
}
