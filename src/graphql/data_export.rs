//! An export, as clients see it.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject, connection::Connection};
use chrono::{DateTime, Utc};
use entity::{
    data_export::{FailureCode, Model, State},
    source_snapshot,
};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder};

use super::{
    PublicUrl,
    data_export_connection::TotalCount,
    exported_table::{self, ExportedTable},
    failure::Failure,
    scalar::{BigInt, Url},
};
use crate::export::Engine;

/// Longest life of a link, in seconds: a day.
const LINK_MAXIMUM: i32 = 86_400;

/// One export: a copy of all data, as it was when the export ran.
pub struct DataExport(pub Model);

#[Object]
impl DataExport {
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What the person who asked for it calls it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    async fn status(&self) -> DataExportStatus {
        self.0.state.into()
    }

    /// What made it.
    async fn trigger(&self) -> ExportTrigger {
        self.0.trigger.into()
    }

    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    async fn started_at(&self) -> Option<DateTime<Utc>> {
        self.0.started_at
    }

    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }

    /// The name of the token that asked for it.
    async fn created_by(&self) -> Option<&str> {
        self.0.created_by.as_deref()
    }

    /// How its tables are written.
    async fn format(&self) -> TableFormat {
        self.0.format.into()
    }

    /// The name of the archive; null until the export is completed.
    async fn file_name(&self) -> Option<&str> {
        self.0.file_name.as_deref().filter(|_| self.0.state == State::Completed)
    }

    /// The archive's length in bytes.
    async fn size_bytes(&self) -> Option<BigInt> {
        self.0.size_bytes.map(BigInt)
    }

    /// The archive's SHA-256, in lower-case hexadecimal.
    async fn sha256(&self) -> Option<&str> {
        self.0.sha256.as_deref()
    }

    /// The archive's password; null until the export is completed.
    async fn file_password(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        if self.0.state != State::Completed {
            return Ok(None);
        }
        let password = ctx.data::<Arc<Engine>>()?.file_password(&self.0)?;
        Ok(Some(password.expose().to_owned()))
    }

    /// A link to the archive that needs no token and expires, after 1 to 86400 seconds. It serves ranges, so that a
    /// broken download can go on. Null when there is no file on the instance.
    async fn download_url(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 300)] expires_in_seconds: i32,
    ) -> Result<Option<Url>, Failure> {
        let seconds =
            u32::try_from(expires_in_seconds).ok().filter(|_| (1..=LINK_MAXIMUM).contains(&expires_in_seconds));
        let seconds =
            seconds.ok_or_else(|| Failure::BadArgument(format!("expiresInSeconds must be 1 to {LINK_MAXIMUM}.")))?;
        let PublicUrl(base) = ctx.data::<PublicUrl>()?;
        let path = ctx.data::<Arc<Engine>>()?.download_path(&self.0, seconds).await?;
        Ok(path.map(|path| Url(format!("{base}{path}"))))
    }

    /// How far it is.
    async fn progress(&self) -> DataExportProgress {
        DataExportProgress::from(&self.0)
    }

    /// The tables in the archive, in its order; none until the export is completed. `first` is at most 100.
    async fn tables(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 100)] first: i32,
        after: Option<String>,
    ) -> Result<Connection<String, ExportedTable, TotalCount>, Failure> {
        exported_table::connection(ctx.data::<DatabaseConnection>()?, self.0.id, first, after).await
    }

    /// What reading the archive back has shown.
    async fn verification(&self) -> ExportVerification {
        ExportVerification::from(&self.0)
    }

    /// Why it failed; null unless it did.
    async fn failure(&self) -> Option<ExportFailure> {
        Some(ExportFailure {
            code: self.0.failure_code?.into(),
            message: self.0.failure_message.clone().unwrap_or_default(),
            table: self.0.failure_table.clone(),
        })
    }

    /// Where and when its data was read; empty until the export is completed.
    async fn snapshots(&self, ctx: &Context<'_>) -> Result<Vec<SourceSnapshot>, Failure> {
        let snapshots = source_snapshot::Entity::find()
            .filter(source_snapshot::Column::DataExportId.eq(self.0.id))
            .order_by_asc(source_snapshot::Column::TakenAt)
            .all(ctx.data::<DatabaseConnection>()?)
            .await?;
        Ok(snapshots.into_iter().map(SourceSnapshot::from).collect())
    }
}

