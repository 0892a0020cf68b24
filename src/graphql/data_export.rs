//! An export, as clients see it.

use std::sync::Arc;

use async_graphql::{Context, Description, Enum, ID, Object, connection::Connection};
use chrono::{DateTime, Utc};
use entity::{
    data_export::{Column, Entity, Model, State},
    source_snapshot,
};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder};

use super::{
    PublicUrl,
    audit_event::note,
    copies::Copies,
    cost::{FEW, LOOKED_UP, NOTED, page_cost},
    data_export_connection::{TotalCount, completed_before},
    data_export_progress::DataExportProgress,
    export_failure::ExportFailure,
    export_verification::ExportVerification,
    exported_table::{self, ExportedTable},
    failure::Failure,
    file_status::FileStatus,
    guard,
    source_snapshot::SourceSnapshot,
    upload::{self, Upload, UploadStatus},
};
use crate::{
    audit::{Action, link_detail},
    export::Engine,
    scalar::{BigInt, Url},
};

/// Longest life of a link, in seconds: a day.
const LINK_MAXIMUM: i32 = 86_400;

/// One export: a copy of all data, as it was when the export ran.
#[derive(Description)]
pub struct DataExport {
    row: Model,
    /// Those of its page.
    copies: Arc<Copies>,
}

impl DataExport {
    /// An export that stands alone.
    pub(super) fn alone(row: Model) -> Self {
        Self { copies: Copies::of(vec![row.id]), row }
    }

    /// The exports of a page.
    pub(super) fn page(rows: Vec<Model>) -> impl Iterator<Item = Self> {
        let copies = Copies::of(rows.iter().map(|row| row.id).collect());
        rows.into_iter().map(move |row| Self { row, copies: Arc::clone(&copies) })
    }

    /// Its id.
    pub(super) fn key(&self) -> uuid::Uuid {
        self.row.id
    }
}

#[Object(use_type_description)]
impl DataExport {
    /// Its id, by which queries and mutations take it.
    async fn id(&self) -> ID {
        self.row.id.into()
    }

    /// What the person who asked for it calls it.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// Where it stands.
    async fn status(&self) -> DataExportStatus {
        self.row.state.into()
    }

    /// What made it.
    async fn trigger(&self) -> ExportTrigger {
        self.row.trigger.into()
    }

    /// When it was asked for.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When it began to run; null while it waits.
    async fn started_at(&self) -> Option<DateTime<Utc>> {
        self.row.started_at
    }

