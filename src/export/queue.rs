//! The queue: one row is one run. This file and its folder are the only ones that write an export's state.
//!
//! Every change of a running export is one conditional UPDATE that names the worker: if no row changed,
//! the run belongs to somebody else by now, and what was done for it is thrown away. After every change
//! the export's id goes to those who listen.
//!
//! `push` puts exports in, `run` is what a worker stores of one, `end` how a run ends, `life` what people and
//! retention do to one.

mod contents;
mod end;
mod life;
mod push;
mod run;

use chrono::{DateTime, Utc};
use entity::data_export::{ActiveModel, Column, Entity, State};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, ExprTrait, QueryFilter, Set, UpdateMany, sea_query::Expr};
use tokio::sync::{Mutex, Notify, broadcast};
use uuid::Uuid;

pub(super) use self::{
    push::{Entry, PushError},
    run::Beat,
};

/// Changes that a listener may be behind before it is told to read anew.
const CHANGES_KEPT: usize = 256;

/// The queue of one instance.
pub(super) struct Queue {
    db: DatabaseConnection,
    changes: broadcast::Sender<Uuid>,
    /// Held from counting those that wait to adding one more.
    pushing: Mutex<()>,
    /// Wakes the worker when an export was queued.
    pub(super) queued: Notify,
    /// Wakes those who run an export when somebody wants one canceled.
    pub(super) cancels: Notify,
}

impl Queue {
    pub(super) fn new(db: DatabaseConnection) -> Self {
        Self {
            db,
            changes: broadcast::Sender::new(CHANGES_KEPT),
            pushing: Mutex::new(()),
            queued: Notify::new(),
            cancels: Notify::new(),
        }
    }

    /// The ids of exports, each time one changes.
    pub(super) fn changes(&self) -> broadcast::Receiver<Uuid> {
        self.changes.subscribe()
    }

    fn changed(&self, id: Uuid) {
        // An error only says that nobody listens.
        let _ = self.changes.send(id);
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
