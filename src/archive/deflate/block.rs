//! One block (RFC 1951, section 3.2.3): the tokens that were found, and how they are written.

use super::{
    BLOCK_TOKENS, SKIP,
    symbols::{END, LENGTH_CODE, distance_code},
    trees::{Tables, Trees},
};

/// Literals that are taken without a look, and the last bytes of a piece, may come on top of a full block.
const ROOM: usize = BLOCK_TOKENS + 2 * SKIP;
/// Most bytes of a stored block.
const STORED: usize = 65_535;
/// Most bits that can be added to those that do not fill a byte.
const ADDED: u32 = 56;
/// The distance code of a literal, which has none: nothing is written for it.
const NO_DISTANCE: u32 = 31;

/// The tokens of a block, and how often their symbols occur.
pub(super) struct Tokens {
    /// From the lowest bit on: nine bits of what it is, a literal, or 256 and the length less 3 of a match; five of
    /// the code of its distance; and 15 of its distance less 1.
    tokens: Box<[u32; ROOM]>,
    filled: usize,
    /// Of each value of the nine bits, and of each distance code.
    found: Box<[u32; 512]>,
    distances: [u32; 32],
}

impl Default for Tokens {
    fn default() -> Self {
        Self { tokens: Box::new([0; ROOM]), filled: 0, found: Box::new([0; 512]), distances: [0; 32] }
    }
}

impl Tokens {
    pub(super) fn clear(&mut self) {
        self.filled = 0;
        *self.found = [0; 512];
        self.distances = [0; 32];
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.filled
    }

    #[inline]
    pub(super) fn push_literal(&mut self, byte: u8) {
        self.found[usize::from(byte)] += 1;
        self.push(u32::from(byte) | NO_DISTANCE << 9);
    }

    #[inline]
    pub(super) fn push_match(&mut self, length: usize, distance: usize) {
        let what = (256 + length - 3) & 511;
        self.found[what] += 1;
        let code = distance_code(distance);
        self.distances[code & 31] += 1;
        self.push(what as u32 | (code as u32) << 9 | (distance as u32 - 1) << 14);
    }

    #[inline]
    fn push(&mut self, token: u32) {
        self.tokens[self.filled] = token;
        self.filled += 1;
    }

    /// How often each symbol occurs, with the end of the block.
    fn frequencies(&self) -> ([u32; 286], [u32; 30]) {
        let (mut literals, mut distances) = ([0; 286], [0; 30]);
        let (bytes, lengths) = self.found.split_at(256);
        literals[..256].copy_from_slice(bytes);
        literals[END] = 1;
        for (found, code) in lengths.iter().zip(&LENGTH_CODE) {
            literals[END + 1 + usize::from(*code)] += found;
        }
        distances.copy_from_slice(&self.distances[..30]);
        (literals, distances)
    }
}

/// Writes blocks: keeps the bits that do not fill a byte yet.
#[derive(Default)]
pub(super) struct Blocks {
    bits: u64,
    count: u32,
}

impl Blocks {
    /// Writes a block, which stands for `raw`, in the way that takes fewer bytes.
    pub(super) fn write(&mut self, tokens: &Tokens, raw: &[u8], last: bool, out: &mut Vec<u8>) {
        let (literals, distances) = tokens.frequencies();
        let trees = Trees::of(&literals, &distances);
        let size = trees.size(&literals, &distances) / 8;
        if size >= raw.len() + 5 * (raw.len() / STORED + 1) {
            return self.store(raw, last, out);
        }
        self.put(u32::from(last) | 0b10 << 1, 3, out);
        trees.header.iter().for_each(|(value, bits)| self.put(u32::from(*value), u32::from(*bits), out));
        let tables = trees.tables();
        self.write_tokens(&tokens.tokens[..tokens.filled], &tables, size, out);
        let (code, length) = tables.end;
        self.put(code.into(), length.into(), out);
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

    /// Writes tokens that take about so many bytes. Literals and matches go the same way, since no processor can foresee
    /// which comes next; and two tokens go together if they can.
    fn write_tokens(&mut self, tokens: &[u32], tables: &Tables, size: usize, out: &mut Vec<u8>) {
        let start = out.len();
        out.resize(start + size + 16, 0);
        let mut into = Bits { bits: self.bits, count: self.count, out, place: start };
        let (pairs, rest) = tokens.as_chunks::<2>();
        for [one, other] in pairs {
            let ((one, length), (other, more)) = (tables.token(*one), tables.token(*other));
            if length + more <= ADDED {
                into.add(one | other << length, length + more);
            } else {
                into.add(one, length);
                into.add(other, more);
            }
        }
        for token in rest {
            let (bits, length) = tables.token(*token);
            into.add(bits, length);
        }
        let Bits { bits, count, place, .. } = into;
        (self.bits, self.count) = (bits, count);
        out.truncate(place);
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

/// Bits on their way into room that is there already.
struct Bits<'a> {
    bits: u64,
    count: u32,
    out: &'a mut [u8],
    place: usize,
}

impl Bits<'_> {
    /// Adds up to [`ADDED`] bits.
    #[inline]
    fn add(&mut self, bits: u64, length: u32) {
        self.bits |= bits << self.count;
        self.count += length;
        if let Some(room) = self.out[self.place..].first_chunk_mut() {
            *room = self.bits.to_le_bytes();
        }
        self.place += (self.count / 8) as usize;
        self.bits >>= self.count & !7;
        self.count &= 7;
    }
}
