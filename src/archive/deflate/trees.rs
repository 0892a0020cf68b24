//! The two Huffman codes of a block and how they are told (RFC 1951, section 3.2.7).

use super::{
    huffman::{codes, lengths},
    symbols::{DISTANCES, END, LENGTH_CODE, LENGTHS},
};

/// The order in which the lengths of the code length codes are written (RFC 1951, section 3.2.7).
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/// The two Huffman codes of a block, as lengths, and the header that tells them.
pub(super) struct Trees {
    literals: [u8; 286],
    distances: [u8; 30],
    /// Values and their number of bits.
    pub(super) header: Vec<(u16, u8)>,
}

/// What is written for each token.
pub(super) struct Tables {
    /// For each byte, and each match length less 3 with its extra bits: the bits and their number.
    found: [(u32, u32); 512],
    distances: [Distance; 32],
    pub(super) end: (u16, u8),
}

/// What is written for a distance of one code.
#[derive(Clone, Copy, Default)]
struct Distance {
    code: u16,
    /// The shortest distance less 1.
    base: u16,
    length: u8,
    /// Its length with that of the extra bits.
    whole: u8,
}

impl Tables {
    /// The bits of a token, and their number, which is 48 at most.
    #[inline]
    pub(super) fn token(&self, token: u32) -> (u64, u32) {
        let (bits, length) = self.found[(token & 511) as usize];
        let distance = self.distances[(token >> 9 & 31) as usize];
        let extra = u64::from((token >> 14) - u32::from(distance.base));
        let behind = u64::from(distance.code) | extra << distance.length;
        (u64::from(bits) | behind << length, length + u32::from(distance.whole))
    }
}

impl Trees {
    pub(super) fn of(literals: &[u32; 286], distances: &[u32; 30]) -> Self {
        let (literals, distances) = (lengths(literals, 15), lengths(distances, 15));
        let used = |lengths: &[u8], least: usize| {
            lengths.iter().rposition(|length| *length > 0).map_or(least, |last| (last + 1).max(least))
        };
        let (literals_used, distances_used) = (used(&literals, 257), used(&distances, 1));
        let runs = run_lengths(&[&literals[..literals_used], &distances[..distances_used]].concat());
        let mut frequencies = [0; 19];
        runs.iter().for_each(|(symbol, ..)| frequencies[usize::from(*symbol)] += 1);
        let lengths = lengths(&frequencies, 7);
        let codes = codes(&lengths);
        let lengths_used = used(&ORDER.map(|symbol| lengths[symbol]), 4);
        let mut header =
            vec![(literals_used as u16 - 257, 5), (distances_used as u16 - 1, 5), (lengths_used as u16 - 4, 4)];
        header.extend(ORDER[..lengths_used].iter().map(|symbol| (u16::from(lengths[*symbol]), 3)));
        for (symbol, repeated, bits) in runs {
            header.push((codes[usize::from(symbol)], lengths[usize::from(symbol)]));
            header.push((repeated, bits));
        }
        Self { literals, distances, header }
    }

    /// The bits of a block with these frequencies.
    pub(super) fn size(&self, literals: &[u32; 286], distances: &[u32; 30]) -> usize {
        let header: usize = self.header.iter().map(|(_, bits)| usize::from(*bits)).sum();
        let bits = |frequency: &u32, length: u8, extra: u8| *frequency as usize * usize::from(length + extra);
        let extra = |symbol: usize| symbol.checked_sub(END + 1).map_or(0, |code| LENGTHS[code].1);
        let literals = literals.iter().enumerate().map(|(at, found)| bits(found, self.literals[at], extra(at)));
        let distances =
            distances.iter().enumerate().map(|(at, found)| bits(found, self.distances[at], DISTANCES[at].1));
        3 + header + literals.sum::<usize>() + distances.sum::<usize>()
    }

    pub(super) fn tables(&self) -> Tables {
        let (codes, distance_codes) = (codes(&self.literals), codes(&self.distances));
        let mut found = [(0, 0); 512];
        for byte in 0..256 {
            found[byte] = (codes[byte].into(), self.literals[byte].into());
            let code = usize::from(LENGTH_CODE[byte]);
            let (base, extra) = LENGTHS[code];
            let (symbol, bits) = (codes[END + 1 + code], self.literals[END + 1 + code]);
            let beyond = byte as u32 + 3 - u32::from(base);
            found[256 + byte] = (u32::from(symbol) | beyond << bits, (bits + extra).into());
        }
        let mut distances = [Distance::default(); 32];
        for (code, (base, extra)) in DISTANCES.into_iter().enumerate() {
            let length = self.distances[code];
            distances[code] = Distance { code: distance_codes[code], base: base - 1, length, whole: length + extra };
        }
        Tables { found, distances, end: (codes[END], self.literals[END]) }
    }
}

/// Code lengths as symbols of the code length alphabet, each with what it repeats and the bits of that.
fn run_lengths(lengths: &[u8]) -> Vec<(u8, u16, u8)> {
    let mut runs = Vec::new();
    for run in lengths.chunk_by(|one, next| one == next) {
        let mut left = run.len();
        if run[0] != 0 {
            runs.push((run[0], 0, 0));
            left -= 1;
        }
        while left > 0 {
            let (taken, symbol, base, bits) = match (run[0], left) {
                (0, 11..) => (left.min(138), 18, 11, 7),
                (0, 3..) => (left, 17, 3, 3),
                (1.., 3..) => (left.min(6), 16, 3, 2),
                (length, _) => (1, length, 1, 0),
            };
            runs.push((symbol, (taken - base) as u16, bits));
            left -= taken;
        }
    }
    runs
}
