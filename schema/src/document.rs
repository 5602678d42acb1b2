//! What is on paper: documents, and the text that stands in them.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    Authority,
    id::{Id, Kind, OfKind},
    time::When,
};

/// A published file. What it is attached to is said by its parents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    /// Its id.
    pub id: Id<Document>,
    /// Whose.
    pub authority: Id<Authority>,
    /// The title as published.
    pub name: Option<String>,
    /// What the supplier calls this sort of document.
    #[serde(default)]
    pub types: Vec<String>,
    /// Which sort that is, where the words tell.
    pub kind: Option<DocumentType>,
    /// The date printed in the register, if any.
    pub date: Option<When>,
    /// When the supplier last changed it.
    pub modified: Option<When>,
    /// Where the file can be fetched: the newest revision.
    pub url: Option<Url>,
    /// The number of the newest revision.
    pub version: Option<u32>,
    /// The name of the file.
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
    /// Of which nothing more is said.
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

/// The sorts of document. What none of them is, has none: it is counted as "other".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentType {
    /// Agenda, oproep, uitnodiging.
    Agenda,
    /// Notulen, verslag.
    Minutes,
    /// Besluitenlijst.
    DecisionList,
    /// Raadsvoorstel, statenvoorstel.
    Proposal,
    /// Motie.
    Motion,
    /// Amendement.
    Amendment,
    /// Brief, ingekomen stuk, memo.
    Letter,
    /// Schriftelijke vragen.
    Question,
    /// Beantwoording.
    Answer,
}

impl DocumentType {
    /// Told from the supplier's own words: the type of the document first, then what it is called or hangs from.
    pub fn of_words<'a>(phrases: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        phrases.into_iter().find_map(Self::of_phrase)
    }

    fn of_phrase(phrase: &str) -> Option<Self> {
        let phrase = phrase.to_lowercase();
        let words: Vec<&str> = phrase.split(|c: char| !c.is_alphanumeric()).collect();
        let has = |known: &[&str]| known.iter().any(|part| phrase.contains(part));
        // "Verantwoording" is no answer, "promotie" no motion and "briefing" no letter.
        let begins =
            |known: &[&str]| known.iter().any(|part| words.iter().any(|word| word.starts_with(part)));
        let ends = |known: &[&str]| known.iter().any(|part| words.iter().any(|word| word.ends_with(part)));
        // What answers or announces a thing is no such thing itself, so those words come first.
        if has(&["besluitenlijst", "besluitlijst", "afsprakenlijst"]) {
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
        } else if has(&[
            "raadsvra",
            "schriftelijke vra",
            "vragen van raadsleden",
            "technische vra",
            "statenvra",
        ]) {
            Some(Self::Question)
        } else if has(&["voorstel", "preadvies"]) {
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
    /// Its number.
    pub version: u32,
    /// The name of the file.
    pub file_name: Option<String>,
    /// The media type the supplier claims.
    pub media_type: Option<String>,
    /// The size the supplier claims, in bytes.
    pub size: Option<u64>,
}

/// The text of a document's newest revision. The words themselves lie in the archive, under `sha256`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentText {
    /// Named after the document.
    pub id: Id<DocumentText>,
    /// Whose.
    pub authority: Id<Authority>,
    /// The document whose text this is.
    pub document: Id<Document>,
    /// The revision and modification time for which the file was fetched.
    pub of_revision: String,
    /// The hash of the file's bytes, as hexadecimal digits. Absent when the file could not be had.
    pub sha256: Option<String>,
    /// The size of the file, in bytes.
    pub bytes: Option<u64>,
    /// What read it, with its version.
    pub engine: Option<String>,
    /// How many pages the file has.
    pub pages_total: u32,
    /// How many of them were read.
    pub pages_done: u32,
    /// How many characters of text were found.
    pub characters: u64,
    /// How many of the pages that were read are pictures which no OCR has looked at.
    #[serde(default)]
    pub scans: u32,
    /// The pages that nobody may see until a person has looked at what stands on them.
    #[serde(default)]
    pub withheld: Vec<u32>,
    /// The abbreviations that it explains itself.
    #[serde(default)]
    pub abbreviations: Vec<Abbreviation>,
    /// Why there is no text or not all of it: the code of the remark.
    pub trouble: Option<String>,
}

/// An abbreviation with what it stands for, as one text explains it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abbreviation {
    /// The short form: "BRP".
    pub short: String,
    /// The long form as written: "Basisregistratie Personen".
    pub long: String,
    /// The first page on which it is explained.
    pub page: u32,
}

impl DocumentText {
    /// Of which nothing is known yet.
    pub fn bare(document: &Document) -> Self {
        Self {
            id: Id::within(document.id.any(), "text"),
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
    /// The abbreviations that stand on pages that may be seen.
    pub fn shown_abbreviations(&self) -> impl Iterator<Item = &Abbreviation> {
        self.abbreviations.iter().filter(|it| !self.withheld.contains(&it.page))
    }
}

impl OfKind for DocumentText {
    const KIND: Kind = Kind::DocumentText;
}

/// By what the server that gave a file knows it again (RFC 9110).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Validator {
    /// Its entity tag, quotes included.
    pub etag: Option<String>,
    /// When it says it was last changed, as it says it.
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
