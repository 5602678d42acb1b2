//! The vocabulary of Raadhuis: what councils publish, as pure values.
//!
//! Nothing here reads a file, a clock or a socket. Read in this order: an [`id`] names an entity, the
//! entities themselves ([`authority`], [`meeting`], [`document`], [`person`], [`motion`], [`vote`]), their
//! closed sum ([`entity`]), how an entity is the fold of what several answers said ([`part`]), what enters
//! the store at once ([`commit`]), and what a run has to tell ([`remark`], [`report`]).

pub mod authority;
pub mod canonical;
pub mod commit;
pub mod document;
pub mod entity;
pub mod id;
pub mod meeting;
pub mod motion;
pub mod part;
pub mod person;
pub mod remark;
pub mod report;
pub mod source;
pub mod time;
pub mod vote;

pub use authority::{Authority, AuthorityKind, Committee, CommitteeKind};
pub use canonical::ContentHash;
pub use commit::{Action, Change, Commit, Gone, Provenance, Scope};
pub use document::{Document, DocumentText, PageText, Revision};
pub use entity::{Entity, Relation};
pub use id::{EntityId, Id, Kind};
pub use meeting::{AgendaItem, Meeting, MeetingStatus};
pub use motion::{Motion, MotionKind, Named, Outcome, RegisterEntry};
pub use part::{Content, Origin, Part, Standing};
pub use person::{Membership, Party, Person};
pub use remark::{Remark, RemarkCode};
pub use report::{Counts, RunReport, Verdict};
pub use source::{Source, SupplierKind};
pub use time::{When, Window};
pub use vote::{Choice, Tally, Vote, VoteEvent};