    /// When it was completed, failed or was canceled; null until then.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.row.finished_at
    }

    /// The name of the token that asked for it; null if it was made by night.
    async fn created_by(&self) -> Option<&str> {
        self.row.created_by.as_deref()
    }

    /// How its tables are written.
    async fn format(&self) -> TableFormat {
        self.row.format.into()
    }

    /// The patterns for tables that it leaves out.
    async fn exclude_tables(&self) -> Vec<String> {
        // Written by `export::queue`, as an array of texts.
        serde_json::from_str(&self.row.exclude_tables).unwrap_or_default()
    }

    /// The name of the archive; null until the export is completed.
    async fn file_name(&self) -> Option<&str> {
        self.row.file_name.as_deref().filter(|_| self.row.state == State::Completed)
    }

    /// The archive's length in bytes; null until the export is completed.
    async fn size_bytes(&self) -> Option<BigInt> {
        self.row.size_bytes.map(BigInt)
    }

    /// The archive's SHA-256, in lower-case hexadecimal; null until the export is completed.
    async fn sha256(&self) -> Option<&str> {
        self.row.sha256.as_deref()
    }

    /// The archive's password; null until the export is completed.
    #[graphql(guard = "guard::operator", complexity = "NOTED")]
    async fn file_password(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        if self.row.state != State::Completed {
            return Ok(None);
        }
        let password = ctx.data::<Arc<Engine>>()?.file_password(&self.row)?;
        note(ctx, Action::ReadPassword, self.row.id, None).await?;
        Ok(Some(password.expose().to_owned()))
    }

    /// A link to the archive that needs no token and expires, after 1 to 86400 seconds. It serves ranges, so that a
    /// broken download can go on. Null when there is no file on the instance.
    #[graphql(guard = "guard::operator", complexity = "NOTED")]
    async fn download_url(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 300, desc = "How long the link is good for, in seconds: 1 to 86400.")]
        expires_in_seconds: i32,
    ) -> Result<Option<Url>, Failure> {
        let seconds =
            u32::try_from(expires_in_seconds).ok().filter(|_| (1..=LINK_MAXIMUM).contains(&expires_in_seconds));
        let seconds =
            seconds.ok_or_else(|| Failure::BadArgument(format!("`expiresInSeconds` must be 1 to {LINK_MAXIMUM}.")))?;
        let PublicUrl(base) = ctx.data::<PublicUrl>()?;
        let engine = ctx.data::<Arc<Engine>>()?;
        let expires = engine.now() + chrono::TimeDelta::seconds(seconds.into());
        let path = engine.download_path(&self.row, expires).await?;
        if path.is_some() {
            let detail = Some(link_detail(expires.timestamp()));
            note(ctx, Action::MadeDownloadLink, self.row.id, detail).await?;
        }
        Ok(path.map(|path| Url(format!("{base}{path}"))))
    }

    /// How far it is.
    async fn progress(&self) -> DataExportProgress {
        DataExportProgress::from(&self.row)
    }

    /// The tables in the archive, in its order; none until the export is completed. `first` is at most 100.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn tables(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 100, desc = "How many tables at most: 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of a table: the page begins behind it. Without it, at the first table.")]
        after: Option<String>,
    ) -> Result<Connection<String, ExportedTable, TotalCount>, Failure> {
        exported_table::connection(ctx.data::<DatabaseConnection>()?, self.row.id, first, after).await
    }

    /// What reading the archive back has shown.
    async fn verification(&self, ctx: &Context<'_>) -> Result<ExportVerification, Failure> {
        Ok(ExportVerification::of(&self.row, ctx.data::<Arc<Engine>>()?.is_reading(&self.row)))
    }

    /// Whether its archive is on the instance.
    async fn file_status(&self, ctx: &Context<'_>) -> Result<FileStatus, Failure> {
        Ok(FileStatus::of(ctx.data::<Arc<Engine>>()?, &self.row).await?)
    }

    /// How its copies at the storages stand together.
    async fn upload_status(&self, ctx: &Context<'_>) -> Result<UploadStatus, Failure> {
        upload::status(ctx.data::<DatabaseConnection>()?, &self.row, &self.copies).await
    }

    /// Its copies at the storages.
    #[graphql(complexity = "page_cost(FEW, child_complexity)")]
    async fn uploads(&self, ctx: &Context<'_>) -> Result<Vec<Upload>, Failure> {
        let (engine, db) = (ctx.data::<Arc<Engine>>()?, ctx.data::<DatabaseConnection>()?);
        upload::uploads(engine, db, &self.row, &self.copies).await
    }

    /// Whether somebody has called it off while it runs.
    async fn cancel_requested(&self) -> bool {
        self.row.cancel_requested
    }

    /// Whether retention never removes it, and does not count it.
    async fn pinned(&self) -> bool {
        self.row.pinned
    }

    /// The completed export that comes next behind this one in the history, to compare their tables; null if there is none.
    #[graphql(complexity = "LOOKED_UP + child_complexity")]
    async fn previous(&self, ctx: &Context<'_>) -> Result<Option<DataExport>, Failure> {
        Ok(completed_before(ctx.data::<DatabaseConnection>()?, self.row.id).await?.map(DataExport::alone))
    }

    /// The export that this one makes good for; null if it is no restart, or the other is no longer in the history.
    async fn restart_of(&self, ctx: &Context<'_>) -> Result<Option<DataExport>, Failure> {
        let Some(id) = self.row.restart_of else { return Ok(None) };
        Ok(ctx.data::<Arc<Engine>>()?.in_history(id).await?.map(DataExport::alone))
    }

    /// The export that makes good for this one, which timed out, stalled or lost its worker; null if there is none.
    async fn restarted_as(&self, ctx: &Context<'_>) -> Result<Option<DataExport>, Failure> {
        if self.row.state != State::Failed {
            return Ok(None);
        }
        let restart = Entity::find().filter(Column::RestartOf.eq(self.row.id)).filter(Column::Removing.eq(false));
        Ok(restart.one(ctx.data::<DatabaseConnection>()?).await?.map(DataExport::alone))
    }

    /// Why it failed; null unless it did.
    async fn failure(&self) -> Option<ExportFailure> {
        ExportFailure::of(&self.row)
    }

    /// Where and when its data was read; empty until the export is completed.
    async fn snapshots(&self, ctx: &Context<'_>) -> Result<Vec<SourceSnapshot>, Failure> {
        let snapshots = source_snapshot::Entity::find()
            .filter(source_snapshot::Column::DataExportId.eq(self.row.id))
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
    /// Somebody called it off.
    Canceled,
}

/// What made an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::data_export::Trigger")]
pub enum ExportTrigger {
    /// A person or an integration asked for it.
    Manual,
    /// Midnight UTC.
    Automatic,
    /// An earlier one timed out, stalled or lost its worker: `restartOf` says which. Or the server was stopped while it ran.
    Restart,
}

/// How tables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::data_export::TableFormat")]
pub enum TableFormat {
    /// RFC 4180, UTF-8, with a header; NULL is an empty field, an empty text is `""`.
    Csv,
    /// JSON Lines: an object a row, without any loss.
    Jsonl,
}
