//! Storages, and the copies of exports at them.

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
        for column in export_columns() {
            let mut column = column;
            manager.alter_table(Table::alter().table(EXPORT).add_column(&mut column).to_owned()).await?;
        }
        manager.create_table(storage_location()).await?;
        manager.create_table(upload()).await?;
        // A storage asks for what is to be done there.
        let due = Index::create()
            .name("upload_storage_location_id_status")
            .table(UPLOAD)
            .col("storage_location_id")
            .col("status")
            .to_owned();
        manager.create_index(due).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(UPLOAD).to_owned()).await?;
        manager.drop_table(Table::drop().table(LOCATION).to_owned()).await?;
        for column in export_columns() {
            let name = Alias::new(column.get_column_name());
            manager.alter_table(Table::alter().table(EXPORT).drop_column(name).to_owned()).await?;
        }
        Ok(())
    }
}

const EXPORT: &str = "data_export";
const LOCATION: &str = "storage_location";
const UPLOAD: &str = "upload";

fn export_columns() -> [ColumnDef; 2] {
    [string_len("file_state", 16).default("KEPT").take(), boolean("copies_released").default(false).take()]
}

fn storage_location() -> TableCreateStatement {
    Table::create()
        .table(LOCATION)
        .col(uuid("id").primary_key())
        .col(string("name").unique_key())
        .col(boolean("enabled"))
        .col(binary("config"))
        .col(text_null("host_key"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("last_uploaded_at"))
        .col(string_len_null("failure_code", 32))
        .col(text_null("failure_message"))
        .col(timestamp_with_time_zone_null("failed_at"))
        .col(boolean("removing"))
        .col(integer("version"))
        .to_owned()
}

/// No row of the other two tables goes while there may be a file that only it leads to.
fn upload() -> TableCreateStatement {
    let refers =
        |column: &'static str, to: &'static str| ForeignKey::create().from(UPLOAD, column).to(to, "id").to_owned();
    Table::create()
        .table(UPLOAD)
        .col(uuid("data_export_id"))
        .col(uuid("storage_location_id"))
        .col(string_len("status", 16))
        .col(uuid_null("worker"))
        .col(text_null("receipt"))
        .col(big_integer("bytes_done"))
        .col(integer("attempts"))
        .col(boolean("begun"))
        .col(boolean("may_be_there"))
        .col(timestamp_with_time_zone("requested_at"))
        .col(timestamp_with_time_zone_null("next_try_at"))
        .col(timestamp_with_time_zone_null("uploaded_at"))
        .col(timestamp_with_time_zone_null("verified_at"))
        .col(boolean("verify_due"))
        .col(string_len_null("failure_code", 32))
        .col(text_null("failure_message"))
        .primary_key(Index::create().col("data_export_id").col("storage_location_id"))
        .foreign_key(&mut refers("data_export_id", EXPORT))
        .foreign_key(&mut refers("storage_location_id", LOCATION))
        .to_owned()
}
