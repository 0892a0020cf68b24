//! When tokens end, and when they were used.

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
        for name in COLUMNS {
            let mut column = timestamp_with_time_zone_null(name).take();
            manager.alter_table(Table::alter().table(TOKEN).add_column(&mut column).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in COLUMNS {
            manager.alter_table(Table::alter().table(TOKEN).drop_column(name).to_owned()).await?;
        }
        Ok(())
    }
}

const TOKEN: &str = "api_token";
const COLUMNS: [&str; 2] = ["expires_at", "last_used_at"];
