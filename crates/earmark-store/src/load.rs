//! Rows out of a dump into an empty ledger of the dump's own edition, all or none.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, PgPool, SqliteConnection};

use crate::StoreError;
use crate::catalog::{self, ColumnKind, Table, quoted};

/// Longest line of a dump, in bytes; the longest documents, batches and policies, are far below.
const LONGEST: u64 = 1 << 28;

/// PostgreSQL is handed rows in pieces of about so many bytes.
const PIECE: usize = 1 << 18;

/// A line of a dump.
enum Line {
    Edition(i64),
    Table { name: String, columns: Vec<String> },
    Row(Vec<Value>),
    Rows(u64),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    edition: Option<i64>,
    table: Option<String>,
    columns: Option<Vec<String>>,
    rows: Option<u64>,
}

impl Line {
    fn parse(text: &str) -> Option<Self> {
        if text.starts_with('[') {
            return serde_json::from_str(text).ok().map(Self::Row);
        }
        match serde_json::from_str(text).ok()? {
            Head { edition: Some(edition), table: None, columns: None, rows: None } => {
                Some(Self::Edition(edition))
            }
            Head { table: Some(name), columns: Some(columns), edition: None, rows: None } => {
                Some(Self::Table { name, columns })
            }
            Head { rows: Some(rows), edition: None, table: None, columns: None } => Some(Self::Rows(rows)),
            Head { .. } => None,
        }
    }
}

/// The head of a table in a dump.
struct Section<'a> {
    table: &'a Table,
    /// What its columns hold, in the dump's order.
    kinds: Vec<ColumnKind>,
    /// Their names in that order, for a statement.
    list: String,
}

/// A dump, read line by line.
pub(crate) struct Dump {
    lines: BufReader<File>,
    number: u64,
    /// The edition that it is of.
    pub(crate) edition: i64,
}

impl Dump {
    /// Opens the dump in the file `path`.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let lines = BufReader::with_capacity(1 << 16, File::open(path).map_err(StoreError::io(path))?);
        let mut dump = Self { lines, number: 0, edition: 0 };
        match dump.next()? {
            Some(Line::Edition(edition)) if edition > 0 => Ok(Self { edition, ..dump }),
            _ => Err(dump.malformed("the edition is missing")),
        }
    }

    fn next(&mut self) -> Result<Option<Line>, StoreError> {
        let mut text = String::new();
        self.number += 1;
        let read = (&mut self.lines).take(LONGEST).read_line(&mut text);
        match read {
            Ok(0) => Ok(None),
            Ok(_) if !text.ends_with('\n') => Err(self.malformed("it is cut short or too long")),
            Ok(_) => Line::parse(&text).map(Some).ok_or_else(|| self.malformed("it cannot be understood")),
            Err(why) => Err(self.malformed(&why.to_string())),
        }
    }

    /// The head of the next table, checked against the tables that there are.
    fn next_section<'a>(&mut self, tables: &'a [Table]) -> Result<Option<Section<'a>>, StoreError> {
        let (name, columns) = match self.next()? {
            None => return Ok(None),
            Some(Line::Table { name, columns }) => (name, columns),
            Some(_) => return Err(self.malformed("a table's head was expected")),
        };
        let table = tables.iter().find(|table| table.name == name);
        let table = table.ok_or_else(|| self.malformed(&format!("there is no table `{name}`")))?;
        let kinds: Option<Vec<ColumnKind>> = columns
            .iter()
            .map(|name| table.columns.iter().find(|one| one.name == *name).map(|one| one.kind))
            .collect();
        let kinds = kinds.filter(|kinds| kinds.len() == table.columns.len());
        let kinds = kinds.ok_or_else(|| self.malformed(&format!("table `{name}` has other columns")))?;
        let list = columns.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
        Ok(Some(Section { table, kinds, list }))
    }

    /// The next row of a table with such columns, or `None` behind the last one.
    fn next_row(&mut self, kinds: &[ColumnKind], seen: u64) -> Result<Option<Vec<Cell>>, StoreError> {
        match self.next()? {
            Some(Line::Rows(rows)) if rows == seen => Ok(None),
            Some(Line::Row(values)) if values.len() == kinds.len() => {
                let cells: Option<Vec<Cell>> =
                    values.into_iter().zip(kinds).map(|(value, kind)| Cell::of(value, *kind)).collect();
                cells.map(Some).ok_or_else(|| self.malformed("a value is not of its column's kind"))
            }
            _ => Err(self.malformed("a row, or the number of rows, was expected")),
        }
    }

    fn malformed(&self, why: &str) -> StoreError {
        StoreError::Damaged(format!("line {} of the ledger's dump: {why}", self.number))
    }
}

