//! Commits, the only way besides takedowns in which entities change.
//!
//! A commit stores parts, withdraws those that a complete answer no longer names, and then settles every touched
//! entity (`settle.rs`), in one transaction.

use std::collections::BTreeSet;

use raadhuis_schema::{Commit, Content, Entity, EntityId, Gone, Id, Part, Scope};
use sqlx::{Row, Sqlite, SqlitePool, Transaction};

use super::{
    answer, block, erase, json_list, parse_id, read,
    settle::{Settlement, forbidden, settle_entities},
    task,
};
use crate::{Committed, StoreError};

type Tx<'a> = Transaction<'a, Sqlite>;

pub async fn commit_answer(pool: &SqlitePool, commit: Commit) -> Result<Committed, StoreError> {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    let mut work = Settlement::new(&commit.source, commit.run, commit.fetched);
    let hidden: BTreeSet<&EntityId> =
        commit.parts.iter().filter(|part| is_withheld(part)).map(Part::entity).collect();
    let is_known = commit.is_unchanged && hidden.is_empty() && answer::hear_again(&mut tx, &commit).await?;
    let tainted = if is_known { false } else { put_parts(&mut tx, &mut work, &commit, &hidden).await? };
    for (entity, answers) in &commit.asked {
        note_asked(&mut tx, entity, *answers, &commit).await?;
    }
    for scope in &commit.complete {
        // If the subject of the answer is not public, the entities that it no longer names are not public either.
        let hides = scope.origin.anchor().is_some_and(|anchor| hidden.contains(anchor));
        for stale in take_stale(&mut tx, scope, &commit).await? {
            work.queue_entity(stale, hides.then_some(Gone::Withheld));
        }
    }
    if let (Some(payload), false) = (&commit.payload, is_known) {
        erase::testify(&mut tx, payload, &commit.parts).await?;
        if tainted {
            // The answer describes as public what another answer withholds.
            erase::condemn_keys(&mut tx, std::slice::from_ref(payload)).await?;
        }
    }
    settle_entities(&mut tx, &mut work, commit.payload.as_deref()).await?;
    for diagnostic in &commit.diagnostics {
        sqlx::query("INSERT INTO remark (run, code, subject, path, message) VALUES (?1, ?2, ?3, ?4, ?5)")
            .bind(commit.run)
            .bind(diagnostic.code.as_str())
            .bind(&diagnostic.subject)
            .bind(&diagnostic.path)
            .bind(&diagnostic.message)
            .execute(&mut *tx)
            .await?;
    }
    if !tainted {
        answer::keep_answer(&mut tx, &commit).await?;
    }
    task::settle_task(&mut tx, &commit).await?;
    work.done.queued = task::queue_tasks(&mut tx, commit.run, &commit.next).await?;
    if let Some(account) = &commit.account {
        sqlx::query("UPDATE run SET account = ?2 WHERE id = ?1")
            .bind(commit.run)
            .bind(account.to_string())
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

fn is_withheld(part: &Part) -> bool {
    matches!(part.content, Content::Withheld(_))
}

/// Stores the parts of an answer one by one. Returns whether the answer describes as public what another
/// answer withholds.
async fn put_parts(
    tx: &mut Tx<'_>,
    work: &mut Settlement,
    commit: &Commit,
    hidden: &BTreeSet<&EntityId>,
) -> Result<bool, StoreError> {
    let mut tainted = false;
    let nameless = block::nameless(tx).await?;
    // The parts about the subject of the answer come first: they decide whether the rest may be kept.
    let (subjects, rest): (Vec<&Part>, Vec<&Part>) = commit
        .parts
        .iter()
        .partition(|part| part.origin.anchor().is_none_or(|anchor| anchor == part.entity()));
    for part in subjects.into_iter().chain(rest) {
        if hidden.contains(part.entity()) && !is_withheld(part) {
            // An answer that shows an entity in one place and withholds it in another withholds it.
            tainted |= matches!(part.content, Content::Says(_));
            continue;
        }
        match put_part(tx, commit, part, &nameless).await? {
            Put::Same { struck } => tainted |= struck,
            Put::Changed { struck } => {
                tainted |= struck;
                work.queue_entity(part.entity().clone(), None);
            }
            Put::Silenced { changed } => {
                tainted |= matches!(part.content, Content::Says(_));
                if changed {
                    work.queue_entity(part.entity().clone(), None);
                }
            }
        }
    }
    Ok(tainted)
}

/// The effect of a part on the store.
enum Put {
    /// It equals what was stored.
    Same { struck: bool },
    /// It differs from what was stored.
    Changed { struck: bool },
    /// Its content may not be kept.
    Silenced {
        /// Its content was kept before.
        changed: bool,
    },
}

/// Stores a part, or as much of it as may be kept.
async fn put_part(
    tx: &mut Tx<'_>,
    commit: &Commit,
    part: &Part,
    nameless: &BTreeSet<String>,
) -> Result<Put, StoreError> {
    let id = part.entity().as_str();
    let origin = part.origin.to_string();
    let anchor = part.origin.anchor().map(EntityId::as_str);
    if let Some(anchor) = anchor
        && anchor != id
        && forbidden(tx, anchor, None).await?.is_some()
    {
        return Ok(Put::Silenced { changed: false });
    }
    let mut withheld = matches!(part.content, Content::Withheld(_));
    // A vote under a forbidden agenda item or meeting would reveal it.
    if let Content::Says(entity) = &part.content
        && let Entity::VoteEvent(event) = entity.as_ref()
    {
        let item = event.agenda_item.as_ref().map(Id::as_entity);
        let meeting = event.meeting.as_ref().map(Id::as_entity);
        for id in item.into_iter().chain(meeting) {
            withheld |= forbidden(tx, id.as_str(), None).await?.is_some();
        }
    }
    let silent = withheld
        || matches!(&part.content, Content::Says(entity) if nameless.contains(entity.authority().as_entity().as_str()))
        || forbidden(tx, id, Some(&origin)).await?.is_some();
    let mut struck = false;
    let (body, day) = match &part.content {
        Content::Says(entity) if !silent => {
            let mut body = entity.to_json();
            struck = !nameless.is_empty() && block::strike_names(&mut body, nameless);
            (Some(body.to_string()), entity.day().map(|day| day.to_string()))
        }
        _ => (None, None),
    };
    let known =
        sqlx::query("SELECT body, withheld, standing, payload FROM part WHERE entity = ?1 AND origin = ?2")
            .bind(id)
            .bind(&origin)
            .fetch_optional(&mut **tx)
            .await?;
    let same = match known {
        // A later answer stored this part already.
        Some(row) if commit.is_reread && row.try_get::<Option<String>, _>(3)? != commit.payload => {
            return Ok(Put::Same { struck: false });
        }
        Some(row) => {
            row.try_get::<Option<String>, _>(0)? == body
                && row.try_get::<bool, _>(1)? == withheld
                && row.try_get::<i64, _>(2)? == part.standing as i64
        }
        // An older answer does not bring back what the source withdrew since.
        None if commit.is_reread && is_gone(tx, id).await? => return Ok(Put::Same { struck: false }),
        None => false,
    };
    sqlx::query(
        "INSERT INTO part (entity, origin, anchor, source, standing, day, body, withheld, run, fetched, payload)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (entity, origin) DO UPDATE SET standing = ?5, day = ?6, body = ?7, withheld = ?8,
             run = max(run, ?9), fetched = max(fetched, ?10), payload = ?11, missing = iif(?12, missing, NULL),
             asked = iif(?12, asked, NULL), answers = iif(?12, answers, NULL)",
    )
    .bind(id)
    .bind(&origin)
    .bind(anchor)
    .bind(&commit.source)
    .bind(part.standing as i64)
    .bind(day)
    .bind(body)
    .bind(withheld)
    .bind(if commit.is_reread && anchor.is_none() { 0 } else { commit.run })
    .bind(commit.fetched.as_second())
    .bind(&commit.payload)
    .bind(commit.is_reread)
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
        (false, true) => Put::Same { struck },
        (false, false) => Put::Changed { struck },
    })
}

