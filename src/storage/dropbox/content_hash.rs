//! Dropbox's own sum: the SHA-256 of the SHA-256 sums of all blocks of 4 MiB.

use sha2::{Digest, Sha256};

use crate::{archive::hexadecimal, storage::reading::Sum};

const BLOCK: usize = 4 << 20;

/// The sum of the bytes so far.
#[derive(Clone, Default)]
pub(super) struct ContentHash {
    of_blocks: Sha256,
    block: Sha256,
    in_block: usize,
}

impl Sum for ContentHash {
    fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(BLOCK - self.in_block));
            self.block.update(now);
            self.in_block += now.len();
            if self.in_block == BLOCK {
                self.of_blocks.update(self.block.finalize_reset());
                self.in_block = 0;
            }
            bytes = later;
        }
    }
}

impl ContentHash {
    /// As Dropbox writes it.
    pub(super) fn text(&self) -> String {
        let mut all = self.of_blocks.clone();
        if self.in_block > 0 {
            all.update(self.block.clone().finalize());
        }
        hexadecimal(&all.finalize())
    }

    /// That of these bytes.
    pub(super) fn of(bytes: &[u8]) -> String {
        let mut hash = Self::default();
        hash.update(bytes);
        hash.text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_summed_whatever_the_pieces() {
        let bytes: Vec<u8> = (0..BLOCK * 2 + 5).map(|at| (at % 251) as u8).collect();
        let mut expected = Sha256::new();
        bytes.chunks(BLOCK).for_each(|block| expected.update(Sha256::digest(block)));
        let expected = hexadecimal(&expected.finalize());
        assert_eq!(ContentHash::of(&bytes), expected);
        let mut pieces = ContentHash::default();
        bytes.chunks(100_003).for_each(|piece| pieces.update(piece));
        assert_eq!(pieces.text(), expected);
        let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(ContentHash::of(b""), nothing);
    }
}
