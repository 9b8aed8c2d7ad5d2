//! What tables the ledger has, asked of the database itself, so that a table of a later edition is not forgotten.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, PgConnection, SqliteConnection};

use crate::StoreError;

/// What a column holds, the same words for both databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnKind {
    Integer,
    Text,
    Bytes,
    Real,
    /// PostgreSQL's; SQLite has an integer, and a dump too.
    Boolean,
}

impl ColumnKind {
    fn of(word: &str) -> Result<Self, StoreError> {
        Ok(match word.to_ascii_lowercase().as_str() {
            "integer" | "bigint" => Self::Integer,
            "text" => Self::Text,
            "blob" | "bytea" => Self::Bytes,
            "real" | "double precision" => Self::Real,
            "boolean" => Self::Boolean,
            other => return Err(StoreError::Damaged(format!("a column of the unknown type `{other}`"))),
        })
    }
}

/// A column.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: ColumnKind,
}

/// A table.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
    /// Its primary key, in that order.
    pub(crate) key: Vec<String>,
    /// Tables whose rows its rows name, itself left out.
    names: BTreeSet<String>,
}

impl Table {
    /// The columns' names in quotes, separated by commas.
    pub(crate) fn column_list(&self) -> String {
        self.columns.iter().map(|column| quoted(&column.name)).collect::<Vec<_>>().join(", ")
    }
}

/// A name as both databases take it, whatever words they reserve.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The tables of a SQLite ledger, each after those that its rows name.
pub(crate) async fn of_sqlite(connection: &mut SqliteConnection) -> Result<Vec<Table>, StoreError> {
    const NAMES: &str = "select name from sqlite_schema where type = 'table' \
        and name not like 'sqlite\\_%' escape '\\' and name <> '_sqlx_migrations' order by name";
    const COLUMNS: &str = "select name, type, pk from pragma_table_info($1) order by cid";
    const NAMED: &str = "select distinct \"table\" from pragma_foreign_key_list($1) where \"table\" <> $1";
    let names: Vec<String> = sqlx::query_scalar(NAMES).fetch_all(&mut *connection).await?;
    let mut tables = Vec::new();
    for name in names {
        let rows: Vec<(String, String, i64)> =
            sqlx::query_as(COLUMNS).bind(&name).fetch_all(&mut *connection).await?;
        let named: Vec<String> = sqlx::query_scalar(NAMED).bind(&name).fetch_all(&mut *connection).await?;
        let mut key: Vec<(i64, String)> =
            rows.iter().filter(|(_, _, pk)| *pk > 0).map(|(name, _, pk)| (*pk, name.clone())).collect();
        key.sort_unstable();
        let columns = rows
            .into_iter()
            .map(|(name, kind, _)| Ok(Column { kind: ColumnKind::of(&kind)?, name }))
            .collect::<Result<_, StoreError>>()?;
        let key = key.into_iter().map(|(_, name)| name).collect();
        tables.push(Table { name, columns, key, names: named.into_iter().collect() });
    }
    in_order(tables)
}

/// The tables of a PostgreSQL ledger, each after those that its rows name.
pub(crate) async fn of_postgres(connection: &mut PgConnection) -> Result<Vec<Table>, StoreError> {
    const NAMES: &str = "select table_name::text from information_schema.tables where table_schema = current_schema() \
        and table_type = 'BASE TABLE' and table_name <> '_sqlx_migrations' order by table_name collate \"C\"";
    const COLUMNS: &str = "select column_name::text, data_type::text from information_schema.columns \
        where table_schema = current_schema() and table_name = $1 order by ordinal_position";
    const KEY: &str = "select a.attname::text from pg_index i \
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey) \
        where i.indrelid = $1::regclass and i.indisprimary \
        order by array_position(i.indkey::int2[], a.attnum)";
    const NAMED: &str = "select distinct c.relname::text from pg_constraint k join pg_class c on c.oid = k.confrelid \
        where k.contype = 'f' and k.conrelid = $1::regclass and k.confrelid <> k.conrelid";
    let names: Vec<String> = sqlx::query_scalar(NAMES).fetch_all(&mut *connection).await?;
    let mut tables = Vec::new();
    for name in names {
        let rows: Vec<(String, String)> =
            sqlx::query_as(COLUMNS).bind(&name).fetch_all(&mut *connection).await?;
        let quoted = quoted(&name);
        let key = sqlx::query_scalar(KEY).bind(&quoted).fetch_all(&mut *connection).await?;
        let named: Vec<String> = sqlx::query_scalar(NAMED).bind(&quoted).fetch_all(&mut *connection).await?;
        let columns = rows
            .into_iter()
            .map(|(name, kind)| Ok(Column { kind: ColumnKind::of(&kind)?, name }))
            .collect::<Result<_, StoreError>>()?;
        tables.push(Table { name, columns, key, names: named.into_iter().collect() });
    }
    in_order(tables)
}

/// The last migration that a SQLite ledger has been through; 0 for none.
pub(crate) async fn sqlite_edition(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    const SQL: &str = "select coalesce(max(version), 0) from _sqlx_migrations where success";
    Ok(sqlx::query_scalar(SQL).fetch_one(connection).await?)
}

/// The last migration that a PostgreSQL ledger has been through; 0 for none.
pub(crate) async fn postgres_edition(connection: &mut PgConnection) -> Result<i64, StoreError> {
    const THERE: &str = "select to_regclass('_sqlx_migrations') is not null";
    const SQL: &str = "select coalesce(max(version), 0) from _sqlx_migrations where success";
    let there: bool = sqlx::query_scalar(THERE).fetch_one(&mut *connection).await?;
    if !there {
        return Ok(0);
    }
    Ok(sqlx::query_scalar(SQL).fetch_one(connection).await?)
}

/// Whether a PostgreSQL ledger holds nothing but what its migrations wrote.
pub(crate) async fn postgres_is_fresh(connection: &mut PgConnection) -> Result<bool, StoreError> {
    for table in of_postgres(connection).await? {
        // The log's length is there from the start.
        let beside = if table.name == "tail" { " where length > 0" } else { "" };
        let sql = format!("select exists (select 1 from {}{beside})", quoted(&table.name));
        if sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *connection).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Tables whose triggers look for rows of another table: a drill's messages are refused before its participants are there.
const LOOKS_AT: [(&str, &str); 2] = [("delivery", "participant"), ("message", "participant")];

/// Puts every table behind those that its rows name or its triggers look at; among equals, by name.
fn in_order(mut left: Vec<Table>) -> Result<Vec<Table>, StoreError> {
    let mut ordered: Vec<Table> = Vec::with_capacity(left.len());
    // A ledger of an edition that has no such table has no such trigger.
    let there: BTreeSet<String> = left.iter().map(|table| table.name.clone()).collect();
    for (table, looked_at) in LOOKS_AT {
        for table in left.iter_mut().filter(|one| one.name == table && there.contains(looked_at)) {
            table.names.insert(looked_at.to_owned());
        }
    }
    while !left.is_empty() {
        let free = left
            .iter()
            .position(|table| table.names.iter().all(|named| ordered.iter().any(|one| one.name == *named)));
        let Some(free) = free else {
            return Err(StoreError::Damaged("the ledger's tables name each other in a circle".to_owned()));
        };
        ordered.push(left.remove(free));
    }
    Ok(ordered)
}
