//! What a finished archive holds, stored beside its row.

use entity::{exported_table, source_snapshot};
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait, Set};
use uuid::Uuid;

use super::{list, stored};
use crate::export::pack::Packed;

/// The tables of an archive and the snapshots they were read from.
pub(super) async fn insert(transaction: &DatabaseTransaction, id: Uuid, packed: &Packed) -> Result<(), DbErr> {
    let tables = packed.tables.iter().enumerate().map(|(position, written)| exported_table::ActiveModel {
        data_export_id: Set(id),
        position: Set(position.try_into().unwrap_or(i32::MAX)),
        source: Set(written.source.to_string()),
        schema: Set(written.table.schema.clone()),
        name: Set(written.table.name.clone()),
        file_name: Set(written.entry.path.clone()),
        row_count: Set(stored(written.rows)),
        bytes: Set(stored(written.entry.bytes)),
        sha256: Set(written.entry.sha256.clone()),
    });
    let tables = tables.collect::<Vec<_>>();
    // SQLite takes 32,766 values in one statement, PostgreSQL 65,535.
    for some in tables.chunks(1000) {
        exported_table::Entity::insert_many(some.to_vec()).exec_without_returning(transaction).await?;
    }
    for read in &packed.sources {
        let row = source_snapshot::ActiveModel {
            data_export_id: Set(id),
            source: Set(read.name.clone()),
            engine: Set(read.engine.to_owned()),
            server_version: Set(read.server_version.clone()),
            taken_at: Set(read.taken_at),
            warnings: Set(list(&read.warnings)),
            left_out: Set(read.left_out.len().try_into().unwrap_or(i32::MAX)),
        };
        source_snapshot::Entity::insert(row).exec_without_returning(transaction).await?;
    }
    Ok(())
}
