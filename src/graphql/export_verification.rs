//! What reading the archive back has shown.

use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, Utc};
use entity::data_export::{FailureCode, Model, Phase};

use super::scalar::BigInt;

/// What reading the archive back has shown: decrypted, inflated, and every table's rows and SHA-256 compared.
#[derive(Clone, Debug, SimpleObject)]
pub struct ExportVerification {
    status: VerificationStatus,
    checked_at: Option<DateTime<Utc>>,
    tables_checked: i32,
    rows_checked: BigInt,
}

/// How the reading back went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum VerificationStatus {
    /// It did not come to that.
    NotVerified,
    /// The archive is being read back.
    Running,
    /// Everything is as it was written.
    Passed,
    /// Something is not, and so the archive is not offered.
    Failed,
}

impl From<&Model> for ExportVerification {
    fn from(row: &Model) -> Self {
        let status = if row.verified_at.is_some() {
            VerificationStatus::Passed
        } else if row.failure_code == Some(FailureCode::VerificationFailed) {
            VerificationStatus::Failed
        } else if row.phase == Phase::Verifying {
            VerificationStatus::Running
        } else {
            VerificationStatus::NotVerified
        };
        Self {
            status,
            checked_at: row.verified_at,
            tables_checked: row.tables_checked,
            rows_checked: BigInt(row.rows_checked),
        }
    }
}