/// Where an export stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::data_export::State")]
pub enum DataExportStatus {
    /// It waits for its turn.
    Queued,
    /// It is being made.
    Running,
    /// The archive was read back and can be downloaded.
    Completed,
    /// It ended without an archive: `failure` says why.
    Failed,
}

/// What made an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::data_export::Trigger")]
pub enum ExportTrigger {
    /// A person or an integration asked for it.
    Manual,
}

/// How tables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::data_export::TableFormat")]
pub enum TableFormat {
    /// RFC 4180, UTF-8, with a header; NULL is an empty field, an empty text is `""`.
    Csv,
}

/// What an export is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::data_export::Phase")]
pub enum ExportPhase {
    /// It waits for its turn.
    Queued,
    /// It opens the sources and lists their tables.
    Connecting,
    /// It reads tables and writes them into the archive.
    Exporting,
    /// It reads the archive back and compares.
    Verifying,
    /// Nothing more will happen.
    Done,
}

/// How far an export is.
#[derive(Clone, Debug, SimpleObject)]
pub struct DataExportProgress {
    phase: ExportPhase,
    /// Tables written whole.
    tables_done: i32,
    /// Tables there are to write; 0 until the sources were asked.
    tables_total: i32,
    /// Rows written.
    rows_done: BigInt,
    /// Bytes read from the sources, in the export's format.
    bytes_read: BigInt,
    /// Bytes of the archive so far.
    bytes_written: BigInt,
    /// The table being written.
    current_table: Option<String>,
    /// Counts the changes, so that an old state can be told from a new one.
    sequence: BigInt,
    updated_at: DateTime<Utc>,
}

impl From<&Model> for DataExportProgress {
    fn from(row: &Model) -> Self {
        Self {
            phase: row.phase.into(),
            tables_done: row.tables_done,
            tables_total: row.tables_total,
            rows_done: BigInt(row.rows_done),
            bytes_read: BigInt(row.bytes_read),
            bytes_written: BigInt(row.bytes_written),
            current_table: row.current_table.clone(),
            sequence: BigInt(row.sequence),
            updated_at: row.updated_at,
        }
    }
}

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
        } else if row.phase == entity::data_export::Phase::Verifying {
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

/// Why an export failed.
#[derive(Clone, Debug, SimpleObject)]
pub struct ExportFailure {
    /// A stable code for programs.
    code: ExportErrorCode,
    /// What happened, to what, and what to do next.
    message: String,
    /// The table at which it happened.
    table: Option<String>,
}

/// A stable code for why an export failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::data_export::FailureCode")]
pub enum ExportErrorCode {
    /// The server stopped while the export ran.
    WorkerLost,
    /// A source could not be opened.
    SourceUnreachable,
    /// A source refused access.
    SourceUnauthorized,
    /// A table could not be read whole.
    TableUnreadable,
    /// There was no room for the archive.
    DiskFull,
    /// The archive, read back, was not what had been written.
    VerificationFailed,
    /// A fault of the server; its log says more.
    Internal,
}

/// When, and from which server, one source was read.
#[derive(Clone, Debug, SimpleObject)]
pub struct SourceSnapshot {
    /// The name of the source in the server's settings.
    source: String,
    /// The kind of database, as in the archive's descriptor: `sqlite`.
    engine: String,
    /// What the database says its version is.
    server_version: String,
    /// The data is as it was then.
    taken_at: DateTime<Utc>,
}

impl From<source_snapshot::Model> for SourceSnapshot {
    fn from(row: source_snapshot::Model) -> Self {
        Self { source: row.source, engine: row.engine, server_version: row.server_version, taken_at: row.taken_at }
    }
}
