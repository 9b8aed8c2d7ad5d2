//! All rows of a ledger as text, the same for both databases: one JSON document a line.
//!
//! ```text
//! {"edition":3}
//! {"table":"partner","columns":["slug","name","country","tier","status","added"]}
//! ["harbor","Harbor Ltd","DE","one","active",1772384400000]
//! {"rows":1}
//! ```
//!
//! A number is an integer column's, a string a text's; bytes are hexadecimal digits, reals are decimal text that
//! gives the same bits back, a yes or no is 1 or 0. Tables stand behind those that their rows name, rows in the
//! order of their primary key, so that two equal ledgers have equal dumps.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use earmark_model::Digest;
use futures_util::TryStreamExt;
use serde_json::{Value, json};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Executor, PgConnection, Row, SqliteConnection};

use crate::catalog::{self, ColumnKind, Table, quoted};
use crate::database::Pool;
use crate::digesting::Digesting;
use crate::{Ledger, StoreError};

/// What a dump holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dumped {
    /// The ledger's last migration.
    pub(crate) edition: i64,
    /// Rows in all tables.
    pub(crate) rows: u64,
    /// SHA-256 of the text.
    pub(crate) digest: Digest,
    /// Its length in bytes.
    pub(crate) length: u64,
}

/// Writes all rows as they were at one moment into the new file `path`; others may write meanwhile.
pub(crate) async fn write(ledger: &Ledger, path: &Path) -> Result<Dumped, StoreError> {
    let file = File::create(path).map_err(StoreError::io(path))?;
    let mut out = Digesting::new(BufWriter::with_capacity(1 << 16, file));
    let (edition, rows) = match &ledger.pool {
        Pool::Sqlite(pool) => {
            // The first statement fixes what this connection sees until the transaction ends.
            let mut transaction = pool.begin().await?;
            let told = write_sqlite(&mut transaction, path, &mut out).await?;
            transaction.rollback().await?;
            told
        }
        Pool::Postgres(pool) => {
            let mut transaction = pool.begin().await?;
            (&mut *transaction).execute("set transaction isolation level repeatable read, read only").await?;
            let told = write_postgres(&mut transaction, path, &mut out).await?;
            transaction.rollback().await?;
            told
        }
    };
    let (out, digest, length) = out.finish();
    let file = out.into_inner().map_err(|why| StoreError::io(path)(why.into_error()))?;
    file.sync_all().map_err(StoreError::io(path))?;
    Ok(Dumped { edition, rows, digest, length })
}

/// The rows of one table.
#[derive(Debug, Clone, PartialEq)]
pub struct TableRows {
    /// The table.
    pub table: String,
    /// Its columns, in order.
    pub columns: Vec<String>,
    /// Its rows in the order of its key, each with a value for every column, as in a dump.
    pub rows: Vec<Vec<Value>>,
    /// Which columns are its key.
    pub key: Vec<usize>,
}

impl Ledger {
    /// All rows of all tables but `but`, as they were at one moment: for who looks at rows without knowing what they
    /// mean.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn all_rows(&self, but: &[&str]) -> Result<Vec<TableRows>, StoreError> {
        let mut all = Vec::new();
        match &self.pool {
            Pool::Sqlite(pool) => {
                let mut transaction = pool.begin().await?;
                for table in catalog::of_sqlite(&mut transaction).await? {
                    if !but.contains(&table.name.as_str()) {
                        let sql = AssertSqlSafe(select(&table, ""));
                        let rows = sqlx::query(sql).fetch_all(&mut *transaction).await?;
                        all.push(collected(&table, rows.iter().map(|row| sqlite_values(&table, row)))?);
                    }
                }
                transaction.rollback().await?;
            }
            Pool::Postgres(pool) => {
                let mut transaction = pool.begin().await?;
                (&mut *transaction)
                    .execute("set transaction isolation level repeatable read, read only")
                    .await?;
                for table in catalog::of_postgres(&mut transaction).await? {
                    if !but.contains(&table.name.as_str()) {
                        let sql = AssertSqlSafe(select(&table, " collate \"C\""));
                        let rows = sqlx::query(sql).fetch_all(&mut *transaction).await?;
                        all.push(collected(&table, rows.iter().map(|row| postgres_values(&table, row)))?);
                    }
                }
                transaction.rollback().await?;
            }
        }
        Ok(all)
    }
}

