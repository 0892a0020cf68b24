//! The processes over one database: each says now and then that it is there.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    data_export::{Column as ExportColumn, Entity as Exports, Model as Export, State},
    process::{ActiveModel, Column, Entity, Model},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, ExprTrait, IntoActiveModel,
    QueryFilter, QueryOrder, sea_query::OnConflict,
};
use tracing::{error, warn};

use super::{Engine, sealed, worker::TICK};
use crate::database::answered;

/// A process that was not heard of for so long is not counted any more.
const SILENT: TimeDelta = TimeDelta::seconds(40);
/// One that was not heard of for so long is forgotten.
const FORGOTTEN: TimeDelta = TimeDelta::hours(1);
/// So often one says that it is there that has its database for itself: nobody counts on it, and each time costs a write.
const SELDOM: Duration = Duration::from_secs(60);
/// And then it is not counted any more after so long.
const SILENT_ALONE: TimeDelta = TimeDelta::seconds(150);

/// What a process says of itself.
#[derive(Clone, Debug)]
pub struct Introduction {
    /// The name of the machine and the number of the process there.
    pub host: String,
    /// Whether it makes exports.
    pub worker: bool,
}

/// The key was replaced, and this process has none that opens what is sealed now: it was frozen or cut off while the others were
/// given the new one. What it would seal, nobody could open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retired;

impl Engine {
    /// Says that this process is there, and hears what others do. Returns only when it may do so no longer.
    pub async fn take_part(&self, introduction: &Introduction) -> Retired {
        tokio::select! {
            never = self.bus.listen(&self.parts.db) => match never {},
            retired = self.be_seen(introduction) => retired,
        }
    }

    /// Says that this process ends, and gives up what others can begin anew.
    pub async fn leave(&self) {
        if let Err(cause) = self.give_up_readings().await {
            warn!(%cause, "that archives are no longer read again could not be noted");
        }
        if let Err(cause) = Entity::delete_by_id(self.worker).exec(&self.parts.db).await {
            warn!(%cause, "that this process ends could not be noted");
        }
    }

    async fn be_seen(&self, introduction: &Introduction) -> Retired {
        let now = self.parts.clock.now();
        let this = Model {
            id: self.worker,
            host: introduction.host.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            worker: introduction.worker,
            keys: super::queue::list(&self.parts.keys.marks()),
            started_at: now,
            seen_at: now,
        };
        loop {
            match answered(sealed::is_known(&self.parts.db, &self.parts.keys)).await {
                Ok(true) => {}
                Ok(false) => {
                    error!("the key was replaced by one that this process does not have, so it ends");
                    return Retired;
                }
                Err(cause) => warn!(%cause, "whether the key was replaced could not be looked up"),
            }
            if let Err(cause) = answered(self.say_hello(this.clone())).await {
                warn!(%cause, "that this process is there could not be noted");
            }
            tokio::time::sleep(if self.is_shared() { TICK } else { SELDOM }).await;
        }
    }

    async fn say_hello(&self, this: Model) -> Result<(), DbErr> {
        let now = self.parts.clock.now();
        let row: ActiveModel = Model { seen_at: now, ..this }.into_active_model().reset_all();
        let again = OnConflict::column(Column::Id).update_column(Column::SeenAt).to_owned();
        Entity::insert(row).on_conflict(again).exec_without_returning(&self.parts.db).await?;
        let others = Column::Id.ne(self.worker);
        // Who has the database for itself knows that those before it have ended.
        let gone = if self.is_shared() { others.and(Column::SeenAt.lt(now - FORGOTTEN)) } else { others };
        let gone = Entity::delete_many().filter(gone);
        gone.exec(&self.parts.db).await.map(drop)
    }

    /// The processes that make exports, in the order in which they started.
    pub async fn workers(&self) -> Result<Vec<Model>, DbErr> {
        let there = present(&self.parts.db, self.parts.clock.now()).await?;
        Ok(there.into_iter().filter(|process| process.worker).collect())
    }

    /// What a process is making.
    pub async fn running_at(&self, worker: uuid::Uuid) -> Result<Vec<Export>, DbErr> {
        let running = Exports::find().filter(ExportColumn::State.eq(State::Running));
        running.filter(ExportColumn::Worker.eq(worker)).order_by_asc(ExportColumn::Id).all(&self.parts.db).await
    }
}

/// The processes that are there, in the order in which they started.
async fn present(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Model>, DbErr> {
    let silent = if db.get_database_backend() == DbBackend::Postgres { SILENT } else { SILENT_ALONE };
    seen_since(db, now - silent).await
}

async fn seen_since(db: &impl ConnectionTrait, time: DateTime<Utc>) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::SeenAt.gte(time)).order_by_asc(Column::Id).all(db).await
}

/// All processes that may still be there: those that are, and those that have fallen silent and are not forgotten yet. One that
/// was killed is among these as well as one that is frozen, and goes on when it is thawed.
pub async fn perhaps_there(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(Vec<Model>, Vec<Model>), DbErr> {
    let all = seen_since(db, now - FORGOTTEN).await?;
    Ok(all.into_iter().partition(|process| process.seen_at >= now - SILENT))
}
