//! One block (RFC 1951, section 3.2.3): the tokens that were found, and how they are written.

use super::{
    BLOCK_TOKENS, SKIP,
    huffman::{codes, lengths},
};

/// The shortest length and the extra bits of each length code, from 257 (RFC 1951, section 3.2.5).
const LENGTHS: [(u16, u8); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];
/// The same of each distance code.
const DISTANCES: [(u16, u8); 30] = [
    (1, 0),
    (2, 0),
    (3, 0),
    (4, 0),
    (5, 1),
    (7, 1),
    (9, 2),
    (13, 2),
    (17, 3),
    (25, 3),
    (33, 4),
    (49, 4),
    (65, 5),
    (97, 5),
    (129, 6),
    (193, 6),
    (257, 7),
    (385, 7),
    (513, 8),
    (769, 8),
    (1025, 9),
    (1537, 9),
    (2049, 10),
    (3073, 10),
    (4097, 11),
    (6145, 11),
    (8193, 12),
    (12289, 12),
    (16385, 13),
    (24577, 13),
];
/// The order in which the lengths of the code length codes are written (RFC 1951, section 3.2.7).
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/// Most bytes of a stored block.
const STORED: usize = 65_535;
/// The symbol that ends a block.
const END: usize = 256;

/// The length code, from 0, of each length, from 3.
static LENGTH_CODE: [u8; 256] = length_codes();

const fn length_codes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut length = 3;
    while length <= 258 {
        let mut code = LENGTHS.len() - 1;
        while LENGTHS[code].0 as usize > length {
            code -= 1;
        }
        table[length - 3] = code as u8;
        length += 1;
    }
    table
}

/// The distance code of a distance, which is 1 or more: two codes for each power of two.
fn distance_code(distance: usize) -> usize {
    let before = distance as u32 - 1;
    if before < 4 {
        return before as usize;
    }
    let log = before.ilog2();
    (2 * log + (before >> (log - 1) & 1)) as usize
}

/// The tokens of a block, the frequencies of their symbols, and the bits that do not fill a byte yet.
pub(super) struct Block {
    /// A literal is its byte; a match has its top bit set, its length less 3 in bits 16 to 23, its distance less 1 below.
    tokens: Vec<u32>,
    literals: [u32; 286],
    distances: [u32; 30],
    bits: u64,
    count: u32,
}

impl Default for Block {
    fn default() -> Self {
        let tokens = Vec::with_capacity(BLOCK_TOKENS + SKIP);
        Self { tokens, literals: [0; 286], distances: [0; 30], bits: 0, count: 0 }
    }
}

