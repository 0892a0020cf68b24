//! What reading the archive back has shown.

use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, Utc};
use entity::data_export::{FailureCode, Model, Phase};

use crate::scalar::BigInt;

/// What reading the archive back has shown: decrypted, inflated, and every table's rows and SHA-256 compared.
#[derive(Clone, Debug, SimpleObject)]
pub struct ExportVerification {
    /// How it went, or that it goes on.
    status: VerificationStatus,
    /// When the archive was last read back whole; null if it never was.
    checked_at: Option<DateTime<Utc>>,
    /// How many tables, views and files were compared.
    tables_checked: i32,
    /// How many rows were compared.
    rows_checked: BigInt,
    /// What was wrong, in words for people; empty if nothing was.
    mismatches: Vec<String>,
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
    /// Something is not: `mismatches` says what. An archive in which that is found before it is offered is not offered.
    Failed,
}

impl ExportVerification {
    /// Of an export whose archive is being read again, or is not.
    pub(super) fn of(row: &Model, reading: bool) -> Self {
        // Written by `export::queue`, as an array of texts.
        let mismatches: Vec<String> = serde_json::from_str(&row.mismatches).unwrap_or_default();
        let status = if reading || row.phase == Phase::Verifying {
            VerificationStatus::Running
        } else if !mismatches.is_empty() || row.failure_code == Some(FailureCode::VerificationFailed) {
            VerificationStatus::Failed
        } else if row.verified_at.is_some() {
            VerificationStatus::Passed
        } else {
            VerificationStatus::NotVerified
        };
        Self {
            status,
            checked_at: row.verified_at,
            tables_checked: row.tables_checked,
            rows_checked: BigInt(row.rows_checked),
            mismatches,
        }
    }
}
