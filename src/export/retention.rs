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
    /// A copy of it is still to be made that its storage would keep.
    pub awaited: bool,
}

/// A copy of an export at a storage, as far as keeping it is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copy {
    /// The export's id.
    pub export: Uuid,
    /// Somebody wants the export kept.
    pub pinned: bool,
    /// It is there, and the storage has said that it is whole.
    pub arrived: bool,
    /// It is on its way there.
    pub waits: bool,
}

/// Why an export is kept or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is pinned: kept, and not counted.
    Pinned,
    /// It is among the newest that may be kept.
    WithinMaximum,
    /// There are enough newer ones, but it is still to be copied to a storage: it is kept until that is done or given up.
    AwaitsUpload,
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
            match candidate {
                _ if counted <= maximum => Reason::WithinMaximum,
                Candidate { awaited: true, .. } => Reason::AwaitsUpload,
                _ => Reason::PastMaximum,
            }
        }
    };
    candidates.into_iter().map(|candidate| (candidate.id, decide(candidate))).collect()
}

/// Decides over the copies at one storage, of which the newest `maximum` that have arrived and that nobody has pinned are
/// kept. Of those that have not arrived only the ones are named that are older than all of these: they are of no use there.
pub fn plan_copies(mut copies: Vec<Copy>, maximum: usize) -> HashMap<Uuid, Reason> {
    copies.sort_unstable_by_key(|copy| std::cmp::Reverse(copy.export));
    let mut counted = 0;
    let mut decide = |copy: &Copy| match copy {
        Copy { pinned: true, arrived, .. } => arrived.then_some(Reason::Pinned),
        Copy { arrived: false, .. } => (counted >= maximum).then_some(Reason::PastMaximum),
        _ => {
            counted += 1;
            Some(if counted <= maximum { Reason::WithinMaximum } else { Reason::PastMaximum })
        }
    };
    copies.iter().filter_map(|copy| Some((copy.export, decide(copy)?))).collect()
}

/// The exports whose copies at one storage are on their way, and would be among the newest `maximum` there: their files must
/// stay until they have arrived.
pub fn awaited(mut copies: Vec<Copy>, maximum: usize) -> Vec<Uuid> {
    copies.retain(|copy| copy.arrived || copy.waits);
    copies.sort_unstable_by_key(|copy| std::cmp::Reverse(copy.export));
    let (pinned, others): (Vec<_>, Vec<_>) = copies.into_iter().partition(|copy| copy.pinned);
    let wanted = pinned.into_iter().chain(others.into_iter().take(maximum));
    wanted.filter(|copy| copy.waits).map(|copy| copy.export).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn history() -> impl Strategy<Value = Vec<Candidate>> {
        let candidate = (any::<u32>(), any::<bool>(), prop::bool::weighted(0.8), prop::bool::weighted(0.1));
        let candidate = candidate.prop_map(|(id, pinned, good, awaited)| {
            let id = Uuid::from_u128(id.into());
            Candidate { id, pinned, good, awaited }
        });
        prop::collection::vec(candidate, 0..60).prop_map(|mut candidates| {
            candidates.sort_unstable_by_key(|candidate| candidate.id);
            candidates.dedup_by_key(|candidate| candidate.id);
            candidates
        })
    }

    fn copies() -> impl Strategy<Value = Vec<Copy>> {
        let copy = (any::<u32>(), prop::bool::weighted(0.2), 0..3).prop_map(|(export, pinned, standing)| {
            let export = Uuid::from_u128(export.into());
            Copy { export, pinned, arrived: standing == 0, waits: standing == 1 }
        });
        prop::collection::vec(copy, 0..30).prop_map(|mut copies| {
            copies.sort_unstable_by_key(|copy| copy.export);
            copies.dedup_by_key(|copy| copy.export);
            copies
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
            let waiting = kept.iter().filter(|(_, reason)| *reason == Reason::AwaitsUpload).count();
            prop_assert_eq!(good_kept - waiting, good.min(maximum), "never fewer than there may be, and never more");
            for (id, _) in &gone {
                let candidate = of(*id);
                prop_assert!(candidate.is_some_and(|candidate| candidate.good && !candidate.pinned && !candidate.awaited));
                let stay = kept.iter().filter(|(_, reason)| *reason == Reason::WithinMaximum);
                let newer = stay.filter_map(|(id, _)| of(*id)).all(|kept| kept.id > *id);
                prop_assert!(newer, "nothing that is newer than what stays goes");
            }
        }

        #[test]
        fn a_storage_keeps_the_newest_that_arrived_and_none_of_them_goes_before_enough_newer_ones_are_there(
            copies in copies(), maximum in 1_usize..6,
        ) {
            let plan = plan_copies(copies.clone(), maximum);
            let arrived = |copy: &&Copy| copy.arrived && !copy.pinned;
            let there = copies.iter().filter(arrived).count();
            let kept = copies.iter().filter(arrived).filter(|copy| plan[&copy.export].keeps()).count();
            prop_assert_eq!(kept, there.min(maximum));
            for copy in copies.iter().filter(|copy| plan.get(&copy.export).is_some_and(|reason| !reason.keeps())) {
                let newer = copies.iter().filter(arrived).filter(|other| other.export > copy.export).count();
                prop_assert!(!copy.pinned && newer >= maximum);
            }
        }

        #[test]
        fn a_file_waits_for_a_copy_only_as_long_as_the_storage_would_keep_it(copies in copies(), maximum in 1_usize..6) {
            let awaited = awaited(copies.clone(), maximum);
            for copy in &copies {
                let newer = copies.iter().filter(|other| !other.pinned && (other.arrived || other.waits));
                let newer = newer.filter(|other| other.export > copy.export).count();
                let wanted = copy.waits && (copy.pinned || newer < maximum);
                prop_assert_eq!(awaited.contains(&copy.export), wanted);
            }
        }
    }
}
