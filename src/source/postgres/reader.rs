//! Reads tables and large objects over one connection in the snapshot.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::TryStreamExt;
use sqlx::PgConnection;

use super::{Relations, broken, contents::Relation, copy, lock, query, session::PgSession, texts, unreadable};
use crate::source::{Chunk, File, Lane, Part, Reader, SourceError, Table, session::busy};

/// Bytes of a large object that are read at a time.
const OBJECT: usize = 1024 * 1024;

/// A connection in the snapshot.
pub(super) struct PgReader {
    pub(super) connection: PgConnection,
    pub(super) session: Arc<PgSession>,
    pub(super) relations: Arc<Relations>,
    /// It does not hold the locks of all tables: that of one is given back when it was read, and the table is looked at again
    /// before that.
    pub(super) brief: bool,
}

#[async_trait]
impl Reader for PgReader {
    async fn read(&mut self, table: &Table, part: Option<&Part>, to: &Lane) -> Result<(), SourceError> {
        busy(&Arc::clone(&self.session), self.rows(table, part, to)).await
    }

    async fn count(&mut self, table: &Table) -> Result<u64, SourceError> {
        busy(&Arc::clone(&self.session), self.counted(table)).await
    }

    async fn read_file(&mut self, file: &File, to: &Lane) -> Result<Option<String>, SourceError> {
        busy(&Arc::clone(&self.session), self.large_object(file, to)).await
    }
}

impl PgReader {
    async fn rows(&mut self, table: &Table, part: Option<&Part>, to: &Lane) -> Result<(), SourceError> {
        self.enter(table).await?;
        self.copy(table, part, to).await?;
        self.leave(table).await
    }

    async fn counted(&mut self, table: &Table) -> Result<u64, SourceError> {
        self.enter(table).await?;
        let count = format!("SELECT count(*)::text FROM {}", self.relation(table)?.from);
        let row = query(&mut self.connection, &count).await.map_err(|cause| unreadable(&table.full_name(), &cause))?;
        self.leave(table).await?;
        let [number] = texts(&row, &table.full_name())?;
        number.parse().map_err(|_| broken(table, format!("the database counts {number} rows")))
    }

    /// A large object, some of it at a time.
    async fn large_object(&mut self, file: &File, to: &Lane) -> Result<Option<String>, SourceError> {
        let failed = |cause: sqlx::Error| unreadable(&file.path, &cause);
        let oid = String::from_utf8_lossy(&file.locator).into_owned();
        for place in (0_i64..).step_by(OBJECT) {
            let statement = format!("COPY (SELECT lo_get({oid}, {place}, {OBJECT})) TO STDOUT (FORMAT binary)");
            let mut object = self.connection.copy_out_raw(&statement).await.map_err(failed)?;
            let mut message = Vec::new();
            while let Some(piece) = object.try_next().await.map_err(failed)? {
                message.extend_from_slice(&piece);
            }
            drop(object);
            let bytes = copy::only_value(&message).ok_or_else(|| SourceError::Unreadable {
                table: file.path.clone(),
                why: "the server sends no large object".into(),
            })?;
            let length = bytes.len();
            to.send(Chunk::Bytes(bytes), length).await?;
            if length < OBJECT {
                break;
            }
        }
        Ok(None)
    }

    /// Before a table is read.
    async fn enter(&mut self, table: &Table) -> Result<(), SourceError> {
        if self.brief {
            let begun = query(&mut self.connection, "SAVEPOINT one").await;
            begun.map_err(|cause| unreadable(&table.full_name(), &cause))?;
        }
        Ok(())
    }

    /// After a table was read.
    async fn leave(&mut self, table: &Table) -> Result<(), SourceError> {
        if self.brief {
            lock::unchanged(&mut self.connection, std::slice::from_ref(table)).await?;
            // Rolled back, it would still be there, and the next within it.
            let ended = query(&mut self.connection, "ROLLBACK TO SAVEPOINT one; RELEASE SAVEPOINT one").await;
            ended.map_err(|cause| unreadable(&table.full_name(), &cause))?;
        }
        Ok(())
    }

    async fn copy(&mut self, table: &Table, part: Option<&Part>, to: &Lane) -> Result<(), SourceError> {
        let failed = |cause: sqlx::Error| unreadable(&table.full_name(), &cause);
        let relation = self.relation(table)?;
        let (statement, columns) = (relation.copy(part), Arc::clone(&relation.columns));
        let mut gathered = copy::Gathered::new(columns);
        let mut rows = self.connection.copy_out_raw(&statement).await.map_err(failed)?;
        while let Some(row) = rows.try_next().await.map_err(failed)? {
            gathered.add(&row).map_err(|why| broken(table, why))?;
            if let Some((rows, bytes)) = gathered.full() {
                to.send(Chunk::Rows(Box::new(rows)), bytes).await?;
            }
        }
        drop(rows);
        let (rows, bytes) = gathered.rest().ok_or_else(|| broken(table, "the rows have no end".into()))?;
        to.send(Chunk::Rows(Box::new(rows)), bytes).await
    }

    fn relation(&self, table: &Table) -> Result<&Relation, SourceError> {
        let found = self.relations.get(&(table.schema.clone(), table.name.clone()));
        found.ok_or_else(|| broken(table, "it was not listed".into()))
    }
}
