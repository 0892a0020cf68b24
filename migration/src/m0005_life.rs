//! What the life of an export needs: restarts, cancels, pins, removal, nights, how far it is.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        for (table, column) in columns() {
            let mut column = column;
            manager.alter_table(Table::alter().table(table).add_column(&mut column).to_owned()).await?;
        }
        for (name, columns) in UNIQUE {
            let mut index = Index::create().unique().name(name).table(EXPORT).to_owned();
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        let nights = Table::create()
            .table("nightly_run")
            .col(date("night").primary_key())
            .col(uuid("data_export_id"))
            .to_owned();
        manager.create_table(nights).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("nightly_run").to_owned()).await?;
        for (name, _) in UNIQUE {
            manager.drop_index(Index::drop().name(name).table(EXPORT).to_owned()).await?;
        }
        for (table, column) in columns() {
            let name = Alias::new(column.get_column_name());
            manager.alter_table(Table::alter().table(table).drop_column(name).to_owned()).await?;
        }
        Ok(())
    }
}

const EXPORT: &str = "data_export";
/// Columns whose values no two exports share; several may have none.
const UNIQUE: [(&str, &[&str]); 2] =
    [("data_export_restart_of", &["restart_of"]), ("data_export_idempotency_key", &["created_by", "idempotency_key"])];

/// Lists of texts are JSON.
fn columns() -> Vec<(&'static str, ColumnDef)> {
    let export = [
        boolean("cancel_requested").default(false).take(),
        boolean("pinned").default(false).take(),
        boolean("upload").default(false).take(),
        uuid_null("restart_of").take(),
        integer("restarts").default(0).take(),
        string_null("idempotency_key").take(),
        binary_null("idempotency_digest").take(),
        boolean("removing").default(false).take(),
        integer_null("progress").take(),
        big_integer_null("rows_estimated").take(),
        big_integer_null("bytes_per_second").take(),
        integer_null("eta_seconds").take(),
        big_integer("bytes_verified").default(0).take(),
        text("mismatches").default("[]").take(),
    ];
    let settings =
        [timestamp_with_time_zone_null("automatic_since").take(), boolean("retention_due").default(false).take()];
    let settings = settings.map(|column| ("data_export_settings", column));
    export.map(|column| (EXPORT, column)).into_iter().chain(settings).collect()
}
