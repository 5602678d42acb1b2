//! The abbreviations that texts explain, for a document and for the entities around it.

use jiff::Timestamp;
use raadhuis_schema::{Entity, EntityId, Kind};
use sqlx::{QueryBuilder, Row, Sqlite, SqlitePool, Transaction};

use super::{json_list, parse_id, read::instant};
use crate::{StoreError, Term, TermsOf};

pub async fn write_terms(
    tx: &mut Transaction<'_, Sqlite>,
    id: &EntityId,
    entity: Option<&Entity>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let (document, kept) = match entity {
        Some(Entity::DocumentText(text)) => {
            (Some(text.document.as_entity().clone()), text.shown_abbreviations().collect())
        }
        _ => (id.containing(Kind::Document), Vec::new()),
    };
    let Some(document) = document else { return Ok(()) };
    let longs: Vec<String> = kept.iter().map(|it| format!("{}={}", it.short, it.long)).collect();
    sqlx::query(
        "DELETE FROM term WHERE document = ?1 AND short || '=' || long NOT IN (SELECT value FROM json_each(?2))",
    )
    .bind(document.as_str())
    .bind(json_list(&longs))
    .execute(&mut **tx)
    .await?;
    for it in kept {
        sqlx::query(
            "INSERT INTO term VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (document, short, long) DO UPDATE SET page = ?5",
        )
        .bind(document.as_str())
        .bind(&it.short)
        .bind(&it.long)
        .bind(entity.map(|entity| entity.authority().to_string()))
        .bind(it.page)
        .bind(at.as_second())
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Lists the abbreviations that the documents of `of` explain: where each pair of short and long form was
/// first explained, and in how many documents.
pub async fn list_terms(
    pool: &SqlitePool,
    of: &TermsOf,
    shorts: Option<&[String]>,
    limit: u32,
) -> Result<Vec<Term>, StoreError> {
    let mut query = QueryBuilder::new("WITH ");
    match of {
        TermsOf::Document(id) => push_documents(&mut query, "document (id) AS (SELECT ", id, ")"),
        TermsOf::Meeting(id) => {
            query.push(HOLDERS[0]);
            push_documents(&mut query, "SELECT ", id, HOLDERS[1]);
        }
        TermsOf::Committee(id) => {
            query.push(HOLDERS[0]);
            push_documents(
                &mut query,
                r#"SELECT "from" FROM reference WHERE relation = 'committee' AND "to" = "#,
                id,
                HOLDERS[1],
            );
        }
        TermsOf::Authority(_) | TermsOf::All => {
            query.push("document (id) AS (SELECT NULL)");
        }
    }
    query.push(
        " SELECT short, min(long), min(seen), max(seen), count(*), min(printf('%012d', seen) || '|' || page || '|' || document)
            FROM term WHERE ",
    );
    match of {
        TermsOf::Authority(id) => drop(query.push("authority = ").push_bind(id.as_str().to_owned())),
        TermsOf::All => drop(query.push("TRUE")),
        _ => drop(query.push("document IN (SELECT id FROM document)")),
    }
    if let Some(shorts) = shorts {
        query.push(" AND short IN (SELECT value FROM json_each(").push_bind(json_list(shorts)).push("))");
    }
    query.push(" GROUP BY short, lower(long) ORDER BY short, count(*) DESC, lower(long) LIMIT ");
    query.push_bind(limit);
    let rows = query.build().fetch_all(pool).await?;
    rows.iter()
        .map(|row| {
            let first: String = row.try_get(5)?;
            let mut parts = first.splitn(3, '|').skip(1);
            let page = parts.next().and_then(|page| page.parse().ok()).unwrap_or(1);
            Ok(Term {
                short: row.try_get(0)?,
                long: row.try_get(1)?,
                first_seen: instant(row.try_get(2)?),
                last_seen: instant(row.try_get(3)?),
                documents: row.try_get::<i64, _>(4)?.unsigned_abs(),
                page,
                document: parse_id(parts.next().unwrap_or_default())?,
            })
        })
        .collect()
}

const HOLDERS: [&str; 2] = [
    "meeting (id) AS (",
    r#"), agenda (id) AS (
        SELECT id FROM meeting
        UNION SELECT "from" FROM reference WHERE relation = 'meeting' AND "to" IN (SELECT id FROM meeting)
    ), holder (id) AS (
        SELECT id FROM agenda
        UNION SELECT "to" FROM reference WHERE relation = 'entry' AND "from" IN (SELECT id FROM agenda)
        UNION SELECT "from" FROM reference WHERE relation = 'agenda-item' AND "to" IN (SELECT id FROM agenda)
    ), document (id) AS (
        SELECT "to" FROM reference WHERE relation = 'document' AND "from" IN (SELECT id FROM holder)
    )"#,
];

fn push_documents(query: &mut QueryBuilder<Sqlite>, before: &str, id: &EntityId, behind: &str) {
    query.push(before).push_bind(id.as_str().to_owned()).push(behind);
}
