//! The entries of registers: what they have in common, once, and what each sort adds.

use async_graphql::{Context, ID, Object, Result};
use raadhuis_schema::{self as schema, Kind, Relation};
use raadhuis_store::Direction;

use super::{
    connection::{PageOf, Paging, cost, relation},
    held::{Held, Provenance},
    loader::{one, several},
    node::Node,
    scalar::{MotionKind, Outcome, When},
};
use crate::link::shown;

/// A GraphQL object for one sort of entry: the fields that all have, and its own.
macro_rules! entry_object {
    ($(#[$doc:meta])* $name:literal $kind:ident { $($own:tt)* }) => {
        $(#[$doc])*
        #[Object(name = $name)]
        impl Held<schema::$kind> {
            /// Its permanent id.
            pub async fn id(&self) -> ID {
                ID(self.it.id.to_string())
            }

            /// In whose council.
            async fn authority(&self, context: &Context<'_>) -> Result<Option<Held<schema::Authority>>> {
                one(context, self.it.authority.any()).await
            }

            /// The name of the register ("Ingekomen stukken").
            async fn register(&self) -> Option<&str> {
                self.it.entry.register.as_deref()
            }

            /// What the supplier calls this sort of entry ("Motie vreemd").
            async fn type_words(&self) -> Option<&str> {
                self.it.entry.type_words.as_deref()
            }

            /// Its title as published.
            async fn title(&self) -> Option<&str> {
                self.it.entry.title.as_deref()
            }

            /// Its number or reference.
            async fn number(&self) -> Option<&str> {
                self.it.entry.number.as_deref()
            }

            /// The date the register keeps: of submission, receipt or decision.
            async fn date(&self) -> Option<When> {
                self.it.entry.date.map(When)
            }

            /// The date by which it should be dealt with.
            async fn due(&self) -> Option<When> {
                self.it.entry.due.map(When)
            }

            /// The date on which it was dealt with.
            async fn settled(&self) -> Option<When> {
                self.it.entry.settled.map(When)
            }

            /// Its dictum or explanation, as plain text.
            async fn description(&self) -> Option<&str> {
                self.it.entry.description.as_deref()
            }

            /// How it stands, in the supplier's words.
            async fn status_words(&self) -> Option<&str> {
                self.it.entry.status_words.as_deref()
            }

            /// The meeting in which it was treated.
            async fn meeting(&self, context: &Context<'_>) -> Result<Option<Held<schema::Meeting>>> {
                let Some(meeting) = &self.it.entry.meeting else { return Ok(None) };
                one(context, meeting.any()).await
            }

            /// Where it was treated, in the supplier's words, where it gives no id.
            async fn agenda_words(&self) -> Option<&str> {
                self.it.entry.agenda_words.as_deref()
            }

            /// Where the supplier publishes it.
            async fn page(&self) -> Option<&str> {
                shown(self.it.entry.page.as_ref())
            }

            /// The agenda items under which it was treated.
            #[graphql(complexity = "cost(first.or(last), child_complexity)")]
            async fn agenda_items(
                &self,
                context: &Context<'_>,
                #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
                #[graphql(desc = "Behind this cursor.")] after: Option<String>,
                #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
                #[graphql(desc = "Before this cursor.")] before: Option<String>,
            ) -> Result<PageOf<Held<schema::AgendaItem>>> {
                let id = self.it.id.any();
                relation(context, id, Relation::AgendaItem, Direction::Forward, vec![], Paging { first, after, last, before }).await
            }

            /// Its documents, the main one first.
            #[graphql(complexity = "cost(first.or(last), child_complexity)")]
            async fn documents(
                &self,
                context: &Context<'_>,
                #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
                #[graphql(desc = "Behind this cursor.")] after: Option<String>,
                #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
                #[graphql(desc = "Before this cursor.")] before: Option<String>,
            ) -> Result<PageOf<Held<schema::Document>>> {
                let id = self.it.id.any();
                relation(context, id, Relation::Document, Direction::Forward, vec![], Paging { first, after, last, before }).await
            }

            /// The votes about it (stemmingen).
            #[graphql(complexity = "cost(first.or(last), child_complexity)")]
            async fn vote_events(
                &self,
                context: &Context<'_>,
                #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
                #[graphql(desc = "Behind this cursor.")] after: Option<String>,
                #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
                #[graphql(desc = "Before this cursor.")] before: Option<String>,
            ) -> Result<PageOf<Held<schema::VoteEvent>>> {
                let (id, kinds) = (self.it.id.any(), vec![Kind::VoteEvent]);
                relation(context, id, Relation::About, Direction::Backward, kinds, Paging { first, after, last, before }).await
            }

            $($own)*

            /// Where it comes from, and when it was seen there.
            async fn provenance(&self) -> Provenance {
                self.origin(self.it.id.any())
            }
        }
    };
}

entry_object! {
    /// A motion or an amendment (motie, amendement).
    "Motion" Motion {
        /// Motion or amendment.
        async fn kind(&self) -> Option<MotionKind> {
            self.it.kind.map(Into::into)
        }

        /// What became of it.
        async fn outcome(&self) -> Option<Outcome> {
            self.it.outcome.map(Into::into)
        }

        /// What the register says of the vote, as plain text, never interpreted.
        async fn vote_summary(&self) -> Option<&str> {
            self.it.vote_summary.as_deref()
        }

        /// Who put it forward (indieners).
        async fn proposers(&self) -> Vec<Named> {
            self.it.proposers.iter().cloned().map(Named).collect()
        }

        /// Who signed with them (mede-indieners).
        async fn co_proposers(&self) -> Vec<Named> {
            self.it.co_proposers.iter().cloned().map(Named).collect()
        }

        /// The parties that put it forward.
        async fn parties(&self) -> Vec<Named> {
            self.it.parties.iter().cloned().map(Named).collect()
        }
    }
}

entry_object! {
    /// What is put to a council for decision (raadsvoorstel, statenvoorstel).
    "Proposal" Proposal {
        /// What became of it.
        async fn outcome(&self) -> Option<Outcome> {
            self.it.outcome.map(Into::into)
        }

        /// The office-holder who answers for it (portefeuillehouder).
        async fn holder(&self) -> Option<Named> {
            self.it.holder.clone().map(Named)
        }

        /// The decisions about it.
        #[graphql(complexity = "cost(first.or(last), 10)")]
        async fn decisions(
            &self,
            context: &Context<'_>,
            #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
            #[graphql(desc = "Behind this cursor.")] after: Option<String>,
            #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
            #[graphql(desc = "Before this cursor.")] before: Option<String>,
        ) -> Result<PageOf<Held<schema::Decision>>> {
            let (id, kinds) = (self.it.id.any(), vec![Kind::Decision]);
            relation(context, id, Relation::About, Direction::Backward, kinds, Paging { first, after, last, before }).await
        }
    }
}

entry_object! {
    /// What a council decided (besluit).
    "Decision" Decision {
        /// The proposal that was decided.
        async fn proposal(&self, context: &Context<'_>) -> Result<Option<Held<schema::Proposal>>> {
            let Some(proposal) = &self.it.proposal else { return Ok(None) };
            one(context, proposal.any()).await
        }

        /// What was decided.
        async fn outcome(&self) -> Option<Outcome> {
            self.it.outcome.map(Into::into)
        }

        /// The vote by which.
        async fn vote(&self, context: &Context<'_>) -> Result<Option<Held<schema::VoteEvent>>> {
            let Some(vote) = &self.it.vote else { return Ok(None) };
            one(context, vote.any()).await
        }
    }
}

entry_object! {
    /// What an executive promised a council (toezegging).
    "Commitment" Commitment {
        /// The office-holder who made it (portefeuillehouder).
        async fn holder(&self) -> Option<Named> {
            self.it.holder.clone().map(Named)
        }

        /// Whether it was kept (afgedaan), where the register says so.
        async fn fulfilled(&self) -> Option<bool> {
            self.it.fulfilled.map(Into::into)
        }
    }
}

entry_object! {
    /// What members asked in writing, and the answer (schriftelijke vragen).
    "WrittenQuestion" WrittenQuestion {
        /// The members who asked.
        async fn askers(&self) -> Vec<Named> {
            self.it.askers.iter().cloned().map(Named).collect()
        }

        /// The parties that asked.
        async fn parties(&self) -> Vec<Named> {
            self.it.parties.iter().cloned().map(Named).collect()
        }

        /// The documents that answer it (beantwoording).
        #[graphql(complexity = "100")]
        async fn answers(&self, context: &Context<'_>) -> Result<Vec<Held<schema::Document>>> {
            let ids: Vec<_> = self.it.answers.iter().map(|id| id.any().clone()).collect();
            Ok(several(context, &ids).await?.into_iter().filter_map(super::held::FromStored::from_stored).collect())
        }
    }
}

entry_object! {
    /// An entry of a register that is none of the others (registerstuk): an incoming letter, a report, a list.
    "RegisterEntry" RegisterEntry {}
}

/// A person or party as a register names them.
pub struct Named(pub schema::Named);

/// A person or party as a register names them: the words always, the object where the register gives an id.
#[Object(name = "Named")]
impl Named {
    /// The words.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// The person or party.
    async fn node(&self, context: &Context<'_>) -> Result<Option<Node>> {
        let Some(id) = &self.0.id else { return Ok(None) };
        one(context, id).await
    }
}
