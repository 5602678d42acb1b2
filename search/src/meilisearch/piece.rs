//! An entry as the server takes it: in pieces short enough that no word of it is left out, which are one again by their id.
//!
//! Every word is made by our analysis and marked with a letter for what it is, so that the server needs to know nothing of Dutch
//! and takes none for another: `s` a stem, `u` one in the title, `w` a word as written, `t` one in the title.

use std::collections::BTreeSet;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    Entry, Facet,
    dutch::{self, Word},
    filter::day_number,
    query::plain_words,
};

/// Words of a piece; the server counts no further than 65,535 places, and leaves eight between two texts.
const LONGEST: usize = 50_000;

/// So many words of a piece stand in the next one too, so that a phrase is whole in one of them.
const SHARED: usize = 64;

/// A piece.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Piece {
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

/// The pieces of an entry.
pub fn pieces(entry: &Entry, stamp: i64) -> Vec<Piece> {
    let title = dutch::words(&entry.title);
    let texts: Vec<Vec<Word>> = entry.body.iter().map(|text| dutch::words(text)).collect();
    let whole = whole(entry, stamp, &title);
    let cut = cut(&texts);
    (0..)
        .zip(cut)
        .map(|(number, texts)| {
            let stems = title.iter().chain(texts.iter().copied().flatten()).flat_map(found_by);
            let found: BTreeSet<&str> = stems.collect();
            let written = std::iter::once(title.as_slice()).chain(texts.iter().copied());
            Piece {
                key: key(entry.id.as_str(), number),
                found: marked('s', found.into_iter()),
                written: written.map(|words| marked_written('w', words)).collect(),
                ..whole.clone()
            }
        })
        .collect()
}

/// What all pieces of an entry have.
fn whole(entry: &Entry, stamp: i64, title: &[Word]) -> Piece {
    let own = |facet| entry.values_of(facet).into_iter().map(str::to_owned).collect::<Vec<_>>();
    let words = |facet| entry.values_of(facet).into_iter().map(plain_words).collect::<Vec<_>>();
    let day = entry.meeting_date.map(|day| day.to_string());
    let stems: BTreeSet<&str> = title.iter().flat_map(found_by).collect();
    let stems = || stems.iter().copied();
    Piece {
        key: String::new(),
        id: entry.id.to_string(),
        fold: entry.fold_key().to_owned(),
        stamp,
        // The server counts in floating point: these 48 bits stay whole in it.
        tie: Sha256::digest(entry.id.as_str()).iter().take(6).fold(0, |n, byte| n << 8 | u64::from(*byte)),
        meeting_date: entry.meeting_date.map(day_number),
        published_at: entry.published_at.map(day_number),
        first_seen_at: entry.first_seen_at.map(jiff::Timestamp::as_second),
        kind: entry.id.kind().word().to_owned(),
        authority: entry.authority.to_string(),
        authority_code: entry.authority.as_str().rsplit(':').next().unwrap_or_default().to_owned(),
        types: own(Facet::Type),
        authority_kind: own(Facet::AuthorityKind),
        province: own(Facet::Province),
        party: own(Facet::Party),
        outcome: own(Facet::Outcome),
        party_words: words(Facet::Party),
        province_words: words(Facet::Province),
        year: day.as_ref().and_then(|day| day.get(..4)).map(str::to_owned),
        month: day.as_ref().and_then(|day| day.get(..7)).map(str::to_owned),
        title: marked_written('t', title),
        title_found: format!("{} {}", marked('s', stems()), marked('u', stems())),
        written: Vec::new(),
        found: String::new(),
    }
}

/// The texts of each piece. Several short texts share one; a long one is cut, with some of its words in both.
fn cut(texts: &[Vec<Word>]) -> Vec<Vec<&[Word]>> {
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

/// The stems that find a word.
fn found_by(word: &Word) -> impl Iterator<Item = &str> {
    word.forms().flat_map(|form| std::iter::once(&*form.stem).chain(form.parts.iter().map(|part| &**part)))
}

fn marked<'a>(mark: char, words: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for word in words {
        text.push(mark);
        text.push_str(word);
        text.push(' ');
    }
    text
}

fn marked_written(mark: char, words: &[Word]) -> String {
    marked(mark, words.iter().map(|word| &*word.form.folded))
}

fn key(id: &str, number: usize) -> String {
    let hash = Sha256::digest(id).iter().take(16).fold(0_u128, |hash, byte| hash << 8 | u128::from(*byte));
    format!("{hash:032x}-{number}")
}
