//! The symbols of lengths and distances (RFC 1951, section 3.2.5).

/// The symbol that ends a block; those of lengths stand behind it.
pub(super) const END: usize = 256;

/// The shortest length and the extra bits of each length code, from 257.
pub(super) const LENGTHS: [(u16, u8); 29] = [
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
pub(super) const DISTANCES: [(u16, u8); 30] = [
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
/// The length code, from 0, of each length, from 3.
pub(super) static LENGTH_CODE: [u8; 256] = length_codes();

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

/// The distance code of each distance less one up to 256; and behind them of each 128th.
static DISTANCE_CODE: [u8; 512] = distance_codes();

const fn distance_codes() -> [u8; 512] {
    let mut table = [0; 512];
    let mut place = 0;
    while place < table.len() {
        let distance = if place < 256 { place + 1 } else { (place - 256) * 128 + 1 };
        let mut code = DISTANCES.len() - 1;
        while DISTANCES[code].0 as usize > distance {
            code -= 1;
        }
        table[place] = code as u8;
        place += 1;
    }
    table
}

#[inline]
pub(super) fn distance_code(distance: usize) -> usize {
    let before = distance - 1;
    let place = if before < 256 { before } else { 256 + (before >> 7) };
    DISTANCE_CODE[place & 511].into()
}