/// A value for a column.
enum Cell {
    Null,
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
    Real(f64),
    Boolean(bool),
}

impl Cell {
    fn of(value: Value, kind: ColumnKind) -> Option<Self> {
        Some(match (value, kind) {
            (Value::Null, _) => Self::Null,
            (Value::Number(number), ColumnKind::Integer) => Self::Integer(number.as_i64()?),
            (Value::Number(number), ColumnKind::Boolean) => Self::Boolean(match number.as_i64()? {
                0 => false,
                1 => true,
                _ => return None,
            }),
            (Value::String(text), ColumnKind::Text) => Self::Text(text),
            (Value::String(digits), ColumnKind::Bytes) => Self::Bytes(unhex(&digits)?),
            (Value::String(text), ColumnKind::Real) => Self::Real(text.parse().ok()?),
            _ => return None,
        })
    }

    /// Appends the cell as `copy ... from stdin` takes it in its text form.
    fn copy_text(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend(b"\\N"),
            Self::Integer(number) => out.extend(number.to_string().bytes()),
            Self::Real(real) => out.extend(format!("{real:?}").bytes()),
            Self::Boolean(yes) => out.push(if *yes { b't' } else { b'f' }),
            Self::Bytes(bytes) => {
                out.extend(b"\\\\x");
                for byte in bytes {
                    out.extend(format!("{byte:02x}").bytes());
                }
            }
            Self::Text(text) => {
                for byte in text.bytes() {
                    match byte {
                        b'\\' => out.extend(b"\\\\"),
                        b'\n' => out.extend(b"\\n"),
                        b'\r' => out.extend(b"\\r"),
                        b'\t' => out.extend(b"\\t"),
                        other => out.push(other),
                    }
                }
            }
        }
    }
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| {
            u8::from_str_radix(std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?, 16).ok()
        })
        .collect()
}

/// Loads a dump into the SQLite file at `path`, whose tables are empty and of the dump's edition.
///
/// References are not looked at while rows are written, since a revision may stand before the one it succeeds; a
/// check of the vault does.
pub(crate) async fn into_sqlite(dump: &mut Dump, path: &Path) -> Result<(), StoreError> {
    const TRIGGERS: &str = "select name, sql from sqlite_schema where type = 'trigger' order by name";
    let options = SqliteConnectOptions::new().filename(path).foreign_keys(false);
    let mut connection = options.connect().await?;
    let mut transaction = connection.begin_with("begin immediate").await?;
    let tables = catalog::of_sqlite(&mut transaction).await?;
    // They judge what is new; these rows have been judged, and come in another order.
    let triggers: Vec<(String, String)> = sqlx::query_as(TRIGGERS).fetch_all(&mut *transaction).await?;
    for (name, _) in &triggers {
        (&mut *transaction).execute(AssertSqlSafe(format!("drop trigger {}", quoted(name)))).await?;
    }
    while let Some(Section { table, kinds, list }) = dump.next_section(&tables)? {
        empty_sqlite(&mut transaction, table).await?;
        let places = (1..=kinds.len()).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ");
        let sql = format!("insert into {} ({list}) values ({places})", quoted(&table.name));
        let mut rows = 0;
        while let Some(cells) = dump.next_row(&kinds, rows)? {
            let mut query = sqlx::query(AssertSqlSafe(sql.clone()));
            for cell in cells {
                query = match cell {
                    Cell::Null => query.bind(None::<i64>),
                    Cell::Integer(number) => query.bind(number),
                    Cell::Boolean(yes) => query.bind(i64::from(yes)),
                    Cell::Text(text) => query.bind(text),
                    Cell::Bytes(bytes) => query.bind(bytes),
                    Cell::Real(real) => query.bind(real),
                };
            }
            query.execute(&mut *transaction).await.map_err(StoreError::on_write("row", &table.name))?;
            rows += 1;
        }
    }
    for (_, sql) in triggers {
        (&mut *transaction).execute(AssertSqlSafe(sql)).await?;
    }
    transaction.commit().await?;
    connection.close().await?;
    Ok(())
}

