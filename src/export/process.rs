//! The processes over one database: each says now and then that it is there.

use std::convert::Infallible;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    data_export::{Column as ExportColumn, Entity as Exports, Model as Export, State},
    process::{ActiveModel, Column, Entity, Model},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    sea_query::OnConflict,
};
use tracing::warn;

use super::{Engine, worker::TICK};

/// A process that was not heard of for so long is not counted any more.
const SILENT: TimeDelta = TimeDelta::seconds(40);
/// One that was not heard of for so long is forgotten.
const FORGOTTEN: TimeDelta = TimeDelta::hours(1);

/// What a process says of itself.
#[derive(Clone, Debug)]
pub struct Introduction {
    /// The name of the machine and the number of the process there.
    pub host: String,
    /// Whether it makes exports.
    pub worker: bool,
}

impl Engine {
    /// Says that this process is there, and hears what others do. Never returns.
    pub async fn take_part(&self, introduction: &Introduction) -> Infallible {
        let (never, _) = tokio::join!(self.bus.listen(&self.parts.db), self.be_seen(introduction));
        never
    }

    /// Says that this process ends.
    pub async fn leave(&self) {
        if let Err(cause) = Entity::delete_by_id(self.worker).exec(&self.parts.db).await {
            warn!(%cause, "that this process ends could not be noted");
        }
    }

    async fn be_seen(&self, introduction: &Introduction) -> Infallible {
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
            if let Err(cause) = self.say_hello(this.clone()).await {
                warn!(%cause, "that this process is there could not be noted");
            }
            tokio::time::sleep(TICK).await;
        }
    }

    async fn say_hello(&self, this: Model) -> Result<(), DbErr> {
        let now = self.parts.clock.now();
        let row: ActiveModel = Model { seen_at: now, ..this }.into_active_model().reset_all();
        let again = OnConflict::column(Column::Id).update_column(Column::SeenAt).to_owned();
        Entity::insert(row).on_conflict(again).exec_without_returning(&self.parts.db).await?;
        let gone = Entity::delete_many().filter(Column::SeenAt.lt(now - FORGOTTEN));
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
pub async fn present(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::SeenAt.gte(now - SILENT)).order_by_asc(Column::Id).all(db).await
}
