//! Settlement of the entities that a commit touched: whether each is blocked or withheld, whether a chain of origins still
//! leads from it to a listing, and the fold of its parts. An entity that begins or ceases to live touches its dependents.

use std::collections::{BTreeSet, VecDeque};

use jiff::Timestamp;
use raadhuis_schema::{
    Action, Change, ContentHash, Entity, EntityId, Gone, Kind, Standing,
    json::to_word,
    part::{Piece, fold_pieces},
};
use serde_json::Value;
use sqlx::{Row, Sqlite, Transaction};

use super::{erase, owed, parse_id, term};
use crate::{Committed, StoreError};

type Tx<'a> = Transaction<'a, Sqlite>;

/// The state of one settlement: the entities to look at again and the changes so far.
pub struct Settlement {
    source: String,
    run: i64,
    at: Timestamp,
    queue: VecDeque<(EntityId, Option<Gone>)>,
    /// The SHA-256 of the files that were erased.
    pub files: BTreeSet<String>,
    /// The changes made so far.
    pub done: Committed,
}

impl Settlement {
    pub fn new(source: &str, run: i64, at: Timestamp) -> Self {
        Self {
            source: source.to_owned(),
            run,
            at,
            queue: VecDeque::new(),
            files: BTreeSet::new(),
            done: Committed::default(),
        }
    }

    /// Queues an entity, with the reason it is gone if it turns out to be.
    pub fn queue_entity(&mut self, id: EntityId, inherited: Option<Gone>) {
        self.queue.push_back((id, inherited));
    }
}

/// Settles touched entities until none is left.
pub async fn settle_entities(
    tx: &mut Tx<'_>,
    work: &mut Settlement,
    current: Option<&str>,
) -> Result<(), StoreError> {
    while let Some((id, inherited)) = work.queue.pop_front() {
        let forbidden = forbidden(tx, id.as_str(), None).await?;
        let alive = forbidden.is_none() && is_chained(tx, &id).await?;
        let body = if alive { fold_pieces(load_pieces(tx, &id).await?) } else { None };
        let gone = match (&body, forbidden) {
            (Some(_), _) => None,
            (None, Some(gone)) => Some(gone),
            (None, None) => Some(inherited.unwrap_or(Gone::Withdrawn)),
        };
        write_entity(tx, work, &id, body, gone, current).await?;
    }
    Ok(())
}

