//! Which reading of a finished archive is the last one begun, and until when it goes on unless it says more: so that every process
//! shows it, and none reads the archive a second time meanwhile.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for mut column in [uuid_null(READING).take(), timestamp_with_time_zone_null(UNTIL).take()] {
            manager.alter_table(Table::alter().table(EXPORT).add_column(&mut column).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [UNTIL, READING] {
            manager.alter_table(Table::alter().table(EXPORT).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}

const EXPORT: &str = "data_export";
const READING: &str = "reading";
const UNTIL: &str = "reading_until";
