//! Room for the draft of an archive: what there is, what will be needed, and what a process that was killed has left on the same disk.

use entity::data_export::{Column, Entity, Model, State};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use tracing::{error, info};

use super::{Engine, failure::PackError, pack::Room, progress::Progress, worker::TICK};

/// So often a look is taken for the draft of a run that is about to be missed: for longer than that takes.
const LOOKS: usize = 6;

impl Engine {
    /// What there is room for, and what an archive like this took the last time.
    pub(super) async fn room_for(&self, export: &Model, progress: &Progress) -> Result<Room, PackError> {
        let last = self.last_like(export).await.map_err(std::io::Error::other)?;
        if let Some(last) = &last {
            progress.expect_rows(last.rows_done);
        }
        let needed: Option<u64> = last.and_then(|last| last.size_bytes).and_then(|size| size.try_into().ok());
        for _ in 0..LOOKS {
            let others = self.remove_drafts_of_ended().await;
            let free = self.parts.files.room()?;
            if others == 0 || needed.is_none_or(|needed| needed <= free) {
                break;
            }
            info!(id = %export.id, free, "there is no room while what another run has left lies there");
            tokio::time::sleep(TICK).await;
        }
        Ok(Room { free: self.parts.files.room()?, needed })
    }

    /// The newest completed export of the same kind: what it took is what this one will take, about.
    async fn last_like(&self, export: &Model) -> Result<Option<Model>, DbErr> {
        let completed = Entity::find().filter(Column::State.eq(State::Completed)).filter(Column::Removing.eq(false));
        let like = completed.filter(Column::Format.eq(export.format));
        let like = like.filter(Column::ExcludeTables.eq(&export.exclude_tables));
        like.order_by_desc(Column::Id).one(&self.parts.db).await
    }

    /// Removes the drafts of runs that have ended: a process that was lost has left them on this machine. Returns how many there are
    /// of runs that go on elsewhere, or are yet to be missed.
    pub(super) async fn remove_drafts_of_ended(&self) -> usize {
        self.try_to_remove_drafts().await.unwrap_or_else(|cause| {
            error!(%cause, "it cannot be seen which drafts have been left");
            0
        })
    }

    async fn try_to_remove_drafts(&self) -> Result<usize, DbErr> {
        let drafts = self.parts.files.drafts().await.map_err(|cause| DbErr::Custom(cause.to_string()))?;
        let names: Vec<_> = drafts.into_iter().map(|found| found.name).collect();
        if names.is_empty() {
            return Ok(0);
        }
        let mut others = 0;
        for export in Entity::find().filter(Column::FileName.is_in(names)).all(&self.parts.db).await? {
            let Some(name) = export.file_name.filter(|_| !self.running.has(export.id)) else { continue };
            match export.state {
                State::Failed | State::Canceled => match self.parts.files.remove_draft(&name).await {
                    Ok(()) => info!(id = %export.id, file_name = name, "the draft of a run that was lost was removed"),
                    Err(cause) => error!(id = %export.id, %cause, "the draft of a run that was lost cannot be removed"),
                },
                State::Running => others += 1,
                State::Queued | State::Completed => {}
            }
        }
        Ok(others)
    }
}