/// Writes an entity's new state and its line in the log; touches its dependents when it begins or ceases to
/// live.
async fn write_entity(
    tx: &mut Tx<'_>,
    work: &mut Settlement,
    id: &EntityId,
    body: Option<Value>,
    gone: Option<Gone>,
    current: Option<&str>,
) -> Result<(), StoreError> {
    let known = sqlx::query("SELECT hash, gone, body FROM entity WHERE id = ?1")
        .bind(id.as_str())
        .fetch_optional(&mut **tx)
        .await?;
    let (old_hash, old_gone, old_body): (Option<String>, Option<String>, Option<String>) = match &known {
        Some(row) => (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?),
        None => (None, None, None),
    };
    let lived = known.is_some() && old_gone.is_none();
    let hash = body.as_ref().map(|body| ContentHash::hash_value(body).to_string());
    let action = match (&body, known.is_some(), lived) {
        (Some(_), false, _) => Some(Action::Created),
        (Some(_), true, false) => Some(Action::Revived),
        (Some(_), true, true) => (hash != old_hash).then_some(Action::Updated),
        (None, _, true) if gone == Some(Gone::Withdrawn) => Some(Action::Withdrawn),
        (None, _, true) => Some(Action::Erased),
        // Withdrawn before, and now known to be not public: followers must wipe the rest.
        (None, true, false) if gone != Some(Gone::Withdrawn) && old_gone.as_deref() == Some("withdrawn") => {
            Some(Action::Erased)
        }
        (None, _, false) => None,
    };
    if gone.is_some_and(|gone| gone != Gone::Withdrawn) {
        // Also if the entity never lived here or was withdrawn before: non-public content leaves no trace.
        work.files.extend(erase::condemn(tx, id, current).await?);
        erase::forget_edits(tx, id).await?;
        for orphan in erase::take_dependents(tx, id).await? {
            work.queue_entity(orphan, gone);
        }
    }
    let Some(action) = action else { return Ok(()) };
    let entity = body
        .map(|body| Entity::from_json(id.kind(), body))
        .transpose()
        .map_err(|why| StoreError::Corrupt { id: id.to_string(), why: why.to_string() })?;
    let fields = match (&old_body, &entity) {
        (Some(old), Some(new)) => Some(list_changes(id, old, &new.to_json())?.to_string()),
        _ => None,
    };
    let authority = match &entity {
        Some(entity) => Some(entity.authority().to_string()),
        None => {
            sqlx::query_scalar("SELECT authority FROM entity WHERE id = ?1")
                .bind(id.as_str())
                .fetch_optional(&mut **tx)
                .await?
        }
    };
    let seq = log_change(tx, work, id, authority.as_deref(), action, hash.as_deref(), fields).await?;
    sqlx::query(
        "INSERT INTO entity (id, kind, authority, source, day, sort, body, hash, gone, seq, first_seen)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (id) DO UPDATE SET authority = ?3, source = ?4, day = ?5, sort = ?6, body = ?7, hash = ?8,
             gone = ?9, seq = ?10",
    )
    .bind(id.as_str())
    .bind(id.kind().as_str())
    .bind(&authority)
    .bind(&work.source)
    .bind(entity.as_ref().and_then(Entity::day).map(|day| day.to_string()))
    .bind(entity.as_ref().map(sort_key).unwrap_or_default())
    .bind(entity.as_ref().map(|entity| entity.to_json().to_string()))
    .bind(hash)
    .bind(gone.as_ref().map(to_word))
    .bind(seq)
    .bind(work.at.as_second())
    .execute(&mut **tx)
    .await?;
    // A withdrawn entity keeps its references, so that followers know which entities to look at again.
    if gone != Some(Gone::Withdrawn) {
        write_references(tx, id, entity.as_ref()).await?;
    }
    if action != Action::Updated {
        for below in anchored(tx, id).await? {
            work.queue_entity(below, None);
        }
    }
    if id.kind() == Kind::DocumentText {
        term::write_terms(tx, id, entity.as_ref(), work.at).await?;
    }
    match &entity {
        Some(document @ Entity::Document(_)) => {
            let day = document.day().map(|day| day.to_string());
            owed::owe_file(tx, &work.source, id, day, work.at).await?;
        }
        Some(_) => {}
        None => owed::forget_subject(tx, id).await?,
    }
    let authority = entity.map(|entity| entity.authority().clone());
    let (id, run) = (id.clone(), Some(work.run));
    work.done.changes.push(Change { seq, id, authority, action, at: work.at, run, purpose: None });
    Ok(())
}

/// Adds a line to the change log and returns its number.
async fn log_change(
    tx: &mut Tx<'_>,
    work: &Settlement,
    id: &EntityId,
    authority: Option<&str>,
    action: Action,
    hash: Option<&str>,
    fields: Option<String>,
) -> Result<i64, StoreError> {
    let seq = sqlx::query_scalar(
        "INSERT INTO change (entity, authority, action, at, hash, fields, run) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         RETURNING seq",
    );
    let seq = seq
        .bind(id.as_str())
        .bind(authority)
        .bind(to_word(&action))
        .bind(work.at.as_second())
        .bind(hash)
        .bind(fields)
        .bind(work.run);
    Ok(seq.fetch_one(&mut **tx).await?)
}

/// Lists the names of the fields in which two bodies differ, as a JSON array.
///
/// # Errors
/// The stored body is damaged.
fn list_changes(id: &EntityId, old: &str, new: &Value) -> Result<Value, StoreError> {
    let old: Value = serde_json::from_str(old).map_err(|why| StoreError::corrupt(id.as_str(), &why))?;
    let fields = [&old, new].into_iter().filter_map(Value::as_object).flatten();
    let names: BTreeSet<&String> = fields.map(|(name, _)| name).collect();
    Ok(names.into_iter().filter(|name| old.get(*name) != new.get(*name)).cloned().collect())
}

