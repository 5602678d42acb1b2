//! The vocabulary of Raadhuis: what councils publish, as pure values.
//!
//! Nothing here reads a file, a clock or a socket. Read in this order: an [`id`] names an entity, the
//! entities themselves ([`authority`], [`meeting`], [`document`], [`person`], [`motion`], [`register`], [`vote`], [`recording`]), their
//! closed sum ([`entity`]), the parts of which an entity is the fold ([`part`]), the commits that enter the
//! store ([`commit`]), and the report of a run ([`diagnostic`], [`report`]).
#![warn(missing_docs)]

pub mod address;
pub mod agenda_reference;
pub mod answer;
pub mod authority;
pub mod canonical;
pub mod cohesion;
pub mod commit;
pub mod coverage;
pub mod diagnostic;
pub mod directory;
pub mod document;
pub mod edit;
pub mod entity;
pub mod id;
pub mod json;
pub mod lane;
pub mod meeting;
pub mod motion;
pub mod page;
pub mod part;
pub mod party;
pub mod person;
pub mod plain;
pub mod privacy;
pub mod recording;
pub mod register;
pub mod report;
pub mod source;
pub mod takedown;
pub mod task;
pub mod time;
pub mod vote;
pub mod wording;

pub use agenda_reference::AgendaReference;
pub use answer::YesNo;
pub use authority::{Authority, AuthorityKind, Committee, CommitteeKind};
pub use canonical::ContentHash;
pub use cohesion::{Ballots, Cohesion};
pub use commit::{Action, Archived, Change, Commit, Gone, Provenance, Scope};
pub use diagnostic::{CodedError, Diagnostic, DiagnosticCode};
pub use directory::Directory;
pub use document::{Abbreviation, Document, DocumentText, DocumentType, Revision, Validator};
pub use edit::Edit;
pub use entity::{Entity, Relation};
pub use id::{EntityId, Id, Kind};
pub use lane::{Ban, LaneRecord};
pub use meeting::{AgendaItem, Meeting, MeetingStatus};
pub use motion::{Motion, MotionKind, Named, Outcome};
pub use page::{Heading, PageText, TextOrigin};
pub use part::{Content, Origin, Part, Standing};
pub use party::{Party, party_name};
pub use person::{Membership, Person};
pub use privacy::{Finding, Policy, Reviewed, Ruling, Tier};
pub use recording::{Chapter, Media, Recording, TranscriptKind, TranscriptSegment};
pub use register::{Commitment, Decision, EntryKind, Proposal, RegisterEntry, Registered, WrittenQuestion};
pub use report::{Counts, RunPurpose, RunReport, Verdict};
pub use source::{Source, SourceState, SupplierKind};
pub use takedown::{Takedown, TakedownReason, Tombstone};
pub use task::{BacklogItem, CompleteScope, End, Missing, OpenRun, Queued, Total};
pub use time::{DUTCH_MONTHS, When, Window};
pub use vote::{Choice, Tally, Vote, VoteEvent};
