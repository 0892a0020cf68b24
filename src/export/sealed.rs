//! What is sealed in Carryall's own database: the one list of the columns, and the walk over all of them.

use entity::instance;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseConnection, DbErr, EntityTrait, EnumIter, ExprTrait, IntoActiveModel,
    Iterable, Order, TransactionTrait,
    sea_query::{Alias, Expr, Query, SelectStatement},
};
use uuid::Uuid;

use crate::{
    database::{Right, in_turn},
    secret::{KeyError, Keyring, Secret},
};

/// So many rows are sealed anew in one transaction.
const BATCH: u64 = 100;

/// A column that holds sealed values. To seal anything, it must be here; and all that are here are sealed anew when the key is
/// replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter)]
pub enum SealedColumn {
    /// The password of an archive.
    FilePassword,
    /// The settings of a storage.
    StorageConfig,
    /// What shows that a process has the key of the instance, although nothing else may be sealed yet.
    KeyCheck,
}

/// Why not everything could be sealed anew. What was is, and the rest is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ResealError {
    /// A value opens with no key. Which, by its table, its column, and the id of its row.
    #[error(
        "`{column}` of the row {id} of the table `{table}` opens with no key: it was sealed with another one, which must be \
         added, or it is damaged, and the row must be deleted in Carryall"
    )]
    Unopened {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row.
        id: Uuid,
    },
    /// A value cannot be sealed.
    #[error(transparent)]
    Key(KeyError),
    /// Carryall's own database failed.
    #[error("Carryall's own database failed: {0}")]
    Database(#[from] DbErr),
}

impl SealedColumn {
    /// The names of its table and of itself. They are sealed into its values, and so stay as they are.
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::FilePassword => ("data_export", "file_password"),
            Self::StorageConfig => ("storage_location", "config"),
            Self::KeyCheck => ("instance", "key_check"),
        }
    }

    /// Seals a value for the row `id`.
    pub(super) fn seal(self, keys: &Keyring, id: Uuid, plain: &Secret) -> Result<Vec<u8>, KeyError> {
        keys.seal(plain, &self.context(id))
    }

    /// Opens the value of the row `id`.
    pub(super) fn open(self, keys: &Keyring, id: Uuid, sealed: &[u8]) -> Result<Secret, KeyError> {
        keys.open(sealed, &self.context(id))
    }

    /// Ties a value to its row.
    fn context(self, id: Uuid) -> String {
        let (table, column) = self.names();
        format!("{table}.{column} {id}")
    }

    /// Its values, in the order of their ids.
    fn select(self, order: Order) -> SelectStatement {
        let (table, column) = self.names();
        let (id, column) = (Alias::new("id"), Alias::new(column));
        Query::select().column(id.clone()).column(column).from(Alias::new(table)).order_by(id, order).to_owned()
    }

    async fn rows(self, db: &DatabaseConnection, select: &SelectStatement) -> Result<Vec<(Uuid, Vec<u8>)>, DbErr> {
        let rows = db.query_all(select).await?;
        rows.iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", self.names().1)?))).collect()
    }

    /// Goes through all rows in batches: `seen` gets each, with what it is to become.
    async fn walk(self, db: &DatabaseConnection, keys: &Keyring, write: bool) -> Result<usize, ResealError> {
        let (mut behind, mut changed) = (None, 0);
        loop {
            let mut select = self.select(Order::Asc);
            select.limit(BATCH);
            if let Some(behind) = behind {
                select.and_where(Expr::col(Alias::new("id")).gt(behind));
            }
            let rows = self.rows(db, &select).await?;
            let Some((last, _)) = rows.last() else { return Ok(changed) };
            behind = Some(*last);
            let mut resealed = Vec::new();
            for (id, before) in rows {
                let after = keys.reseal(&before, &self.context(id)).map_err(|cause| self.error(id, cause))?;
                resealed.extend(after.map(|after| (id, before, after)));
            }
            if write {
                changed += self.write(db, resealed).await?;
            }
        }
    }

    /// Puts sealed values in place of what was read. A row that somebody else has changed since stays as it is.
    async fn write(
        self,
        db: &DatabaseConnection,
        resealed: Vec<(Uuid, Vec<u8>, Vec<u8>)>,
    ) -> Result<usize, ResealError> {
        let (table, column) = self.names();
        let (id_column, column) = (Alias::new("id"), Alias::new(column));
        let transaction = db.begin().await?;
        let mut written = 0;
        for (id, before, after) in resealed {
            let mut update = Query::update();
            update.table(Alias::new(table)).value(column.clone(), after);
            update.and_where(Expr::col(id_column.clone()).eq(id)).and_where(Expr::col(column.clone()).eq(before));
            written += transaction.execute(&update).await?.rows_affected();
        }
        transaction.commit().await?;
        Ok(usize::try_from(written).unwrap_or(usize::MAX))
    }

    fn error(self, id: Uuid, cause: KeyError) -> ResealError {
        let (table, column) = self.names();
        match cause {
            KeyError::Sealed => ResealError::Unopened { table, column, id },
            other => ResealError::Key(other),
        }
    }
}