async fn write_references(tx: &mut Tx<'_>, id: &EntityId, entity: Option<&Entity>) -> Result<(), StoreError> {
    sqlx::query(r#"DELETE FROM reference WHERE "from" = ?1"#).bind(id.as_str()).execute(&mut **tx).await?;
    let mut seen = BTreeSet::new();
    for (position, (relation, to)) in
        entity.map(Entity::references).unwrap_or_default().into_iter().enumerate()
    {
        if seen.insert((relation, to.clone())) {
            sqlx::query("INSERT INTO reference VALUES (?1, ?2, ?3, ?4)")
                .bind(id.as_str())
                .bind(relation.as_str())
                .bind(i64::try_from(position).unwrap_or(i64::MAX))
                .bind(to.as_str())
                .execute(&mut **tx)
                .await?;
        }
    }
    Ok(())
}

/// Returns why an entity may not be kept: the operator took it down, or an answer marks it as not public.
///
/// `but` is the origin whose new part is being stored; its old part no longer counts.
pub async fn forbidden(tx: &mut Tx<'_>, id: &str, but: Option<&str>) -> Result<Option<Gone>, StoreError> {
    let row = sqlx::query(
        "SELECT EXISTS (SELECT 1 FROM block WHERE entity = ?1),
                EXISTS (SELECT 1 FROM part WHERE entity = ?1 AND withheld AND origin IS NOT ?2)",
    )
    .bind(id)
    .bind(but)
    .fetch_one(&mut **tx)
    .await?;
    Ok(match (row.try_get(0)?, row.try_get(1)?) {
        (true, _) => Some(Gone::Blocked),
        (_, true) => Some(Gone::Withheld),
        (false, false) => None,
    })
}

/// Returns whether a chain of origins leads from an entity to a listing, over entities that may be kept.
///
/// An answer about the entity itself is no link: a detail describes what another answer names. The walk ends
/// even if answers refer to each other, because `UNION` visits each link once.
async fn is_chained(tx: &mut Tx<'_>, id: &EntityId) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar(
        "WITH RECURSIVE chain (anchor) AS (
             SELECT anchor FROM part WHERE entity = ?1 AND anchor IS NOT entity
             UNION
             SELECT part.anchor FROM chain JOIN part ON part.entity = chain.anchor
              WHERE part.anchor IS NOT part.entity
                AND NOT EXISTS (SELECT 1 FROM part AS w WHERE w.entity = chain.anchor AND w.withheld)
                AND NOT EXISTS (SELECT 1 FROM block WHERE block.entity = chain.anchor)
         )
         SELECT EXISTS (SELECT 1 FROM chain WHERE anchor IS NULL)",
    )
    .bind(id.as_str())
    .fetch_one(&mut **tx)
    .await?)
}

async fn load_pieces(tx: &mut Tx<'_>, id: &EntityId) -> Result<Vec<Piece>, StoreError> {
    let rows = sqlx::query("SELECT origin, standing, body FROM part WHERE entity = ?1")
        .bind(id.as_str())
        .fetch_all(&mut **tx)
        .await?;
    rows.iter()
        .map(|row| {
            let body: Option<String> = row.try_get(2)?;
            let body = body.map(|body| serde_json::from_str(&body)).transpose();
            let body = body.map_err(|why| StoreError::corrupt(id.as_str(), &why))?;
            Ok(Piece { origin: row.try_get(0)?, standing: Standing::of_number(row.try_get(1)?), body })
        })
        .collect()
}

/// Lists the entities with a part that depends on `id`.
async fn anchored(tx: &mut Tx<'_>, id: &EntityId) -> Result<Vec<EntityId>, StoreError> {
    let ids: Vec<String> = sqlx::query_scalar("SELECT entity FROM part WHERE anchor = ?1 AND entity <> ?1")
        .bind(id.as_str())
        .fetch_all(&mut **tx)
        .await?;
    ids.iter().map(|id| parse_id(id)).collect()
}

/// Makes the key by which lists are sorted: the day of a dated entity, the position of one that its parent
/// orders, else the name.
fn sort_key(entity: &Entity) -> String {
    match (entity.id().kind(), entity.date_time()) {
        (Kind::AgendaItem | Kind::Chapter | Kind::TranscriptSegment, _) => {
            format!("{:06}", entity.position())
        }
        (_, Some(when)) => when.to_string(),
        (Kind::Meeting, None) => String::new(),
        (kind, None) if Kind::ENTRIES.contains(&kind) => String::new(),
        _ => entity.name().unwrap_or_default().to_lowercase(),
    }
}
