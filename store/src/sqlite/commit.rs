//! The one door through which entities change.
//!
//! A commit stores parts, withdraws those that a complete answer no longer names, and then settles every
//! entity that was touched: is it blocked or withheld, does a chain of origins still lead to a listing, and
//! what do its parts fold to. An entity whose life changes touches those that hang from it.

use std::collections::{BTreeSet, VecDeque};

use jiff::Timestamp;
use raadhuis_schema::{
    Action, Change, Commit, Content, ContentHash, Entity, EntityId, Gone, Kind, Part, Scope, Standing,
    part::{Piece, fold},
};
use serde_json::Value;
use sqlx::{Row, Sqlite, SqlitePool, Transaction};

use super::{erase, parse_id};
use crate::{Committed, StoreError};

type Tx<'a> = Transaction<'a, Sqlite>;

/// Takes in one answer, whole or not at all.
pub async fn commit(pool: &SqlitePool, commit: Commit) -> Result<Committed, StoreError> {
    let mut tx = pool.begin().await?;
    let mut work = Work::new(&commit.source, commit.fetched);
    let mut tainted = false;
    let withheld = |part: &&Part| matches!(part.content, Content::Withheld(_));
    let tells = |part: &Part| matches!(part.content, Content::Says(_));
    let hidden: BTreeSet<&EntityId> = commit.parts.iter().filter(withheld).map(Part::entity).collect();
    // What an answer says of its own subject comes first: it decides whether the rest may be kept.
    let is_subject = |part: &&Part| part.origin.anchor().is_none_or(|anchor| anchor == part.entity());
    let (subjects, rest): (Vec<&Part>, Vec<&Part>) = commit.parts.iter().partition(is_subject);
    for part in subjects.into_iter().chain(rest) {
        if hidden.contains(part.entity()) && !withheld(&part) {
            // One answer that shows a thing in one place and withholds it in another, withholds it.
            tainted |= tells(part);
            continue;
        }
        match put_part(&mut tx, &commit, part).await? {
            Put::Same => {}
            Put::Changed => work.touch(part.entity().clone(), None),
            Put::Silenced { changed } => {
                tainted |= tells(part);
                if changed {
                    work.touch(part.entity().clone(), None);
                }
            }
        }
    }
    for scope in &commit.complete {
        // What an answer no longer names because its own subject is not public, is not public either.
        let hides = scope.origin.anchor().is_some_and(|anchor| hidden.contains(anchor));
        for stale in take_stale(&mut tx, scope, commit.run).await? {
            work.touch(stale, hides.then_some(Gone::Withheld));
        }
    }
    if let Some(payload) = &commit.payload {
        erase::testify(&mut tx, payload, &commit.parts).await?;
        if tainted {
            // It describes, as if it were public, what another answer withholds.
            erase::condemn_keys(&mut tx, std::slice::from_ref(payload)).await?;
        }
    }
    settle(&mut tx, &mut work, commit.payload.as_deref()).await?;
    for remark in &commit.remarks {
        sqlx::query("INSERT INTO remark (run, code, subject, path, message) VALUES (?1, ?2, ?3, ?4, ?5)")
            .bind(commit.run)
            .bind(remark.code.word())
            .bind(&remark.subject)
            .bind(&remark.path)
            .bind(&remark.message)
            .execute(&mut *tx)
            .await?;
    }
    if let Some((follower, seq)) = &commit.cursor {
        sqlx::query("INSERT INTO cursor VALUES (?1, ?2) ON CONFLICT (follower) DO UPDATE SET seq = ?2")
            .bind(follower)
            .bind(seq)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(work.done)
}

/// Takes an entity down for good.
pub async fn block(
    pool: &SqlitePool,
    id: &EntityId,
    reason: &str,
    at: Timestamp,
) -> Result<Committed, StoreError> {
    let mut tx = pool.begin().await?;
    sqlx::query("INSERT INTO block VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
        .bind(id.as_str())
        .bind(reason)
        .bind(at.as_second())
        .execute(&mut *tx)
        .await?;
    let source: Option<String> = sqlx::query_scalar("SELECT source FROM entity WHERE id = ?1")
        .bind(id.as_str())
        .fetch_optional(&mut *tx)
        .await?;
    let mut work = Work::new(&source.unwrap_or_default(), at);
    work.touch(id.clone(), None);
    settle(&mut tx, &mut work, None).await?;
    tx.commit().await?;
    Ok(work.done)
}

/// The entities that a commit must look at again.
struct Work {
    source: String,
    at: Timestamp,
    queue: VecDeque<(EntityId, Option<Gone>)>,
    done: Committed,
}

impl Work {
    fn new(source: &str, at: Timestamp) -> Self {
        Self { source: source.to_owned(), at, queue: VecDeque::new(), done: Committed::default() }
    }

    fn touch(&mut self, id: EntityId, inherited: Option<Gone>) {
        self.queue.push_back((id, inherited));
    }
}

/// What became of a part.
enum Put {
    /// It says what was stored.
    Same,
    /// It says something else.
    Changed,
    /// Its words may not be kept.
    Silenced {
        /// Whether it was not silenced before.
        changed: bool,
    },
}

/// Stores one part, or what may be kept of it.
async fn put_part(tx: &mut Tx<'_>, commit: &Commit, part: &Part) -> Result<Put, StoreError> {
    let id = part.entity().as_str();
    let origin = part.origin.to_string();
    let anchor = part.origin.anchor().map(EntityId::as_str);
    if let Some(anchor) = anchor
        && anchor != id
        && forbidden(tx, anchor, None).await?.is_some()
    {
        return Ok(Put::Silenced { changed: false });
    }
    let withheld = matches!(part.content, Content::Withheld(_));
    let silent = withheld || forbidden(tx, id, Some(&origin)).await?.is_some();
    let (body, day) = match &part.content {
        Content::Says(entity) if !silent => {
            (Some(entity.to_json().to_string()), entity.day().map(|day| day.to_string()))
        }
        _ => (None, None),
    };
    let known = sqlx::query("SELECT body, withheld, standing FROM part WHERE entity = ?1 AND origin = ?2")
        .bind(id)
        .bind(&origin)
        .fetch_optional(&mut **tx)
        .await?;
    let same = match known {
        Some(row) => {
            row.try_get::<Option<String>, _>(0)? == body
                && row.try_get::<bool, _>(1)? == withheld
                && row.try_get::<i64, _>(2)? == part.standing as i64
        }
        None => false,
    };
    sqlx::query(
        "INSERT INTO part (entity, origin, anchor, source, standing, day, body, withheld, run, fetched, payload)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (entity, origin) DO UPDATE SET standing = ?5, day = ?6, body = ?7, withheld = ?8,
             run = max(run, ?9), fetched = max(fetched, ?10), payload = ?11",
    )
    .bind(id)
    .bind(&origin)
    .bind(anchor)
    .bind(&commit.source)
    .bind(part.standing as i64)
    .bind(day)
    .bind(body)
    .bind(withheld)
    .bind(commit.run)
    .bind(commit.fetched.as_second())
    .bind(&commit.payload)
    .execute(&mut **tx)
    .await?;
    if let Content::Says(entity) = &part.content
        && !silent
        && let Entity::DocumentText(text) = entity.as_ref()
    {
        erase::hold_file(tx, text).await?;
    }
    Ok(match (silent, same) {
        (true, _) => Put::Silenced { changed: !same },
        (false, true) => Put::Same,
        (false, false) => Put::Changed,
    })
}

/// Deletes the parts that a complete answer should have named and did not.
async fn take_stale(tx: &mut Tx<'_>, scope: &Scope, run: i64) -> Result<Vec<EntityId>, StoreError> {
    let origin = scope.origin.to_string();
    let (first, last) =
        scope.window.map_or((None, None), |w| (Some(w.first().to_string()), Some(w.last().to_string())));
    let stale: Vec<String> = sqlx::query_scalar(
        "DELETE FROM part WHERE origin = ?1 AND run < ?2 AND (?3 IS NULL OR (day >= ?3 AND day <= ?4))
         RETURNING entity",
    )
    .bind(origin)
    .bind(run)
    .bind(first)
    .bind(last)
    .fetch_all(&mut **tx)
    .await?;
    stale.iter().map(|id| parse_id(id)).collect()
}

/// Settles touched entities until none is left.
async fn settle(tx: &mut Tx<'_>, work: &mut Work, current: Option<&str>) -> Result<(), StoreError> {
    while let Some((id, inherited)) = work.queue.pop_front() {
        let forbidden = forbidden(tx, id.as_str(), None).await?;
        if forbidden.is_some() {
            sqlx::query("UPDATE part SET body = NULL, day = NULL WHERE entity = ?1")
                .bind(id.as_str())
                .execute(&mut **tx)
                .await?;
        }
        let alive = forbidden.is_none() && is_chained(tx, &id).await?;
        let body = if alive { fold(pieces(tx, &id).await?) } else { None };
        let gone = match (&body, forbidden) {
            (Some(_), _) => None,
            (None, Some(gone)) => Some(gone),
            (None, None) => Some(inherited.unwrap_or(Gone::Withdrawn)),
        };
        write_entity(tx, work, &id, body, gone, current).await?;
    }
    Ok(())
}

/// Writes an entity's new state and its line in the log; touches what hangs from it when its life changed.
async fn write_entity(
    tx: &mut Tx<'_>,
    work: &mut Work,
    id: &EntityId,
    body: Option<Value>,
    gone: Option<Gone>,
    current: Option<&str>,
) -> Result<(), StoreError> {
    let known = sqlx::query("SELECT hash, gone FROM entity WHERE id = ?1")
        .bind(id.as_str())
        .fetch_optional(&mut **tx)
        .await?;
    let (old_hash, old_gone): (Option<String>, Option<String>) = match &known {
        Some(row) => (row.try_get(0)?, row.try_get(1)?),
        None => (None, None),
    };
    let lived = known.is_some() && old_gone.is_none();
    let hash = body.as_ref().map(|body| ContentHash::of(body).to_string());
    let action = match (&body, known.is_some(), lived) {
        (Some(_), false, _) => Some(Action::Created),
        (Some(_), true, false) => Some(Action::Revived),
        (Some(_), true, true) => (hash != old_hash).then_some(Action::Updated),
        (None, _, true) if gone == Some(Gone::Withdrawn) => Some(Action::Withdrawn),
        (None, _, true) => Some(Action::Erased),
        // Withdrawn before, and now known to be not public: followers must wipe what withdrawing left.
        (None, true, false) if gone != Some(Gone::Withdrawn) && old_gone.as_deref() == Some("withdrawn") => {
            Some(Action::Erased)
        }
        (None, _, false) => None,
    };
    if gone.is_some_and(|gone| gone != Gone::Withdrawn) {
        // Even when it never lived here, or died before: what is not public leaves no trace behind.
        erase::condemn(tx, id, current).await?;
        for orphan in erase::take_dependents(tx, id).await? {
            work.touch(orphan, gone);
        }
    }
    let Some(action) = action else { return Ok(()) };
    let entity = body
        .map(|body| Entity::from_json(id.kind(), body))
        .transpose()
        .map_err(|why| StoreError::Corrupt { id: id.to_string(), why: why.to_string() })?;
    let authority = match &entity {
        Some(entity) => Some(entity.authority().to_string()),
        None => {
            sqlx::query_scalar("SELECT authority FROM entity WHERE id = ?1")
                .bind(id.as_str())
                .fetch_optional(&mut **tx)
                .await?
        }
    };
    let seq: i64 = sqlx::query_scalar(
        "INSERT INTO change (entity, authority, action, at) VALUES (?1, ?2, ?3, ?4) RETURNING seq",
    )
    .bind(id.as_str())
    .bind(&authority)
    .bind(word_of(&action))
    .bind(work.at.as_second())
    .fetch_one(&mut **tx)
    .await?;
    sqlx::query(
        "INSERT INTO entity (id, kind, authority, source, day, sort, body, hash, gone, seq, first_seen)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (id) DO UPDATE SET authority = ?3, source = ?4, day = ?5, sort = ?6, body = ?7, hash = ?8,
             gone = ?9, seq = ?10",
    )
    .bind(id.as_str())
    .bind(id.kind().word())
    .bind(&authority)
    .bind(&work.source)
    .bind(entity.as_ref().and_then(Entity::day).map(|day| day.to_string()))
    .bind(entity.as_ref().map(sort_key).unwrap_or_default())
    .bind(entity.as_ref().map(|entity| entity.to_json().to_string()))
    .bind(hash)
    .bind(gone.as_ref().map(word_of))
    .bind(seq)
    .bind(work.at.as_second())
    .execute(&mut **tx)
    .await?;
    // A withdrawn thing still points at what it pointed at, so that followers know what to look at again.
    if gone != Some(Gone::Withdrawn) {
        write_references(tx, id, entity.as_ref()).await?;
    }
    if action != Action::Updated {
        for below in anchored(tx, id).await? {
            work.touch(below, None);
        }
    }
    let authority = entity.map(|entity| entity.authority().clone());
    work.done.changes.push(Change { seq, id: id.clone(), authority, action, at: work.at });
    Ok(())
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
                .bind(relation.word())
                .bind(i64::try_from(position).unwrap_or(i64::MAX))
                .bind(to.as_str())
                .execute(&mut **tx)
                .await?;
        }
    }
    Ok(())
}

