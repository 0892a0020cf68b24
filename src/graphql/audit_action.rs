//! What somebody did, as clients see it.

use async_graphql::{Enum, resolver_utils::EnumType};

/// What somebody did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum AuditAction {
    /// Read the password of an archive.
    ReadPassword,
    /// Got a link to an archive, which is good for whoever has it.
    MadeDownloadLink,
    /// Began to download an archive by a link.
    Downloaded,
    /// Asked for an export.
    CreatedExport,
    /// Called an export off.
    CanceledExport,
    /// Deleted an export.
    DeletedExport,
    /// Pinned an export, or let it go.
    PinnedExport,
    /// Had an archive, or its copy at a storage, verified again.
    VerifiedExport,
    /// Had an export copied to storages again.
    UploadedExport,
    /// Changed the settings.
    ChangedSettings,
    /// Configured a storage.
    CreatedStorage,
    /// Changed a storage.
    ChangedStorage,
    /// Deleted a storage.
    DeletedStorage,
    /// Tried out a storage, or settings for one. It is noted before it is tried.
    TestedStorage,
    /// Made a token.
    CreatedToken,
    /// Revoked a token.
    RevokedToken,
    /// Something that this version of Carryall does not know: a newer one noted it.
    Unknown,
}

impl AuditAction {
    /// What a stored name stands for. A name that nobody here knows is no reason to keep the rest of the log from anybody, nor
    /// to hide that something was done.
    pub(super) fn named(name: &str) -> Self {
        Self::items().iter().find(|item| item.name == name).map_or(Self::Unknown, |item| item.value)
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;
    use crate::audit::Action;

    #[test]
    fn every_action_that_is_noted_has_its_value_and_the_rest_is_unknown() {
        assert!(Action::iter().all(|action| AuditAction::named(action.name()) != AuditAction::Unknown));
        assert_eq!(Action::iter().count() + 1, AuditAction::items().len());
        assert_eq!(AuditAction::named("PAINTED_EXPORT"), AuditAction::Unknown);
    }
}
