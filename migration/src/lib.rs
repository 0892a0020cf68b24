//! The steps that bring Carryall's own database to the present shape, oldest first.
//!
//! Each runs in a transaction, so that a crash leaves it done or not begun. They are written with sea-query's builders, so that each
//! runs on SQLite and on PostgreSQL. A step that was released is never changed: a new shape is a new file and one line below.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::MigrationTrait;

mod m0001_exports;
mod m0002_settings;
mod m0003_tokens;
mod m0004_formats;
mod m0005_life;
mod m0006_storages;
mod m0007_token_life;
mod m0008_audit;
mod m0009_sessions;
mod m0010_many;
mod m0011_history;
mod m0012_reading;

/// Runs every step that the database has not seen.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_exports::Migration),
            Box::new(m0002_settings::Migration),
            Box::new(m0003_tokens::Migration),
            Box::new(m0004_formats::Migration),
            Box::new(m0005_life::Migration),
            Box::new(m0006_storages::Migration),
            Box::new(m0007_token_life::Migration),
            Box::new(m0008_audit::Migration),
            Box::new(m0009_sessions::Migration),
            Box::new(m0010_many::Migration),
            Box::new(m0011_history::Migration),
            Box::new(m0012_reading::Migration),
        ]
    }
}
