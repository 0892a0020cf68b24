//! The product's settings: one row, with the defaults the product promises.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(DataExportSettings::Table)
                    .col(integer(DataExportSettings::Id).primary_key())
                    .col(boolean(DataExportSettings::AutomaticExports))
                    .col(boolean(DataExportSettings::UploadAutomaticExports))
                    .col(integer(DataExportSettings::MaximumExports))
                    .col(integer(DataExportSettings::BackupTimeoutMinutes))
                    .col(integer(DataExportSettings::Version))
                    .to_owned(),
            )
            .await?;
        let defaults = Query::insert()
            .into_table(DataExportSettings::Table)
            .columns([
                DataExportSettings::Id,
                DataExportSettings::AutomaticExports,
                DataExportSettings::UploadAutomaticExports,
                DataExportSettings::MaximumExports,
                DataExportSettings::BackupTimeoutMinutes,
                DataExportSettings::Version,
            ])
            .values_panic([1.into(), false.into(), false.into(), 7.into(), 60.into(), 1.into()])
            .to_owned();
        manager.execute(defaults).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(DataExportSettings::Table).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum DataExportSettings {
    Table,
    Id,
    AutomaticExports,
    UploadAutomaticExports,
    MaximumExports,
    BackupTimeoutMinutes,
    Version,
}
