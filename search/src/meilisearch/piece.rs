//! An entry as documents for the server: pieces short enough that no word is dropped, grouped again by their id.
//!
//! Every word comes from our analysis and carries a letter for its type, so that the server needs no knowledge of Dutch and
//! confuses no types: `s` stem, `u` stem in the title, `w` word as written, `t` word as written in the title.

use std::collections::BTreeSet;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    Entry, Facet,
    dutch::{self, Word},
    filter::day_number,
    query::plain_words,
};

/// Maximum number of words in a piece. The server indexes 65,535 positions and leaves eight between two texts.
const LONGEST: usize = 50_000;

/// Number of words at the end of a piece that are repeated in the next, so that every phrase is whole in one of them.
const SHARED: usize = 64;

/// A part of an entry: one document at the server.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryPiece {
    key: String,
    id: String,
    fold: String,
    stamp: i64,
    tie: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    meeting_date: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_seen_at: Option<i64>,
    kind: String,
    authority: String,
    authority_code: String,
    #[serde(rename = "type")]
    types: Vec<String>,
    #[serde(rename = "authoritykind")]
    authority_kind: Vec<String>,
    province: Vec<String>,
    party: Vec<String>,
    outcome: Vec<String>,
    party_words: Vec<String>,
    province_words: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    year: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    month: Option<String>,
    title: String,
    title_found: String,
    written: Vec<String>,
    found: String,
}

pub fn cut_entry(entry: &Entry, stamp: i64) -> Vec<EntryPiece> {
    let title = dutch::split_words(&entry.title);
    let texts: Vec<Vec<Word>> = entry.body.iter().map(|text| dutch::split_words(text)).collect();
    let whole = shared_fields(entry, stamp, &title);
    let cut = cut_texts(&texts);
    (0..)
        .zip(cut)
        .map(|(number, texts)| {
            let stems = title.iter().chain(texts.iter().copied().flatten()).flat_map(found_by);
            let found: BTreeSet<&str> = stems.collect();
            let written = std::iter::once(title.as_slice()).chain(texts.iter().copied());
            EntryPiece {
                key: piece_key(entry.id.as_str(), number),
                found: mark_words('s', found.into_iter()),
                written: written.map(|words| mark_written('w', words)).collect(),
                ..whole.clone()
            }
        })
        .collect()
}

fn shared_fields(entry: &Entry, stamp: i64, title: &[Word]) -> EntryPiece {
    let day = entry.meeting_date.map(|day| day.to_string());
    let stems: BTreeSet<&str> = title.iter().flat_map(found_by).collect();
    EntryPiece {
        key: String::new(),
        id: entry.id.to_string(),
        fold: entry.fold_key().to_owned(),
        stamp,
        // The server uses floating point, which represents 48 bits exactly.
        tie: Sha256::digest(entry.id.as_str()).iter().take(6).fold(0, |n, byte| n << 8 | u64::from(*byte)),
        meeting_date: entry.meeting_date.map(day_number),
        published_at: entry.published_at.map(day_number),
        first_seen_at: entry.first_seen_at.map(jiff::Timestamp::as_second),
        kind: entry.id.kind().as_str().to_owned(),
        authority: entry.authority.to_string(),
        authority_code: entry.authority.as_str().rsplit(':').next().unwrap_or_default().to_owned(),
        types: own_values(entry, Facet::Type),
        authority_kind: own_values(entry, Facet::AuthorityKind),
        province: own_values(entry, Facet::Province),
        party: own_values(entry, Facet::Party),
        outcome: own_values(entry, Facet::Outcome),
        party_words: plain_values(entry, Facet::Party),
        province_words: plain_values(entry, Facet::Province),
        year: day.as_ref().and_then(|day| day.get(..4)).map(str::to_owned),
        month: day.as_ref().and_then(|day| day.get(..7)).map(str::to_owned),
        title: mark_written('t', title),
        title_found: format!(
            "{} {}",
            mark_words('s', stems.iter().copied()),
            mark_words('u', stems.iter().copied())
        ),
        written: Vec::new(),
        found: String::new(),
    }
}

fn own_values(entry: &Entry, facet: Facet) -> Vec<String> {
    entry.values_of(facet).into_iter().map(str::to_owned).collect()
}

fn plain_values(entry: &Entry, facet: Facet) -> Vec<String> {
    entry.values_of(facet).into_iter().map(plain_words).collect()
}

/// Distributes texts over pieces. Short texts share one; a long text is cut with an overlap.
fn cut_texts(texts: &[Vec<Word>]) -> Vec<Vec<&[Word]>> {
    let mut pieces: Vec<Vec<&[Word]>> = vec![Vec::new()];
    let mut room = LONGEST;
    for text in texts {
        let mut rest = text.as_slice();
        loop {
            if rest.len() <= room {
                room -= rest.len();
                pieces.last_mut().into_iter().for_each(|piece| piece.push(rest));
                break;
            }
            let (here, _) = rest.split_at(room);
            pieces.last_mut().into_iter().for_each(|piece| piece.push(here));
            rest = &rest[room.saturating_sub(SHARED)..];
            pieces.push(Vec::new());
            room = LONGEST;
        }
    }
    pieces
}

fn found_by(word: &Word) -> impl Iterator<Item = &str> {
    word.all_forms()
        .flat_map(|form| std::iter::once(&*form.stem).chain(form.parts.iter().map(|part| &**part)))
}

fn mark_words<'a>(mark: char, words: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for word in words {
        text.push(mark);
        text.push_str(word);
        text.push(' ');
    }
    text
}

fn mark_written(mark: char, words: &[Word]) -> String {
    mark_words(mark, words.iter().map(|word| &*word.form.folded))
}

fn piece_key(id: &str, number: usize) -> String {
    let hash = Sha256::digest(id).iter().take(16).fold(0_u128, |hash, byte| hash << 8 | u128::from(*byte));
    format!("{hash:032x}-{number}")
}
