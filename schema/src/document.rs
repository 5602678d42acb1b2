//! Documents and the texts read from their files.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    Authority, DiagnosticCode,
    id::{Id, Kind, OfKind},
    time::When,
};

/// A published file. Its parents name it as an attachment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    /// The id of this document.
    pub id: Id<Document>,
    /// The authority that published the document.
    pub authority: Id<Authority>,
    /// The title of the document as published.
    pub name: Option<String>,
    /// The supplier's own words for the type of document.
    #[serde(default)]
    pub types: Vec<String>,
    /// The type that those words tell, if any.
    pub kind: Option<DocumentType>,
    /// The date printed in the register, if any.
    pub date: Option<When>,
    /// The time at which the supplier last changed it.
    pub modified: Option<When>,
    /// The address of the newest revision of the file.
    pub url: Option<Url>,
    /// The number of the newest revision.
    pub version: Option<u32>,
    /// The file name of the newest revision.
    pub file_name: Option<String>,
    /// The media type the supplier claims; never trusted.
    pub media_type: Option<String>,
    /// The size the supplier claims, in bytes.
    pub size: Option<u64>,
    /// Every revision the supplier names, newest first.
    #[serde(default)]
    pub revisions: Vec<Revision>,
}

impl Document {
    /// Makes a document with these ids and no other fields.
    pub fn bare(id: Id<Self>, authority: Id<Authority>) -> Self {
        Self {
            id,
            authority,
            name: None,
            types: Vec::new(),
            kind: None,
            date: None,
            modified: None,
            url: None,
            version: None,
            file_name: None,
            media_type: None,
            size: None,
            revisions: Vec::new(),
        }
    }
}

impl OfKind for Document {
    const KIND: Kind = Kind::Document;
}

/// The types of document. A document of none of these types has no type and is counted as "other".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentType {
    /// An agenda, a summons or an invitation (Dutch: agenda, oproep, uitnodiging).
    Agenda,
    /// The minutes of a meeting (Dutch: notulen, verslag).
    Minutes,
    /// A list of decisions (Dutch: besluitenlijst).
    DecisionList,
    /// A proposal to the council (Dutch: raadsvoorstel, statenvoorstel).
    Proposal,
    /// A motion of the council (Dutch: motie).
    Motion,
    /// An amendment of a proposal (Dutch: amendement).
    Amendment,
    /// A letter or a memo (Dutch: brief, ingekomen stuk, memo).
    Letter,
    /// Questions put in writing (Dutch: schriftelijke vragen).
    Question,
    /// An answer to questions (Dutch: beantwoording).
    Answer,
}

impl DocumentType {
    /// Derives the type from the supplier's words: its type first, then its title or that of its parent.
    pub fn of_words<'a>(phrases: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        phrases.into_iter().find_map(Self::of_phrase)
    }

    fn of_phrase(phrase: &str) -> Option<Self> {
        let phrase = phrase.to_lowercase();
        let words: Vec<&str> = phrase.split(|c: char| !c.is_alphanumeric()).collect();
        // "Verantwoording" is no answer, "promotie" no motion and "briefing" no letter.
        let begins =
            |known: &[&str]| known.iter().any(|part| words.iter().any(|word| word.starts_with(part)));
        let ends = |known: &[&str]| known.iter().any(|part| words.iter().any(|word| word.ends_with(part)));
        // An answer to a thing or an announcement of it is no such thing itself, so those words come first.
        if crate::plain::contains_any(&phrase, &["besluitenlijst", "besluitlijst", "afsprakenlijst"]) {
            Some(Self::DecisionList)
        } else if begins(&["beantwoording", "antwoord"]) {
            Some(Self::Answer)
        } else if ends(&["brief", "brieven", "memo", "mededeling", "mededelingen"])
            || begins(&["ingekomen", "mededeling", "collegebericht"])
        {
            Some(Self::Letter)
        } else if begins(&["amendement", "amendemint", "subamendement"]) {
            Some(Self::Amendment)
        } else if begins(&["motie", "moasje", "raadsmotie"]) {
            Some(Self::Motion)
        } else if crate::plain::contains_any(
            &phrase,
            &["raadsvra", "schriftelijke vra", "vragen van raadsleden", "technische vra", "statenvra"],
        ) {
            Some(Self::Question)
        } else if crate::plain::contains_any(&phrase, &["voorstel", "preadvies"]) {
            Some(Self::Proposal)
        } else if begins(&["notulen", "verslag", "resumé", "woordelijk"])
            || ends(&["raadsverslag", "conceptverslag", "notulen"])
        {
            Some(Self::Minutes)
        } else if begins(&["agenda", "oproep", "uitnodiging"]) || ends(&["agenda"]) {
            Some(Self::Agenda)
        } else {
            None
        }
    }
}

