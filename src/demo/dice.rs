//! Chance that falls the same way each time: every noun has a stream of its own, so a change to one leaves the others be.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

const SEED: [u8; 32] = *b"carryall demo: heronwire, 2026.1";

/// A seeded generator. Ranges are scaled here, in integers, so that no library's choice of algorithm shows in the data.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream that belongs to `noun`.
    pub(super) fn of(noun: &str) -> Self {
        let mut generator = ChaCha8Rng::from_seed(SEED);
        let stream = noun.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(257).wrapping_add(u64::from(byte)));
        generator.set_stream(stream);
        Self(generator)
    }

    /// From 0 up to, not including, `end`; 0 when `end` is 0.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        let scaled = (u64::from(self.0.next_u32()) * u64::from(end)) >> 32;
        u32::try_from(scaled).unwrap_or_default()
    }

    /// From `low` to `high`, both included; `low` when they are the wrong way round.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u128::try_from(i128::from(high) - i128::from(low) + 1).unwrap_or(1);
        let offset = (u128::from(self.0.next_u64()) * span) >> 64;
        low.saturating_add(i64::try_from(offset).unwrap_or_default())
    }

    /// True in about `percent` of a hundred throws.
    pub(super) fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// `value` in about `percent` of a hundred throws.
    pub(super) fn maybe<T>(&mut self, percent: u32, value: T) -> Option<T> {
        self.chance(percent).then_some(value)
    }

    /// One of `items`.
    pub(super) fn pick<T: Copy, const N: usize>(&mut self, items: [T; N]) -> T {
        const { assert!(N > 0) };
        items[self.index(N)]
    }

    /// One of `items`, or nothing of nothing.
    pub(super) fn pick_from<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.index(items.len()))
    }

    /// Takes one out of `items`.
    pub(super) fn take<T>(&mut self, items: &mut Vec<T>) -> Option<T> {
        let index = self.index(items.len());
        (index < items.len()).then(|| items.swap_remove(index))
    }

    /// One of `words`, or the empty text of none.
    pub(super) fn word<'a>(&mut self, words: &'a [String]) -> &'a str {
        self.pick_from(words).map_or("", String::as_str)
    }

    /// `length` bytes of anything.
    pub(super) fn bytes(&mut self, length: u32) -> Vec<u8> {
        let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    /// A whole number from `low` to `high`, divided by `divisor`: one rounding, the same on every machine.
    pub(super) fn real(&mut self, low: i32, high: i32, divisor: i32) -> f64 {
        let whole = self.between(i64::from(low), i64::from(high));
        f64::from(i32::try_from(whole).unwrap_or_default()) / f64::from(divisor)
    }

    fn index(&mut self, length: usize) -> usize {
        let end = u32::try_from(length).unwrap_or(u32::MAX);
        usize::try_from(self.below(end)).unwrap_or_default()
    }
}
