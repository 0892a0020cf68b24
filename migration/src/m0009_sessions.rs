//! Who is signed in at the dashboard.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sessions = Table::create()
            .table(SESSION)
            .col(uuid("id").primary_key())
            .col(uuid("api_token_id"))
            .col(binary_len("hash", 32).unique_key())
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("expires_at"))
            .foreign_key(
                ForeignKey::create()
                    .from(SESSION, "api_token_id")
                    .to("api_token", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(sessions).await?;
        let by_token = Index::create().name("session_api_token_id").table(SESSION).col("api_token_id").to_owned();
        manager.create_index(by_token).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(SESSION).to_owned()).await
    }
}

const SESSION: &str = "session";