async fn is_gone(tx: &mut Tx<'_>, id: &str) -> Result<bool, StoreError> {
    let gone = "SELECT EXISTS (SELECT 1 FROM entity WHERE id = ?1 AND gone IS NOT NULL)";
    Ok(sqlx::query_scalar(gone).bind(id).fetch_one(&mut **tx).await?)
}

/// Records that an entity missing from listings was asked at its own address.
async fn note_asked(
    tx: &mut Tx<'_>,
    id: &EntityId,
    answers: bool,
    commit: &Commit,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE part SET asked = ?3, answers = ?4 WHERE entity = ?1 AND run < ?2 AND anchor IS NULL")
        .bind(id.as_str())
        .bind(commit.run)
        .bind(commit.fetched.as_second())
        .bind(answers)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Deletes the parts that a complete answer should have named and did not.
///
/// The first time that a listing leaves an entity out is only recorded: one miss is never trusted.
async fn take_stale(tx: &mut Tx<'_>, scope: &Scope, commit: &Commit) -> Result<Vec<EntityId>, StoreError> {
    let origin = scope.origin.to_string();
    let (first, last) = read::format_days(scope);
    let grace = scope.origin.anchor().map_or(commit.grace.as_secs(), |_| 0);
    let now = commit.fetched.as_second();
    if grace > 0 {
        sqlx::query(
            "UPDATE part SET missing = ?5 WHERE origin = ?1 AND run < ?2 AND missing IS NULL
                AND (?3 IS NULL OR (day >= ?3 AND day <= ?4))",
        )
        .bind(&origin)
        .bind(commit.run)
        .bind(&first)
        .bind(&last)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    }
    let stale: Vec<String> = sqlx::query_scalar(
        "DELETE FROM part WHERE origin = ?1 AND run < ?2 AND (?3 IS NULL OR (day >= ?3 AND day <= ?4))
            AND (?5 = 0 OR missing + ?5 <= ?6) AND (?7 IS NULL OR (payload = ?7 AND NOT withheld))
            AND entity NOT IN (SELECT value FROM json_each(?8))
         RETURNING entity",
    )
    .bind(origin)
    .bind(commit.run)
    .bind(first)
    .bind(last)
    .bind(grace)
    .bind(now)
    // An answer that is read again confirms the parts that rest on it. The entities that it withheld stay withheld, although
    // the archive keeps the answer without them.
    .bind(commit.payload.as_ref().filter(|_| commit.is_reread))
    .bind(json_list(&commit.spared))
    .fetch_all(&mut **tx)
    .await?;
    stale.iter().map(|id| parse_id(id)).collect()
}
