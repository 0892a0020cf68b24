//! How tables are written, which are left out, and what is to be said of a snapshot.

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
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns() {
            let name = Alias::new(column.get_column_name());
            manager.alter_table(Table::alter().table(table).drop_column(name).to_owned()).await?;
        }
        Ok(())
    }
}

/// Lists of texts are JSON.
fn columns() -> [(Alias, ColumnDef); 4] {
    [
        (Alias::new("data_export"), text("exclude_tables").default("[]").take()),
        (Alias::new("source_snapshot"), text("warnings").default("[]").take()),
        (Alias::new("source_snapshot"), integer("left_out").default(0).take()),
        (Alias::new("data_export_settings"), string_len("format", 16).default("CSV").take()),
    ]
}