/// One revision of a document's file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Revision {
    /// The number of this revision.
    pub version: u32,
    /// The file name of this revision.
    pub file_name: Option<String>,
    /// The media type the supplier claims.
    pub media_type: Option<String>,
    /// The size the supplier claims, in bytes.
    pub size: Option<u64>,
}

/// The text of a document's newest revision. The words themselves are in the archive, under `sha256`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentText {
    /// The id, made of the id of the document.
    pub id: Id<DocumentText>,
    /// The authority that published the document.
    pub authority: Id<Authority>,
    /// The document of this text.
    pub document: Id<Document>,
    /// The revision and modification time for which the file was fetched.
    pub of_revision: String,
    /// The hash of the file's bytes, as hexadecimal digits. Absent when the file could not be fetched.
    pub sha256: Option<String>,
    /// The size of the file, in bytes.
    pub bytes: Option<u64>,
    /// The program that read the file, with its version.
    pub engine: Option<String>,
    /// The number of pages in the file.
    pub pages_total: u32,
    /// The number of pages that were read.
    pub pages_done: u32,
    /// The number of characters of text.
    pub characters: u64,
    /// The number of read pages that are pictures without OCR.
    #[serde(default)]
    pub scans: u32,
    /// The pages that nobody may see until a reviewer has ruled on them.
    #[serde(default)]
    pub withheld: Vec<u32>,
    /// The abbreviations that the text explains.
    #[serde(default)]
    pub abbreviations: Vec<Abbreviation>,
    /// The code of the diagnostic that says why text is missing.
    pub trouble: Option<DiagnosticCode>,
}

/// An abbreviation and its long form, as one text explains it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abbreviation {
    /// The short form, such as "BRP".
    pub short: String,
    /// The long form as written: "Basisregistratie Personen".
    pub long: String,
    /// The first page on which it is explained.
    pub page: u32,
}

impl DocumentText {
    /// Makes the text of a document that was not read yet.
    pub fn unread(document: &Document) -> Self {
        Self {
            id: Id::within(document.id.as_entity(), "text"),
            authority: document.authority.clone(),
            document: document.id.clone(),
            of_revision: String::new(),
            sha256: None,
            bytes: None,
            engine: None,
            pages_total: 0,
            pages_done: 0,
            characters: 0,
            scans: 0,
            withheld: Vec::new(),
            abbreviations: Vec::new(),
            trouble: None,
        }
    }
}

impl DocumentText {
    /// Lists the abbreviations on pages that may be seen.
    pub fn shown_abbreviations(&self) -> impl Iterator<Item = &Abbreviation> {
        self.abbreviations.iter().filter(|it| !self.withheld.contains(&it.page))
    }
}

impl OfKind for DocumentText {
    const KIND: Kind = Kind::DocumentText;
}

/// The HTTP validators that a server gave for a file (RFC 9110).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Validator {
    /// The entity tag, quotes included.
    pub etag: Option<String>,
    /// The `Last-Modified` date, as the server wrote it.
    pub modified: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sort_of_a_document_is_told_by_whole_words() {
        let check = |words: &str, expected| assert_eq!(DocumentType::of_words([words]), expected, "{words}");
        check("Raadsvoorstel Verantwoording 2025", Some(DocumentType::Proposal));
        check("Verantwoording 2025", None);
        check("Plan citypromotie", None);
        check("Briefing omgevingswet", None);
        check("Memorie van toelichting", None);
        check("Raadsbrief Sport", Some(DocumentType::Letter));
        check("Beantwoording schriftelijke vragen", Some(DocumentType::Answer));
        check("Motie M1 Schaduw", Some(DocumentType::Motion));
        check("Raadsagenda 3 maart", Some(DocumentType::Agenda));
        check("Woordelijk verslag", Some(DocumentType::Minutes));
    }
}
