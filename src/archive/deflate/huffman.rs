//! Huffman codes of limited length (RFC 1951, section 3.2.2).

/// The lengths in bits of the codes for symbols of these frequencies, none over `limit`; 0 for a symbol that does not
/// occur. After Moffat and Katajainen, "In-Place Calculation of Minimum-Redundancy Codes" (1995), with a repair of codes
/// that came out too long.
pub(super) fn lengths<const N: usize>(frequencies: &[u32; N], limit: usize) -> [u8; N] {
    let mut lengths = [0; N];
    let mut symbols: Vec<(u32, usize)> = (0..N).map(|symbol| (frequencies[symbol], symbol)).collect();
    symbols.retain(|(frequency, _)| *frequency > 0);
    symbols.sort_unstable();
    match symbols[..] {
        [] => return lengths,
        [(_, only)] => {
            lengths[only] = 1;
            return lengths;
        }
        _ => {}
    }
    let mut counts = vec![0_usize; limit + 1];
    for depth in depths(symbols.iter().map(|(frequency, _)| *frequency).collect()) {
        counts[(depth as usize).min(limit)] += 1;
    }
    repair(&mut counts, limit);
    // The rarest symbols get the longest codes.
    let by_length = (1..=limit).rev().flat_map(|length| std::iter::repeat_n(length, counts[length]));
    for ((_, symbol), length) in symbols.into_iter().zip(by_length) {
        lengths[symbol] = length as u8;
    }
    lengths
}

/// The depth of each leaf of the Huffman tree over `weights`, which ascend and are two or more; deepest first.
fn depths(mut weights: Vec<u32>) -> Vec<u32> {
    let count = weights.len();
    // First, left to right: inner nodes take the place of the leaves they were made of; each holds its parent at last.
    let (mut node, mut leaf) = (0, 0);
    for next in 0..count - 1 {
        let mut sum = 0;
        for _ in 0..2 {
            if leaf >= count || (node < next && weights[node] < weights[leaf]) {
                sum += weights[node];
                weights[node] = next as u32;
                node += 1;
            } else {
                sum += weights[leaf];
                leaf += 1;
            }
        }
        weights[next] = sum;
    }
    // Then, right to left: the depth of each inner node is that of its parent and one.
    weights[count - 2] = 0;
    for next in (0..count - 2).rev() {
        weights[next] = weights[weights[next] as usize] + 1;
    }
    // At last the leaves: what a level has room for and inner nodes do not take.
    let mut inner = weights[..count - 1].to_vec();
    let mut leaves = Vec::with_capacity(count);
    let (mut room, mut depth) = (1, 0);
    while room > 0 {
        let taken = inner.iter().rev().take_while(|found| **found == depth).count();
        inner.truncate(inner.len() - taken);
        leaves.extend(std::iter::repeat_n(depth, room - taken));
        room = 2 * taken;
        depth += 1;
    }
    leaves.reverse();
    leaves
}

/// Makes the counts of code lengths those of a code again (Kraft's sum is 1), after longer ones were cut to `limit`.
fn repair(counts: &mut [usize], limit: usize) {
    let mut sum: usize = (1..=limit).map(|length| counts[length] << (limit - length)).sum();
    while sum > 1 << limit {
        // One of the longest becomes the twin of a shorter one, which moves down a level to make room.
        let Some(shorter) = (1..limit).rev().find(|length| counts[*length] > 0) else { return };
        counts[limit] -= 1;
        counts[shorter] -= 1;
        counts[shorter + 1] += 2;
        sum -= 1;
    }
}

/// The codes for these lengths, with their bits in the order in which they are written.
pub(super) fn codes<const N: usize>(lengths: &[u8; N]) -> [u16; N] {
    let mut next = [0_u16; 16];
    let mut code = 0;
    for bits in 1..16_u8 {
        next[usize::from(bits)] = code;
        code = (code + lengths.iter().filter(|length| **length == bits).count() as u16) << 1;
    }
    let mut codes = [0; N];
    for (code, length) in codes.iter_mut().zip(lengths).filter(|(_, length)| **length > 0) {
        let next = &mut next[usize::from(*length)];
        *code = next.reverse_bits() >> (16 - length);
        *next += 1;
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_complete_and_no_longer_than_the_limit_whatever_the_frequencies() {
        // Fibonacci's numbers make the deepest tree.
        let mut frequencies = [1_u32; 40];
        for place in 2..40 {
            frequencies[place] = frequencies[place - 1] + frequencies[place - 2];
        }
        for limit in [7, 15] {
            let lengths = lengths(&frequencies, limit);
            assert!(lengths.iter().all(|length| (1..=limit).contains(&usize::from(*length))));
            let sum: usize = lengths.iter().map(|length| 1 << (limit - usize::from(*length))).sum();
            assert_eq!(sum, 1 << limit, "limit {limit}");
        }
    }

    #[test]
    fn more_frequent_symbols_have_shorter_codes_and_absent_ones_none() {
        assert_eq!(lengths(&[5, 0, 2, 1, 1], 15), [1, 0, 2, 3, 3]);
        assert_eq!(lengths(&[0, 7, 0], 15), [0, 1, 0]);
        assert_eq!(lengths(&[0, 0], 15), [0, 0]);
    }

    #[test]
    fn codes_are_those_of_the_example_in_the_rfc() {
        // RFC 1951, section 3.2.2: lengths (3, 3, 3, 3, 3, 2, 4, 4).
        let expected = [0b010, 0b011, 0b100, 0b101, 0b110, 0b00, 0b1110, 0b1111];
        let written = codes(&[3, 3, 3, 3, 3, 2, 4, 4]);
        let lengths = [3, 3, 3, 3, 3, 2, 4, 4];
        for ((code, expected), length) in written.into_iter().zip(expected).zip(lengths) {
            assert_eq!(code.reverse_bits() >> (16 - length), expected);
        }
    }
}