fn collected(
    table: &Table,
    rows: impl Iterator<Item = Result<Vec<Value>, StoreError>>,
) -> Result<TableRows, StoreError> {
    let columns: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
    let key = table.key.iter().filter_map(|name| columns.iter().position(|column| column == name)).collect();
    Ok(TableRows { table: table.name.clone(), columns, rows: rows.collect::<Result<_, _>>()?, key })
}

type Told = (i64, u64);

async fn write_sqlite(
    connection: &mut SqliteConnection,
    path: &Path,
    out: &mut impl Write,
) -> Result<Told, StoreError> {
    let edition = catalog::sqlite_edition(connection).await?;
    line(out, &json!({ "edition": edition })).map_err(StoreError::io(path))?;
    let mut all = 0;
    for table in catalog::of_sqlite(connection).await? {
        begin(out, &table).map_err(StoreError::io(path))?;
        let mut stream = sqlx::query(AssertSqlSafe(select(&table, ""))).fetch(&mut *connection);
        let mut rows: u64 = 0;
        while let Some(row) = stream.try_next().await? {
            line(out, &Value::Array(sqlite_values(&table, &row)?)).map_err(StoreError::io(path))?;
            rows += 1;
        }
        line(out, &json!({ "rows": rows })).map_err(StoreError::io(path))?;
        all += rows;
    }
    Ok((edition, all))
}

async fn write_postgres(
    connection: &mut PgConnection,
    path: &Path,
    out: &mut impl Write,
) -> Result<Told, StoreError> {
    let edition = catalog::postgres_edition(connection).await?;
    line(out, &json!({ "edition": edition })).map_err(StoreError::io(path))?;
    let mut all = 0;
    for table in catalog::of_postgres(connection).await? {
        begin(out, &table).map_err(StoreError::io(path))?;
        let mut stream = sqlx::query(AssertSqlSafe(select(&table, " collate \"C\""))).fetch(&mut *connection);
        let mut rows: u64 = 0;
        while let Some(row) = stream.try_next().await? {
            line(out, &Value::Array(postgres_values(&table, &row)?)).map_err(StoreError::io(path))?;
            rows += 1;
        }
        line(out, &json!({ "rows": rows })).map_err(StoreError::io(path))?;
        all += rows;
    }
    Ok((edition, all))
}

/// Reads all rows of a table in the order of its key; texts are compared by their bytes.
fn select(table: &Table, collation: &str) -> String {
    let by_bytes = |name: &String| {
        let text = table.columns.iter().any(|one| one.name == *name && one.kind == ColumnKind::Text);
        format!("{}{}", quoted(name), if text { collation } else { "" })
    };
    let order: Vec<String> = table.key.iter().map(by_bytes).collect();
    format!("select {} from {} order by {}", table.column_list(), quoted(&table.name), order.join(", "))
}

fn begin(out: &mut impl Write, table: &Table) -> io::Result<()> {
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    // By hand, so that the table's name stands first.
    writeln!(out, "{{\"table\":{},\"columns\":{}}}", json!(table.name), json!(columns))
}

fn line(out: &mut impl Write, document: &Value) -> io::Result<()> {
    serde_json::to_writer(&mut *out, document)?;
    out.write_all(b"\n")
}

/// The values of a row, whichever database it is of.
macro_rules! values {
    ($row:expr, $table:expr) => {{
        let mut values = Vec::with_capacity($table.columns.len());
        for (index, column) in $table.columns.iter().enumerate() {
            values.push(match column.kind {
                ColumnKind::Integer => json!($row.try_get::<Option<i64>, _>(index)?),
                ColumnKind::Text => json!($row.try_get::<Option<String>, _>(index)?),
                ColumnKind::Bytes => {
                    json!($row.try_get::<Option<Vec<u8>>, _>(index)?.map(|bytes| hex(&bytes)))
                }
                ColumnKind::Real => {
                    json!($row.try_get::<Option<f64>, _>(index)?.map(|real| format!("{real:?}")))
                }
                ColumnKind::Boolean => json!($row.try_get::<Option<bool>, _>(index)?.map(i64::from)),
            });
        }
        Ok(values)
    }};
}

fn sqlite_values(table: &Table, row: &SqliteRow) -> Result<Vec<Value>, StoreError> {
    values!(row, table)
}

fn postgres_values(table: &Table, row: &PgRow) -> Result<Vec<Value>, StoreError> {
    values!(row, table)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
