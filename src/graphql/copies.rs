//! The copies of the exports of one page, and the storages they go to: read once for all of them, when the first is asked for.
//! Else a page of the history would ask the database once for each of its rows, and again for each storage.

use std::{collections::HashMap, sync::Arc};

use entity::upload::{Column, Entity, Model};
use sea_orm::{ColumnTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QueryOrder};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::export::{Engine, Location, LocationError};

/// What is known of the copies of some exports.
#[derive(Debug)]
pub(super) struct Copies {
    exports: Vec<Uuid>,
    rows: OnceCell<HashMap<Uuid, Vec<Model>>>,
    locations: OnceCell<HashMap<Uuid, Location>>,
}

impl Copies {
    /// Those of these exports, none of which was read yet.
    pub(super) fn of(exports: Vec<Uuid>) -> Arc<Self> {
        Arc::new(Self { exports, rows: OnceCell::new(), locations: OnceCell::new() })
    }

    /// The copies of one of the exports, in the order in which their storages were configured.
    pub(super) async fn rows(&self, db: &DatabaseConnection, export: Uuid) -> Result<&[Model], DbErr> {
        let rows = self.rows.get_or_try_init(|| self.read(db)).await?;
        Ok(rows.get(&export).map_or(&[], Vec::as_slice))
    }

    async fn read(&self, db: &DatabaseConnection) -> Result<HashMap<Uuid, Vec<Model>>, DbErr> {
        let of_these = Entity::find().filter(Column::DataExportId.is_in(self.exports.iter().copied()));
        let mut rows: HashMap<_, Vec<_>> = HashMap::new();
        for row in of_these.order_by_asc(Column::StorageLocationId).all(db).await? {
            rows.entry(row.data_export_id).or_default().push(row);
        }
        Ok(rows)
    }

    /// The storages.
    pub(super) async fn locations(&self, engine: &Engine) -> Result<&HashMap<Uuid, Location>, LocationError> {
        let read = async || {
            let locations = engine.locations().await?;
            Ok(locations.into_iter().map(|location| (location.row.id, location)).collect())
        };
        self.locations.get_or_try_init(read).await
    }
}
