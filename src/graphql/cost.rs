//! What fields cost, of which a document may have so much (`document-complexity`): 1, unless they say otherwise.

/// A field for which something is written, and synced, before it is given.
pub(super) const NOTED: usize = 100;

/// A field for which another row is looked for: a page asks for it a hundred times.
pub(super) const LOOKED_UP: usize = 10;

/// A mutation: something is changed, noted and synced.
pub(super) const CHANGE: usize = 1000;

/// As how long lists count that nobody fills with thousands: sources, storages, tokens.
pub(super) const FEW: i32 = 20;

/// A list of so many, each of which costs as much as is selected of it. What is no length that is served costs as one.
pub(super) fn page_cost(length: i32, each: usize) -> usize {
    let length = usize::try_from(length).unwrap_or(1).clamp(1, 1000);
    length.saturating_mul(each).saturating_add(1)
}
