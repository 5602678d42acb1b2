//! The GraphQL objects of register entries: a macro for their common fields, and the own fields of each sort.

use async_graphql::{Context, ID, Object, Result};
use raadhuis_paged::paged;
use raadhuis_schema::{self as schema, Kind, Relation};
use raadhuis_store::Direction;

use super::{
    connection::{PageOf, Paging, cost, load_relation},
    loader::{load_many, load_one},
    node::Node,
    provenance::ProvenanceObject,
    scalar::{MotionKindEnum, OutcomeEnum, WhenScalar},
    stored_record::StoredRecord,
};
use crate::link::filter_address;

/// Defines the GraphQL object for one sort of register entry: the fields that all sorts share, and its own.
macro_rules! entry_object {
    ($(#[$doc:meta])* $name:literal $kind:ident { $($own:tt)* }) => {
        $(#[$doc])*
        #[paged]
        #[Object(name = $name)]
        impl StoredRecord<schema::$kind> {
            /// The permanent id: opaque and safe in a URL.
            pub async fn id(&self) -> ID {
                ID(self.entity.id.to_string())
            }

            /// The public body (overheid) that keeps the register.
            async fn authority(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::Authority>>> {
                load_one(context, self.entity.authority.as_entity()).await
            }

            /// The name of the register, such as "Ingekomen stukken"; null when the supplier gives none.
            async fn register(&self) -> Option<&str> {
                self.entity.entry.register.as_deref()
            }

            /// The supplier's own word for this sort of entry, such as "Motie vreemd"; null when it gives none.
            async fn type_words(&self) -> Option<&str> {
                self.entity.entry.type_words.as_deref()
            }

            /// The title as published; null when the supplier gives none.
            async fn title(&self) -> Option<&str> {
                self.entity.entry.title.as_deref()
            }

            /// The number or reference of the entry; null when it has none.
            async fn number(&self) -> Option<&str> {
                self.entity.entry.number.as_deref()
            }

            /// The date of submission, receipt or decision that the register keeps; null when it keeps none.
            async fn date(&self) -> Option<WhenScalar> {
                self.entity.entry.date.map(WhenScalar)
            }

            /// The date by which the entry should be settled; null when there is none.
            async fn due(&self) -> Option<WhenScalar> {
                self.entity.entry.due.map(WhenScalar)
            }

            /// The date on which the entry was settled (afgedaan); null when unknown.
            async fn settled(&self) -> Option<WhenScalar> {
                self.entity.entry.settled.map(WhenScalar)
            }

            /// The operative text (dictum) or explanation, as plain text; null when the supplier gives none.
            async fn description(&self) -> Option<&str> {
                self.entity.entry.description.as_deref()
            }

            /// The status in the supplier's own words; null when it gives none.
            async fn status_words(&self) -> Option<&str> {
                self.entity.entry.status_words.as_deref()
            }

            /// The meeting (vergadering) in which the entry was treated; null when unknown.
            async fn meeting(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::Meeting>>> {
                let Some(meeting) = &self.entity.entry.meeting else { return Ok(None) };
                load_one(context, meeting.as_entity()).await
            }

            /// The supplier's words for the place of treatment, when it gives no id; else null.
            async fn agenda_words(&self) -> Option<&str> {
                self.entity.entry.agenda_words.as_deref()
            }

            /// The address of the public page about the entry at the supplier; null when there is none.
            async fn page(&self) -> Option<&str> {
                filter_address(self.entity.entry.page.as_ref())
            }

            /// The agenda items (agendapunten) under which the entry was treated.
            async fn agenda_items(
                &self,
                context: &Context<'_>,
                paging: Paging,
            ) -> Result<PageOf<StoredRecord<schema::AgendaItem>>> {
                let id = self.entity.id.as_entity();
                load_relation(context, id, Relation::AgendaItem, Direction::Forward, vec![], paging).await
            }

            /// The documents of the entry, the main one first.
            async fn documents(
                &self,
                context: &Context<'_>,
                paging: Paging,
            ) -> Result<PageOf<StoredRecord<schema::Document>>> {
                let id = self.entity.id.as_entity();
                load_relation(context, id, Relation::Document, Direction::Forward, vec![], paging).await
            }

            /// The votes about the entry (stemmingen).
            async fn vote_events(
                &self,
                context: &Context<'_>,
                paging: Paging,
            ) -> Result<PageOf<StoredRecord<schema::VoteEvent>>> {
                let (id, kinds) = (self.entity.id.as_entity(), vec![Kind::VoteEvent]);
                load_relation(context, id, Relation::About, Direction::Backward, kinds, paging).await
            }

            $($own)*

            /// The source of this record, and when it was harvested there.
            async fn provenance(&self) -> ProvenanceObject {
                self.provenance_of(self.entity.id.as_entity())
            }
        }
    };
}

entry_object! {
    /// A motion or an amendment (motie, amendement).
    "Motion" Motion {
        /// The kind: motion or amendment; null when unknown.
        async fn kind(&self) -> Option<MotionKindEnum> {
            self.entity.kind.map(Into::into)
        }

        /// The result (uitslag); null when unknown.
        async fn outcome(&self) -> Option<OutcomeEnum> {
            self.entity.outcome.map(Into::into)
        }

        /// The register's text about the vote, as plain text, never interpreted; null when there is none.
        async fn vote_summary(&self) -> Option<&str> {
            self.entity.vote_summary.as_deref()
        }

        /// The persons or parties that put the motion forward (indieners).
        async fn proposers(&self) -> Vec<NamedObject> {
            self.entity.proposers.iter().cloned().map(NamedObject).collect()
        }

        /// The persons or parties that signed as supporters (mede-indieners).
        async fn co_proposers(&self) -> Vec<NamedObject> {
            self.entity.co_proposers.iter().cloned().map(NamedObject).collect()
        }

        /// The parties that put the motion forward (fracties).
        async fn parties(&self) -> Vec<NamedObject> {
            self.entity.parties.iter().cloned().map(NamedObject).collect()
        }
    }
}

entry_object! {
    /// A proposal to a council for decision (raadsvoorstel, statenvoorstel).
    "Proposal" Proposal {
        /// The result (uitslag); null when unknown.
        async fn outcome(&self) -> Option<OutcomeEnum> {
            self.entity.outcome.map(Into::into)
        }

        /// The office-holder responsible for the proposal (portefeuillehouder); null when unknown.
        async fn holder(&self) -> Option<NamedObject> {
            self.entity.holder.clone().map(NamedObject)
        }

        /// The decisions about the proposal (besluiten).
        #[graphql(complexity = "cost(first.or(last), 10)")]
        async fn decisions(
            &self,
            context: &Context<'_>,
            paging: Paging,
        ) -> Result<PageOf<StoredRecord<schema::Decision>>> {
            let (id, kinds) = (self.entity.id.as_entity(), vec![Kind::Decision]);
            load_relation(context, id, Relation::About, Direction::Backward, kinds, paging).await
        }
    }
}

entry_object! {
    /// A decision of a council (besluit).
    "Decision" Decision {
        /// The proposal that was decided; null when unknown.
        async fn proposal(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::Proposal>>> {
            let Some(proposal) = &self.entity.proposal else { return Ok(None) };
            load_one(context, proposal.as_entity()).await
        }

        /// The result (uitslag); null when unknown.
        async fn outcome(&self) -> Option<OutcomeEnum> {
            self.entity.outcome.map(Into::into)
        }

        /// The vote that led to the decision (stemming); null when unknown.
        async fn vote(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::VoteEvent>>> {
            let Some(vote) = &self.entity.vote else { return Ok(None) };
            load_one(context, vote.as_entity()).await
        }
    }
}

entry_object! {
    /// A commitment that an executive made to a council (toezegging).
    "Commitment" Commitment {
        /// The office-holder who made the commitment (portefeuillehouder); null when unknown.
        async fn holder(&self) -> Option<NamedObject> {
            self.entity.holder.clone().map(NamedObject)
        }

        /// True when the commitment was fulfilled (afgedaan); null when the register does not say.
        async fn fulfilled(&self) -> Option<bool> {
            self.entity.fulfilled.map(Into::into)
        }
    }
}

entry_object! {
    /// Questions that members asked in writing, and their answer (schriftelijke vragen).
    "WrittenQuestion" WrittenQuestion {
        /// The members who asked the questions.
        async fn askers(&self) -> Vec<NamedObject> {
            self.entity.askers.iter().cloned().map(NamedObject).collect()
        }

        /// The parties that asked the questions (fracties).
        async fn parties(&self) -> Vec<NamedObject> {
            self.entity.parties.iter().cloned().map(NamedObject).collect()
        }

        /// The documents that answer the questions (beantwoording).
        #[graphql(complexity = "100")]
        async fn answers(&self, context: &Context<'_>) -> Result<Vec<StoredRecord<schema::Document>>> {
            let ids: Vec<_> = self.entity.answers.iter().map(|id| id.as_entity().clone()).collect();
            Ok(load_many(context, &ids).await?.into_iter().filter_map(super::stored_record::FromStored::from_stored).collect())
        }
    }
}

entry_object! {
    /// An entry of any other register (registerstuk), such as an incoming letter, a report or a list.
    "RegisterEntry" RegisterEntry {}
}

pub struct NamedObject(pub schema::Named);

/// A person or party named by a register: always in words, and as an entity when the register gives an id.
#[Object(name = "Named")]
impl NamedObject {
    /// The name as published; null when only an id is given.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// The person or party as an entity; null when the register gives no id.
    async fn node(&self, context: &Context<'_>) -> Result<Option<Node>> {
        let Some(id) = &self.0.id else { return Ok(None) };
        load_one(context, id).await
    }
}