/// Notes which key the instance has, if nobody has before: of several processes that start at once over a new database with a
/// key each, the first.
pub(super) async fn found(db: &DatabaseConnection, keys: &Keyring) -> Result<(), ResealError> {
    if instance::Entity::find_by_id(instance::ID).one(db).await?.is_some() {
        return Ok(());
    }
    let check = SealedColumn::KeyCheck.seal(keys, instance::ID, &Secret::new("carryall"));
    let row = instance::Model { id: instance::ID, key_check: check.map_err(ResealError::Key)? };
    let transaction = db.begin().await?;
    in_turn(&transaction, Right::FirstStart).await?;
    if instance::Entity::find_by_id(instance::ID).one(&transaction).await?.is_none() {
        let row = row.into_active_model().reset_all();
        instance::Entity::insert(row).exec_without_returning(&transaction).await?;
    }
    Ok(transaction.commit().await?)
}

/// Whether one of these keys is still the instance's.
pub(super) async fn is_known(db: &DatabaseConnection, keys: &Keyring) -> Result<bool, DbErr> {
    let instance = instance::Entity::find_by_id(instance::ID).one(db).await?;
    Ok(instance.is_none_or(|row| SealedColumn::KeyCheck.open(keys, instance::ID, &row.key_check).is_ok()))
}

/// Whether there is anything that a key has sealed.
pub async fn any_sealed(db: &DatabaseConnection) -> Result<bool, DbErr> {
    for column in SealedColumn::iter() {
        if !column.rows(db, column.select(Order::Asc).limit(1)).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether these are the keys that sealed what is stored, by the oldest and the newest value of each column. They are sealed
/// anew in the order of their ids, so that these two tell too of a replacement of the key that was cut off.
pub(super) async fn opens(db: &DatabaseConnection, keys: &Keyring) -> Result<bool, DbErr> {
    for column in SealedColumn::iter() {
        for order in [Order::Asc, Order::Desc] {
            let rows = column.rows(db, column.select(order).limit(1)).await?;
            if rows.iter().any(|(id, sealed)| column.open(keys, *id, sealed).is_err()) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// Fails at the first value that none of these keys opens. Changes nothing.
pub async fn ensure_opens(db: &DatabaseConnection, keys: &Keyring) -> Result<(), ResealError> {
    for column in SealedColumn::iter() {
        column.walk(db, keys, false).await?;
    }
    Ok(())
}

/// Seals everything with the active key, and returns how many values that were. May be cut off and done again. Nobody else
/// may seal anything meanwhile.
pub async fn reseal(db: &DatabaseConnection, keys: &Keyring) -> Result<usize, ResealError> {
    let mut all = 0;
    loop {
        let mut changed = 0;
        for column in SealedColumn::iter() {
            let resealed = column.walk(db, keys, true).await?;
            changed += resealed;
            // What the key is checked by is nobody's secret.
            all += if column == SealedColumn::KeyCheck { 0 } else { resealed };
        }
        // Until a walk finds nothing more, so that it is certain that nothing was missed.
        if changed == 0 {
            return Ok(all);
        }
    }
}