/// Whether an entity may not be kept: the operator blocked it, or some answer says that it is not public.
///
/// `but` is the origin whose new word is being stored: its old word no longer counts.
async fn forbidden(tx: &mut Tx<'_>, id: &str, but: Option<&str>) -> Result<Option<Gone>, StoreError> {
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

/// Whether a chain of origins leads from an entity to a listing, over entities that may be kept.
///
/// An answer about the entity itself is no link: a detail enriches what something else names. The walk
/// ends in any case, because `UNION` visits each link once, however the answers refer to one another.
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

async fn pieces(tx: &mut Tx<'_>, id: &EntityId) -> Result<Vec<Piece>, StoreError> {
    let rows = sqlx::query("SELECT origin, standing, body FROM part WHERE entity = ?1")
        .bind(id.as_str())
        .fetch_all(&mut **tx)
        .await?;
    rows.iter()
        .map(|row| {
            let body: Option<String> = row.try_get(2)?;
            let corrupt =
                |why: serde_json::Error| StoreError::Corrupt { id: id.to_string(), why: why.to_string() };
            let body = body.map(|body| serde_json::from_str(&body)).transpose().map_err(corrupt)?;
            Ok(Piece { origin: row.try_get(0)?, standing: Standing::of_number(row.try_get(1)?), body })
        })
        .collect()
}

/// The entities with a part that falls silent without `id`.
async fn anchored(tx: &mut Tx<'_>, id: &EntityId) -> Result<Vec<EntityId>, StoreError> {
    let ids: Vec<String> = sqlx::query_scalar("SELECT entity FROM part WHERE anchor = ?1 AND entity <> ?1")
        .bind(id.as_str())
        .fetch_all(&mut **tx)
        .await?;
    ids.iter().map(|id| parse_id(id)).collect()
}

/// The key by which lists are sorted: the day for what is dated, the place for what its parent orders, else the name.
fn sort_key(entity: &Entity) -> String {
    match (entity.id().kind(), entity.when()) {
        (Kind::AgendaItem, _) => format!("{:06}", entity.position()),
        (_, Some(when)) => when.to_string(),
        (Kind::Meeting | Kind::Motion | Kind::RegisterEntry, None) => String::new(),
        _ => entity.name().unwrap_or_default().to_lowercase(),
    }
}

/// The word under which a closed set's member is stored.
fn word_of<T: serde::Serialize>(member: &T) -> String {
    serde_json::to_value(member).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