/// Takes away what the migrations themselves wrote; the dump brings it along.
async fn empty_sqlite(connection: &mut SqliteConnection, table: &Table) -> Result<(), StoreError> {
    connection.execute(AssertSqlSafe(format!("delete from {}", quoted(&table.name)))).await?;
    Ok(())
}

/// Loads a dump into a PostgreSQL ledger whose tables are empty and of the dump's edition.
///
/// Each table is one statement, at whose end PostgreSQL looks at references: a revision may stand before the one it
/// succeeds.
pub(crate) async fn into_postgres(dump: &mut Dump, pool: &PgPool) -> Result<(), StoreError> {
    let mut transaction = pool.begin().await?;
    let tables = catalog::of_postgres(&mut transaction).await?;
    while let Some(Section { table, kinds, list }) = dump.next_section(&tables)? {
        let name = quoted(&table.name);
        let switch = |how: &str| AssertSqlSafe(format!("alter table {name} {how} trigger user"));
        (&mut *transaction).execute(switch("disable")).await?;
        (&mut *transaction).execute(AssertSqlSafe(format!("delete from {name}"))).await?;
        let mut copy = transaction.copy_in_raw(&format!("copy {name} ({list}) from stdin")).await?;
        let (mut piece, mut rows) = (Vec::new(), 0);
        loop {
            let cells = match dump.next_row(&kinds, rows) {
                Ok(Some(cells)) => cells,
                Ok(None) => break,
                Err(why) => {
                    // The transaction is rolled back whatever becomes of this.
                    drop(copy.abort("the dump is malformed").await);
                    return Err(why);
                }
            };
            for (index, cell) in cells.iter().enumerate() {
                if index > 0 {
                    piece.push(b'\t');
                }
                cell.copy_text(&mut piece);
            }
            piece.push(b'\n');
            rows += 1;
            if piece.len() >= PIECE {
                copy.send(std::mem::take(&mut piece)).await?;
            }
        }
        copy.send(piece).await?;
        copy.finish().await.map_err(StoreError::on_write("row", &table.name))?;
        (&mut *transaction).execute(switch("enable")).await?;
        count_on(&mut transaction, table).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Lets numbers that the database gives out go on behind the highest one.
async fn count_on(connection: &mut PgConnection, table: &Table) -> Result<(), StoreError> {
    const IDENTITY: &str = "select column_name::text from information_schema.columns \
        where table_schema = current_schema() and table_name = $1 and is_identity = 'YES'";
    let columns: Vec<String> =
        sqlx::query_scalar(IDENTITY).bind(&table.name).fetch_all(&mut *connection).await?;
    for column in columns {
        let (name, quoted_column) = (quoted(&table.name), quoted(&column));
        let sql = format!(
            "select setval(pg_get_serial_sequence($1, $2), coalesce(max({quoted_column}), 0) + 1, false) from {name}"
        );
        let next: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(&name)
            .bind(&column)
            .fetch_one(&mut *connection)
            .await?;
        debug_assert!(next > 0, "numbers begin at 1");
    }
    Ok(())
}
