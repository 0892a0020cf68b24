//! The history: exports, the tables in each, and the snapshots they were read from.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(data_export()).await?;
        manager
            .create_index(
                // The queue asks for the oldest of a state; ids sort by creation.
                Index::create()
                    .name("data_export_state_id")
                    .table(DataExport::Table)
                    .col(DataExport::State)
                    .col(DataExport::Id)
                    .to_owned(),
            )
            .await?;
        manager.create_table(exported_table()).await?;
        manager.create_table(source_snapshot()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(SourceSnapshot::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(ExportedTable::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(DataExport::Table).to_owned()).await
    }
}

fn data_export() -> TableCreateStatement {
    Table::create()
        .table(DataExport::Table)
        .col(uuid(DataExport::Id).primary_key())
        .col(string(DataExport::Name))
        .col(string_len(DataExport::State, 16))
        .col(string_len(DataExport::Trigger, 16))
        .col(string_len(DataExport::Format, 16))
        .col(string_null(DataExport::CreatedBy))
        .col(timestamp_with_time_zone(DataExport::CreatedAt))
        .col(timestamp_with_time_zone_null(DataExport::StartedAt))
        .col(timestamp_with_time_zone_null(DataExport::FinishedAt))
        .col(uuid_null(DataExport::Worker))
        .col(binary(DataExport::FilePassword))
        .col(string_null(DataExport::FileName).unique_key())
        .col(big_integer_null(DataExport::SizeBytes))
        .col(string_len_null(DataExport::Sha256, 64))
        .col(string_len(DataExport::Phase, 16))
        .col(integer(DataExport::TablesDone))
        .col(integer(DataExport::TablesTotal))
        .col(big_integer(DataExport::RowsDone))
        .col(big_integer(DataExport::BytesRead))
        .col(big_integer(DataExport::BytesWritten))
        .col(text_null(DataExport::CurrentTable))
        .col(big_integer(DataExport::Sequence))
        .col(timestamp_with_time_zone(DataExport::UpdatedAt))
        .col(timestamp_with_time_zone_null(DataExport::VerifiedAt))
        .col(integer(DataExport::TablesChecked))
        .col(big_integer(DataExport::RowsChecked))
        .col(string_len_null(DataExport::FailureCode, 32))
        .col(text_null(DataExport::FailureMessage))
        .col(text_null(DataExport::FailureTable))
        .to_owned()
}

fn exported_table() -> TableCreateStatement {
    Table::create()
        .table(ExportedTable::Table)
        .col(uuid(ExportedTable::DataExportId))
        .col(integer(ExportedTable::Position))
        .col(text(ExportedTable::Source))
        .col(text_null(ExportedTable::Schema))
        .col(text(ExportedTable::Name))
        .col(text(ExportedTable::FileName))
        .col(big_integer(ExportedTable::RowCount))
        .col(big_integer(ExportedTable::Bytes))
        .col(string_len(ExportedTable::Sha256, 64))
        .primary_key(Index::create().col(ExportedTable::DataExportId).col(ExportedTable::Position))
        .foreign_key(
            ForeignKey::create()
                .from(ExportedTable::Table, ExportedTable::DataExportId)
                .to(DataExport::Table, DataExport::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn source_snapshot() -> TableCreateStatement {
    Table::create()
        .table(SourceSnapshot::Table)
        .col(uuid(SourceSnapshot::DataExportId))
        .col(string(SourceSnapshot::Source))
        .col(string(SourceSnapshot::Engine))
        .col(text(SourceSnapshot::ServerVersion))
        .col(timestamp_with_time_zone(SourceSnapshot::TakenAt))
        .primary_key(Index::create().col(SourceSnapshot::DataExportId).col(SourceSnapshot::Source))
        .foreign_key(
            ForeignKey::create()
                .from(SourceSnapshot::Table, SourceSnapshot::DataExportId)
                .to(DataExport::Table, DataExport::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

#[derive(DeriveIden)]
enum DataExport {
    Table,
    Id,
    Name,
    State,
    Trigger,
    Format,
    CreatedBy,
    CreatedAt,
    StartedAt,
    FinishedAt,
    Worker,
    FilePassword,
    FileName,
    SizeBytes,
    #[sea_orm(iden = "sha256")]
    Sha256,
    Phase,
    TablesDone,
    TablesTotal,
    RowsDone,
    BytesRead,
    BytesWritten,
    CurrentTable,
    Sequence,
    UpdatedAt,
    VerifiedAt,
    TablesChecked,
    RowsChecked,
    FailureCode,
    FailureMessage,
    FailureTable,
}

#[derive(DeriveIden)]
enum ExportedTable {
    Table,
    DataExportId,
    Position,
    Source,
    Schema,
    Name,
    FileName,
    RowCount,
    Bytes,
    #[sea_orm(iden = "sha256")]
    Sha256,
}

#[derive(DeriveIden)]
enum SourceSnapshot {
    Table,
    DataExportId,
    Source,
    Engine,
    ServerVersion,
    TakenAt,
}
