//! The tables in an archive.

use async_graphql::{
    SimpleObject,
    connection::{Connection, Edge},
};
use entity::exported_table::{Column, Entity, Model};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{
    data_export_connection::{TotalCount, page_size, unusable_cursor},
    failure::Failure,
};
use crate::scalar::BigInt;

/// A table in an archive.
#[derive(Clone, Debug, SimpleObject)]
pub struct ExportedTable {
    /// The name of the source it came from.
    source: String,
    /// Its schema; null where the source has none.
    schema: Option<String>,
    /// Its name in the source.
    name: String,
    /// Its path in the archive.
    file_name: String,
    /// Rows, as the database counted them.
    row_count: BigInt,
    /// Bytes of its file, not compressed.
    bytes: BigInt,
    /// SHA-256 of its file, in lower-case hexadecimal.
    sha256: String,
}

impl From<Model> for ExportedTable {
    fn from(row: Model) -> Self {
        Self {
            source: row.source,
            schema: row.schema,
            name: row.name,
            file_name: row.file_name,
            row_count: BigInt(row.row_count),
            bytes: BigInt(row.bytes),
            sha256: row.sha256,
        }
    }
}

/// The tables of the export `id`; a cursor is a table's position.
pub(super) async fn connection(
    db: &DatabaseConnection,
    id: Uuid,
    first: i32,
    after: Option<String>,
) -> Result<Connection<String, ExportedTable, TotalCount>, Failure> {
    let size = page_size("first", first)?;
    let after = after.map(|cursor| cursor.parse::<i32>().map_err(|_| unusable_cursor("after"))).transpose()?;
    let all = Entity::find().filter(Column::DataExportId.eq(id));
    let total = all.clone().count(db).await?;
    let page = all.filter(Column::Position.gt(after.unwrap_or(-1))).order_by_asc(Column::Position);
    let mut rows = page.limit(size + 1).all(db).await?;
    let more = rows.len() as u64 > size;
    rows.truncate(size.try_into().unwrap_or(usize::MAX));
    let previous = rows.first().is_some_and(|row| row.position > 0);
    let mut connection = Connection::with_additional_fields(previous, more, TotalCount::new(total));
    connection.edges.extend(rows.into_iter().map(|row| Edge::new(row.position.to_string(), row.into())));
    Ok(connection)
}
