//! Who did what.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let events = Table::create()
            .table(EVENT)
            .col(uuid("id").primary_key())
            .col(timestamp_with_time_zone("at"))
            .col(string("actor"))
            .col(uuid_null("actor_id"))
            .col(string_len("action", 64))
            .col(string_null("subject"))
            .col(text_null("detail"))
            .to_owned();
        manager.create_table(events).await?;
        // What is over a year old goes.
        let by_time = Index::create().name("audit_event_at").table(EVENT).col("at").to_owned();
        manager.create_index(by_time).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(EVENT).to_owned()).await
    }
}

const EVENT: &str = "audit_event";