impl Block {
    pub(super) fn begin(&mut self) {
        self.tokens.clear();
        self.literals = [0; 286];
        self.distances = [0; 30];
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    #[inline]
    pub(super) fn push_literal(&mut self, byte: u8) {
        self.literals[usize::from(byte)] += 1;
        self.tokens.push(u32::from(byte));
    }

    #[inline]
    pub(super) fn push_match(&mut self, length: usize, distance: usize) {
        self.literals[END + 1 + usize::from(LENGTH_CODE[length - 3])] += 1;
        self.distances[distance_code(distance)] += 1;
        self.tokens.push(1 << 31 | (length as u32 - 3) << 16 | (distance as u32 - 1));
    }

    /// Writes the block, which stands for `raw`, in the way that takes fewer bytes.
    pub(super) fn write(&mut self, raw: &[u8], last: bool, out: &mut Vec<u8>) {
        self.literals[END] = 1;
        let trees = Trees::of(&self.literals, &self.distances);
        if trees.size(&self.literals, &self.distances) / 8 >= raw.len() + 5 * (raw.len() / STORED + 1) {
            return self.store(raw, last, out);
        }
        self.put(u32::from(last) | 0b10 << 1, 3, out);
        trees.header.iter().for_each(|(value, bits)| self.put(u32::from(*value), u32::from(*bits), out));
        self.write_tokens(&trees, out);
        self.put(u32::from(codes(&trees.literals)[END]), trees.literals[END].into(), out);
    }

    /// Ends a piece at a whole byte: the stream's end, or an empty stored block. Without any block before it, the last piece
    /// still needs one.
    pub(super) fn end_piece(&mut self, last: bool, empty: bool, out: &mut Vec<u8>) {
        if last && !empty {
            return self.align(out);
        }
        self.put(last.into(), 3, out);
        self.align(out);
        out.extend_from_slice(&[0, 0, 0xff, 0xff]);
    }

    fn store(&mut self, raw: &[u8], last: bool, out: &mut Vec<u8>) {
        let count = raw.len().div_ceil(STORED);
        for (index, part) in raw.chunks(STORED).enumerate() {
            self.put((last && index + 1 == count).into(), 3, out);
            self.align(out);
            let length = part.len() as u16;
            out.extend_from_slice(&length.to_le_bytes());
            out.extend_from_slice(&(!length).to_le_bytes());
            out.extend_from_slice(part);
        }
    }

    fn write_tokens(&mut self, trees: &Trees, out: &mut Vec<u8>) {
        let (literals, matches, distances) = trees.tables();
        let start = out.len();
        // A token takes 48 bits at most, and eight bytes are written at a time.
        out.resize(start + self.tokens.len() * 6 + 8, 0);
        let (mut bits, mut count, mut place) = (self.bits, self.count, start);
        for token in &self.tokens {
            let low = (token & 0xff) as usize;
            if token >> 31 == 0 {
                let (code, length) = literals[low];
                bits |= u64::from(code) << count;
                count += u32::from(length);
            } else {
                let (code, length) = matches[(token >> 16 & 0xff) as usize];
                bits |= u64::from(code) << count;
                count += u32::from(length);
                let distance = (token & 0x7fff) as usize + 1;
                let (code, length, base, extra) = distances[distance_code(distance) & 31];
                bits |= (u64::from(code) | (distance as u64 - u64::from(base)) << length) << count;
                count += u32::from(length + extra);
            }
            // 7 bits from before and 48 of the token: at most 6 bytes are whole.
            if let Some(room) = out[place..].first_chunk_mut() {
                *room = bits.to_le_bytes();
            }
            place += (count / 8) as usize;
            bits >>= count & !7;
            count &= 7;
        }
        out.truncate(place);
        (self.bits, self.count) = (bits, count);
    }

    fn put(&mut self, value: u32, length: u32, out: &mut Vec<u8>) {
        self.bits |= u64::from(value) << self.count;
        self.count += length;
        while self.count >= 8 {
            out.push(self.bits as u8);
            self.bits >>= 8;
            self.count -= 8;
        }
    }

    fn align(&mut self, out: &mut Vec<u8>) {
        if self.count > 0 {
            out.push(self.bits as u8);
        }
        (self.bits, self.count) = (0, 0);
    }
}

/// The two Huffman codes of a block, as lengths, and the header that tells them.
struct Trees {
    literals: [u8; 286],
    distances: [u8; 30],
    /// Values and their number of bits.
    header: Vec<(u16, u8)>,
}

/// Code and length of each literal; of each match length with its extra bits; and of each distance code with its base and
/// the number of its extra bits.
type Tables = ([(u16, u8); 256], [(u32, u8); 256], [(u16, u8, u16, u8); 32]);

impl Trees {
    fn of(literals: &[u32; 286], distances: &[u32; 30]) -> Self {
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
    fn size(&self, literals: &[u32; 286], distances: &[u32; 30]) -> usize {
        let header: usize = self.header.iter().map(|(_, bits)| usize::from(*bits)).sum();
        let bits = |frequency: &u32, length: u8, extra: u8| *frequency as usize * usize::from(length + extra);
        let extra = |symbol: usize| symbol.checked_sub(END + 1).map_or(0, |code| LENGTHS[code].1);
        let literals = literals.iter().enumerate().map(|(at, found)| bits(found, self.literals[at], extra(at)));
        let distances =
            distances.iter().enumerate().map(|(at, found)| bits(found, self.distances[at], DISTANCES[at].1));
        3 + header + literals.sum::<usize>() + distances.sum::<usize>()
    }

    fn tables(&self) -> Tables {
        let (codes, distance_codes) = (codes(&self.literals), codes(&self.distances));
        let mut tables = ([(0, 0); 256], [(0, 0); 256], [(0, 0, 0, 0); 32]);
        for byte in 0..256 {
            tables.0[byte] = (codes[byte], self.literals[byte]);
            let code = usize::from(LENGTH_CODE[byte]);
            let (base, extra) = LENGTHS[code];
            let (symbol, bits) = (codes[END + 1 + code], self.literals[END + 1 + code]);
            let beyond = byte as u32 + 3 - u32::from(base);
            tables.1[byte] = (u32::from(symbol) | beyond << bits, bits + extra);
        }
        for (code, (base, extra)) in DISTANCES.into_iter().enumerate() {
            tables.2[code] = (distance_codes[code], self.distances[code], base, extra);
        }
        tables
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
