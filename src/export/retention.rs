//! Which finished exports are kept. Nothing here reads a clock or a table, or removes anything.

use std::collections::HashMap;

use uuid::Uuid;

/// A completed export, as far as keeping it is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its id: a later one was asked for later.
    pub id: Uuid,
    /// Somebody wants it kept.
    pub pinned: bool,
    /// Its archive is there and was whole when it was last read.
    pub good: bool,
}

/// Why an export is kept or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is pinned: kept, and not counted.
    Pinned,
    /// It is among the newest that may be kept.
    WithinMaximum,
    /// There are enough newer ones.
    PastMaximum,
    /// Its archive is gone or damaged: it is not counted, so that no good one goes for it, and is left for people to see.
    NoGoodFile,
}

impl Reason {
    /// Whether it is kept.
    pub fn keeps(self) -> bool {
        self != Self::PastMaximum
    }
}

/// Decides over `candidates`, of which the newest `maximum` good ones that nobody has pinned are kept.
pub fn plan(mut candidates: Vec<Candidate>, maximum: usize) -> HashMap<Uuid, Reason> {
    candidates.sort_unstable_by_key(|candidate| std::cmp::Reverse(candidate.id));
    let mut counted = 0;
    let mut decide = |candidate: Candidate| match candidate {
        Candidate { pinned: true, .. } => Reason::Pinned,
        Candidate { good: false, .. } => Reason::NoGoodFile,
        _ => {
            counted += 1;
            if counted <= maximum { Reason::WithinMaximum } else { Reason::PastMaximum }
        }
    };
    candidates.into_iter().map(|candidate| (candidate.id, decide(candidate))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn history() -> impl Strategy<Value = Vec<Candidate>> {
        let candidate = (any::<u32>(), any::<bool>(), prop::bool::weighted(0.8));
        let candidate =
            candidate.prop_map(|(id, pinned, good)| Candidate { id: Uuid::from_u128(id.into()), pinned, good });
        prop::collection::vec(candidate, 0..60).prop_map(|mut candidates| {
            candidates.sort_unstable_by_key(|candidate| candidate.id);
            candidates.dedup_by_key(|candidate| candidate.id);
            candidates
        })
    }

    proptest! {
        #[test]
        fn whatever_the_history_no_good_one_goes_that_is_pinned_or_needed(history in history(), maximum in 1_usize..12) {
            let plan = plan(history.clone(), maximum);
            prop_assert_eq!(plan.len(), history.len());
            let of = |id| history.iter().find(|candidate| candidate.id == id).copied();
            let (kept, gone): (Vec<_>, Vec<_>) = plan.into_iter().partition(|(_, reason)| reason.keeps());
            let counts = |candidate: &Candidate| candidate.good && !candidate.pinned;
            let good = history.iter().filter(|candidate| counts(candidate)).count();
            let good_kept = kept.iter().filter_map(|(id, _)| of(*id)).filter(counts).count();
            prop_assert_eq!(good_kept, good.min(maximum), "never fewer than there may be, and never more");
            for (id, _) in &gone {
                let candidate = of(*id);
                prop_assert!(candidate.is_some_and(|candidate| candidate.good && !candidate.pinned));
                let newer = kept.iter().filter_map(|(id, _)| of(*id)).filter(counts).all(|kept| kept.id > *id);
                prop_assert!(newer, "nothing that is newer than what stays goes");
            }
        }
    }
}
