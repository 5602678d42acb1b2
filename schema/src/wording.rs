//! Access to the words and web addresses of any entity, so that callers change them without knowing its kind.

use url::Url;

use crate::{
    AgendaItem, Authority, Chapter, Commitment, Committee, Document, Entity, Meeting, Membership, Motion,
    Named, Party, Person, Proposal, Recording, Registered, TranscriptSegment, Vote, VoteEvent,
    WrittenQuestion,
};

/// A function that changes words in place.
type Change<'a> = &'a mut dyn FnMut(&mut String);

impl Entity {
    /// Changes each of its words: names, titles, descriptions, names of files. Words that become empty are
    /// removed.
    pub fn change_words(&mut self, change: Change<'_>) {
        let mut all =
            |fields: &mut [&mut Option<String>]| fields.iter_mut().for_each(|it| change_one(it, change));
        match self {
            Self::Authority(Authority { name, province, .. }) => {
                all(&mut [province]);
                change(name);
            }
            Self::Committee(Committee { name, description, .. }) => all(&mut [name, description]),
            Self::Meeting(Meeting { name, location, description, .. }) => {
                all(&mut [name, location, description]);
            }
            Self::AgendaItem(AgendaItem { number, title, description, .. }) => {
                all(&mut [number, title, description]);
            }
            Self::Document(Document { name, types, file_name, media_type, revisions, .. }) => {
                all(&mut [name, file_name, media_type]);
                for revision in revisions {
                    all(&mut [&mut revision.file_name, &mut revision.media_type]);
                }
                types.iter_mut().for_each(&mut *change);
                types.retain(|words| !words.is_empty());
            }
            Self::Person(Person { name, .. }) | Self::Party(Party { name, .. }) => all(&mut [name]),
            Self::Membership(Membership { party, role, .. }) => all(&mut [party, role]),
            Self::VoteEvent(VoteEvent { title, type_words, outcome_words, .. }) => {
                all(&mut [title, type_words, outcome_words]);
            }
            Self::Vote(Vote { name, party, .. }) => {
                all(&mut [name]);
                change_names(party.as_mut_slice(), change);
            }
            Self::Recording(Recording { name, platform, language, .. }) => {
                all(&mut [name, language]);
                change(platform);
            }
            Self::Chapter(Chapter { title, speaker, .. }) => all(&mut [title, speaker]),
            Self::TranscriptSegment(TranscriptSegment { text, .. }) => change(text),
            Self::Motion(Motion { vote_summary, proposers, co_proposers, parties, .. }) => {
                all(&mut [vote_summary]);
                for named in [proposers, co_proposers, parties] {
                    change_names(named, change);
                }
            }
            Self::WrittenQuestion(WrittenQuestion { askers, parties, .. }) => {
                for named in [askers, parties] {
                    change_names(named, change);
                }
            }
            Self::Proposal(Proposal { holder, .. }) | Self::Commitment(Commitment { holder, .. }) => {
                change_names(holder.as_mut_slice(), change);
            }
            // The abbreviations were cleaned together with the text.
            Self::DocumentText(_) | Self::Decision(_) | Self::RegisterEntry(_) => {}
        }
        if let Some(entry) = self.entry_mut() {
            let Registered {
                register,
                type_words,
                title,
                number,
                description,
                status_words,
                agenda_words,
                ..
            } = entry;
            for field in [register, type_words, title, number, description, status_words, agenda_words] {
                change_one(field, change);
            }
        }
    }

    /// Changes each of its web addresses.
    pub fn change_addresses(&mut self, change: &mut dyn FnMut(&mut Option<Url>)) {
        match self {
            Self::Authority(Authority { page, .. })
            | Self::Meeting(Meeting { page, .. })
            | Self::AgendaItem(AgendaItem { page, .. })
            | Self::Document(Document { url: page, .. }) => change(page),
            Self::Recording(Recording { player, file, .. }) => {
                change(player);
                change(file);
            }
            _ => {}
        }
        if let Some(entry) = self.entry_mut() {
            change(&mut entry.page);
        }
    }

    fn entry_mut(&mut self) -> Option<&mut Registered> {
        match self {
            Self::Motion(it) => Some(&mut it.entry),
            Self::Proposal(it) => Some(&mut it.entry),
            Self::Decision(it) => Some(&mut it.entry),
            Self::Commitment(it) => Some(&mut it.entry),
            Self::WrittenQuestion(it) => Some(&mut it.entry),
            Self::RegisterEntry(it) => Some(&mut it.entry),
            _ => None,
        }
    }
}

fn change_one(field: &mut Option<String>, change: Change<'_>) {
    if let Some(words) = field {
        change(words);
        if words.is_empty() {
            *field = None;
        }
    }
}

fn change_names(named: &mut [Named], change: Change<'_>) {
    for it in named {
        change_one(&mut it.name, change);
    }
}
