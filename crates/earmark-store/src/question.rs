use earmark_model::{RecipientId, Slug, UnixMillis};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::act::insert_act;
use crate::columns::{count, number, word};
use crate::job::insert_job;
use crate::message::insert_message;
use crate::{Ledger, NewAct, NewJob, NewMessage, Stage, StoreError};

/// A question about a disclosure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Its number.
    pub id: u64,
    /// About which disclosure.
    pub disclosure: Slug,
    /// Whoever has this stage gets the answer.
    pub stage: Stage,
    /// Who asked; nobody else ever learns it.
    pub asker: RecipientId,
    /// The question as it was asked.
    pub body: String,
    /// When.
    pub asked: UnixMillis,
    /// The question as all may read it.
    pub wording: Option<String>,
    /// The answer.
    pub answer: Option<String>,
    /// When the answer goes out.
    pub answer_at: Option<UnixMillis>,
    /// When it went out.
    pub published: Option<UnixMillis>,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    disclosure: String,
    stage: String,
    asker: String,
    body: String,
    asked: i64,
    wording: Option<String>,
    answer: Option<String>,
    answer_at: Option<i64>,
    published: Option<i64>,
}

fn question(row: Row) -> Result<Question, StoreError> {
    Ok(Question {
        id: number("question.id", row.id)?,
        disclosure: word("question.disclosure", &row.disclosure)?,
        stage: word("question.stage", &row.stage)?,
        asker: word("question.asker", &row.asker)?,
        body: row.body,
        asked: UnixMillis(row.asked),
        wording: row.wording,
        answer: row.answer,
        answer_at: row.answer_at.map(UnixMillis),
        published: row.published.map(UnixMillis),
    })
}

impl Ledger {
    /// Records a question and gives its number.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when disclosure or asker is not there.
    pub async fn add_question(
        &self,
        (disclosure, stage, asker): (&Slug, Stage, &RecipientId),
        body: &str,
        messages: &[NewMessage],
        act: &NewAct,
    ) -> Result<u64, StoreError> {
        const SQL: &str = "insert into question (disclosure, stage, asker, body, asked) \
                           values ($1, $2, $3, $4, $5) returning id";
        let id: i64 = in_transaction!(self, |connection| {
            let id = sqlx::query_scalar(SQL)
                .bind(disclosure.as_str())
                .bind(stage.word())
                .bind(asker.as_str())
                .bind(body)
                .bind(act.at.0)
                .fetch_one(&mut *connection)
                .await
                .map_err(StoreError::on_write("question", asker))?;
            for message in messages {
                insert_message!(&mut *connection, message, act.at);
            }
            insert_act!(&mut *connection, act);
            id
        });
        number("question.id", id)
    }

    /// Sets a question's answer and the job that publishes it; another answer takes the place of one that has not
    /// gone out.
    ///
    /// # Errors
    /// [`StoreError::NotThere`] when there is no such question that waits for its answer.
    pub async fn answer_question(
        &self,
        id: u64,
        (wording, answer, at): (Option<&str>, &str, UnixMillis),
        job: &NewJob,
        act: &NewAct,
    ) -> Result<(), StoreError> {
        const SQL: &str = "update question set wording = $2, answer = $3, answer_at = $4 \
                           where id = $1 and published is null";
        let number = count("question", id)?;
        in_transaction!(self, |connection| {
            let rows = sqlx::query(SQL)
                .bind(number)
                .bind(wording)
                .bind(answer)
                .bind(at.0)
                .execute(&mut *connection)
                .await?
                .rows_affected();
            if rows == 0 {
                return Err(StoreError::not_there("unanswered question", id));
            }
            insert_job!(&mut *connection, job, act.at);
            insert_act!(&mut *connection, act);
        });
        Ok(())
    }

    /// The questions about a disclosure, in the order they were asked.
    pub async fn questions(&self, disclosure: &Slug) -> Result<Vec<Question>, StoreError> {
        const SQL: &str = "select id, disclosure, stage, asker, body, asked, wording, answer, answer_at, published \
                           from question where disclosure = $1 order by id";
        let rows: Vec<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(disclosure.as_str()).fetch_all(pool).await?);
        rows.into_iter().map(question).collect()
    }

    /// A question by its number.
    ///
    /// # Errors
    /// [`StoreError::NotThere`].
    pub async fn question(&self, id: u64) -> Result<Question, StoreError> {
        const SQL: &str = "select id, disclosure, stage, asker, body, asked, wording, answer, answer_at, published \
                           from question where id = $1";
        let number = count("question", id)?;
        let row: Option<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(number).fetch_optional(pool).await?);
        row.map_or_else(|| Err(StoreError::not_there("question", id)), question)
    }
}
