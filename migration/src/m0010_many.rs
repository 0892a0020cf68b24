//! Many processes: who they are, what the database must say to them, and, on PostgreSQL, how they hear of changes.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut asked = big_integer("retention_asked").default(0).take();
        manager.alter_table(Table::alter().table(SETTINGS).add_column(&mut asked).to_owned()).await?;
        manager.create_table(process()).await?;
        let instance =
            Table::create().table("instance").col(uuid("id").primary_key()).col(binary("key_check")).to_owned();
        manager.create_table(instance).await?;
        let version = Table::create().table(VERSION).col(integer("id").primary_key()).col(integer("oldest")).to_owned();
        manager.create_table(version).await?;
        // Whoever knows the steps before this one can go on with what it finds.
        let oldest =
            Query::insert().into_table(VERSION).columns(["id", "oldest"]).values_panic([1.into(), 9.into()]).to_owned();
        manager.execute(oldest).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            manager.get_connection().execute_unprepared(TELL).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Postgres {
            manager.get_connection().execute_unprepared(TELL_NO_MORE).await?;
        }
        for table in [VERSION, "instance", "process"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        let asked = Table::alter().table(SETTINGS).drop_column(Alias::new("retention_asked")).to_owned();
        manager.alter_table(asked).await
    }
}

const SETTINGS: &str = "data_export_settings";
const VERSION: &str = "state_version";

fn process() -> TableCreateStatement {
    Table::create()
        .table("process")
        .col(uuid("id").primary_key())
        .col(text("host"))
        .col(string("version"))
        .col(boolean("worker"))
        .col(text("keys"))
        .col(timestamp_with_time_zone("started_at"))
        .col(timestamp_with_time_zone("seen_at"))
        .to_owned()
}

/// Every change of an export or of a copy is told when it is committed, whoever makes it: `export ID STATE CANCEL`, where CANCEL is
/// true once, when somebody wants it canceled, and `upload EXPORT STATUS`. How far a copy is, and that its process is alive, is
/// no news.
const TELL: &str = "\
CREATE FUNCTION carryall_tell_export() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM pg_notify('carryall', 'export ' || OLD.id || ' GONE f');
    ELSE
        PERFORM pg_notify('carryall', 'export ' || NEW.id || ' ' || NEW.state || ' '
            || (NEW.cancel_requested AND (TG_OP = 'INSERT' OR NOT OLD.cancel_requested)));
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION carryall_tell_upload() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM pg_notify('carryall', 'upload ' || OLD.data_export_id || ' GONE');
    ELSIF TG_OP = 'INSERT' OR (OLD.status, OLD.requested_at) IS DISTINCT FROM (NEW.status, NEW.requested_at) THEN
        PERFORM pg_notify('carryall', 'upload ' || NEW.data_export_id || ' ' || NEW.status);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER carryall_tell AFTER INSERT OR UPDATE OR DELETE ON data_export
    FOR EACH ROW EXECUTE FUNCTION carryall_tell_export();
CREATE TRIGGER carryall_tell AFTER INSERT OR UPDATE OR DELETE ON upload
    FOR EACH ROW EXECUTE FUNCTION carryall_tell_upload();
";
const TELL_NO_MORE: &str = "\
DROP TRIGGER carryall_tell ON upload;
DROP TRIGGER carryall_tell ON data_export;
DROP FUNCTION carryall_tell_upload();
DROP FUNCTION carryall_tell_export();
";
