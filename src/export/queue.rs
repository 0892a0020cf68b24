//! The queue: one row is one run. This file and its folder are the only ones that write an export's state.
//!
//! Every change of a running export is one conditional UPDATE that names the worker: if no row changed,
//! the run belongs to somebody else by now, and what was done for it is thrown away. After every change
//! the export's id goes to those who listen.
//!
//! `push` puts exports in, `run` is what a worker stores of one, `end` how a run ends, `life` what people and
//! retention do to one, `reading` how a finished archive is read again.

mod contents;
mod end;
mod life;
mod push;
mod reading;
mod run;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::data_export::{ActiveModel, Column, Entity, State};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, ExprTrait, QueryFilter, Set, UpdateMany, sea_query::Expr};
use uuid::Uuid;

use super::bus::Bus;

pub(super) use self::{
    push::{Entry, PushError},
    reading::is_reading,
    run::Beat,
};

/// The queue of one instance.
pub(super) struct Queue {
    db: DatabaseConnection,
    bus: Arc<Bus>,
}

impl Queue {
    pub(super) fn new(db: DatabaseConnection, bus: Arc<Bus>) -> Self {
        Self { db, bus }
    }

    fn changed(&self, id: Uuid) {
        self.bus.changed(id);
    }
}

fn changed_at(now: DateTime<Utc>) -> ActiveModel {
    ActiveModel { updated_at: Set(now), ..Default::default() }
}

fn update(id: Uuid, change: ActiveModel) -> UpdateMany<Entity> {
    let next = Expr::col(Column::Sequence).add(1);
    Entity::update_many().set(change).col_expr(Column::Sequence, next).filter(Column::Id.eq(id))
}

/// A change that takes place only while the run is `worker`'s.
fn owned(id: Uuid, worker: Uuid, change: ActiveModel) -> UpdateMany<Entity> {
    update(id, change).filter(Column::State.eq(State::Running)).filter(Column::Worker.eq(worker))
}

/// A list of texts as it is stored.
pub(super) fn list(texts: &[String]) -> String {
    serde_json::Value::from(texts).to_string()
}

/// SQL has no unsigned 64-bit number; no file or table comes near the signed one's end.
pub(super) fn stored(number: u64) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}
