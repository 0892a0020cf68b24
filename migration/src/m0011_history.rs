//! The history is counted and read by an index: there may be thousands of exports in it, and every page tells how many.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::create().name(NAME).table(EXPORT).col("removing").col("id").to_owned();
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(NAME).table(EXPORT).to_owned()).await
    }
}

const EXPORT: &str = "data_export";
const NAME: &str = "data_export_removing_id";
