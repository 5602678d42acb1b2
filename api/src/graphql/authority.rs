//! The GraphQL objects of authorities and committees.

use std::sync::LazyLock;

use async_graphql::{Context, ID, Object, Result};
use jiff::Timestamp;
use raadhuis_paged::paged;
use raadhuis_schema::{self as schema, ContentHash, Entity, EntityId, Kind, Relation};
use raadhuis_store::{Direction, Filter, TermsOf};

use super::{
    cohesion::{self, CohesionObject},
    connection::{PageOf, Paging, cost, load_list, load_relation},
    glossary::{self, GLOSSARY, GlossaryTerm},
    loader::{load_available, load_document_count, load_lines, load_many, load_one},
    provenance::ProvenanceObject,
    scalar::{AuthorityKindEnum, CommitteeKindEnum, Day, Moment, WhenScalar},
    stored_record::{FromStored, StoredRecord},
};
use crate::Library;
use crate::link::filter_address;

/// The cost of adding up the votes of a council.
pub const VOTING: usize = 10_000;

/// A public body with an elected council (overheid): a municipality, province or water authority.
#[paged]
#[Object(name = "Authority")]
impl StoredRecord<schema::Authority> {
    /// The permanent id: opaque and safe in a URL.
    pub async fn id(&self) -> ID {
        ID(self.entity.id.to_string())
    }

    /// The name, without "gemeente" or "provincie" before it.
    async fn name(&self) -> &str {
        &self.entity.name
    }

    /// The sort of public body (soort overheid).
    async fn kind(&self) -> AuthorityKindEnum {
        self.entity.kind.into()
    }

    /// The CBS or TOOI code, such as GM0518.
    async fn code(&self) -> &str {
        &self.entity.code
    }

    /// The province in which the body lies; several are separated by semicolons; a province has its own name; null when unknown.
    async fn province(&self) -> Option<&str> {
        self.entity.province.as_deref()
    }

    /// The address of the public page with its papers at the supplier; null when there is none.
    async fn page(&self) -> Option<&str> {
        filter_address(self.entity.page.as_ref())
    }

    /// The date on which the body was founded (begindatum); null when unknown.
    async fn founded(&self) -> Option<WhenScalar> {
        self.entity.founded.map(WhenScalar)
    }

    /// The number of seats in its council (zetels); null when unknown.
    async fn seats(&self) -> Option<u32> {
        self.entity.seats
    }

    /// The bodies that merged or changed into this one (voorgangers).
    #[graphql(complexity = "10 + 10 * child_complexity")]
    async fn predecessors(&self, context: &Context<'_>) -> Result<Vec<StoredRecord<schema::Authority>>> {
        let ids: Vec<_> = self.entity.predecessors.iter().map(|id| id.as_entity().clone()).collect();
        Ok(load_many(context, &ids).await?.into_iter().filter_map(FromStored::from_stored).collect())
    }

    /// The last day of its existence; null while it exists.
    async fn dissolved(&self) -> Option<WhenScalar> {
        self.entity.dissolved.map(WhenScalar)
    }

    /// The bodies into which this one merged or changed (opvolgers).
    #[graphql(complexity = "10 + 10 * child_complexity")]
    async fn successors(&self, context: &Context<'_>) -> Result<Vec<StoredRecord<schema::Authority>>> {
        let ids: Vec<_> = self.entity.successors.iter().map(|id| id.as_entity().clone()).collect();
        Ok(load_many(context, &ids).await?.into_iter().filter_map(FromStored::from_stored).collect())
    }

    /// The meetings of the body (vergaderingen), newest first.
    async fn meetings(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first day that counts, inclusive.")] from: Option<Day>,
        #[graphql(desc = "The last day that counts, inclusive.")] until: Option<Day>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::Meeting>>> {
        let filter = Filter {
            from: from.map(|day| day.0),
            until: until.map(|day| day.0),
            ..filter_for(&self.entity.id, Kind::Meeting)
        };
        load_list(context, &filter, true, paging).await
    }

    /// The committees of the body (gremia), by name.
    async fn committees(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::Committee>>> {
        load_list(context, &filter_for(&self.entity.id, Kind::Committee), false, paging).await
    }

    /// The parties in its council (fracties), by name.
    async fn parties(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::Party>>> {
        load_list(context, &filter_for(&self.entity.id, Kind::Party), false, paging).await
    }

    /// The office-holders of the body (ambtsdragers), by name.
    async fn persons(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::Person>>> {
        load_list(context, &filter_for(&self.entity.id, Kind::Person), false, paging).await
    }

    /// The motions and amendments in its council (moties, amendementen), newest first.
    async fn motions(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::Motion>>> {
        load_list(context, &filter_for(&self.entity.id, Kind::Motion), true, paging).await
    }

    /// The proposals to its council (raadsvoorstellen), newest first.
    async fn proposals(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::Proposal>>> {
        load_list(context, &filter_for(&self.entity.id, Kind::Proposal), true, paging).await
    }

    /// The decisions of its council (besluiten), newest first.
    async fn decisions(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::Decision>>> {
        load_list(context, &filter_for(&self.entity.id, Kind::Decision), true, paging).await
    }

    /// The commitments to its council (toezeggingen), newest first.
    async fn commitments(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::Commitment>>> {
        load_list(context, &filter_for(&self.entity.id, Kind::Commitment), true, paging).await
    }

    /// The questions asked in writing (schriftelijke vragen), newest first.
    async fn written_questions(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::WrittenQuestion>>> {
        load_list(context, &filter_for(&self.entity.id, Kind::WrittenQuestion), true, paging).await
    }

    /// The recordings of its meetings (opnames), newest first.
    async fn recordings(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::Recording>>> {
        load_list(context, &filter_for(&self.entity.id, Kind::Recording), true, paging).await
    }

    /// The other entries of its registers, such as incoming letters (ingekomen stukken), newest first.
    async fn register_entries(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::RegisterEntry>>> {
        load_list(context, &filter_for(&self.entity.id, Kind::RegisterEntry), true, paging).await
    }

    /// True when meetings or documents of the body are held; false may become true later.
    #[graphql(complexity = "20")]
    async fn available(&self, context: &Context<'_>) -> Result<bool> {
        Ok(load_available(context).await?.contains(self.entity.id.as_entity()))
    }

    /// The moment at which one of its sources was last harvested successfully; null when none was.
    #[graphql(complexity = "20")]
    async fn last_harvest(&self, context: &Context<'_>) -> Result<Option<Moment>> {
        let lines = load_lines(context).await?;
        let own = lines.of_authority(&context.data::<Library>()?.directory, &self.entity);
        Ok(own.filter_map(|line| line.succeeded).max().map(Moment))
    }

    /// The number of its documents that are held.
    #[graphql(complexity = "20")]
    async fn document_count(&self, context: &Context<'_>) -> Result<u64> {
        load_document_count(context, self.entity.id.as_entity()).await
    }

    /// The voting records of the parties in its council, by party name.
    #[graphql(complexity = "VOTING + 10 * child_complexity")]
    async fn voting(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first day that counts, inclusive.")] from: Option<Day>,
        #[graphql(desc = "The last day that counts, inclusive.")] until: Option<Day>,
    ) -> Result<Vec<CohesionObject>> {
        let (from, until) = (from.map(|day| day.0), until.map(|day| day.0));
        cohesion::party_records(context, self.entity.id.as_entity(), from, until).await
    }

    /// The abbreviations that its documents explain, by short form; the most frequent explanation of each comes first.
    #[graphql(complexity = "GLOSSARY + 10 * child_complexity")]
    async fn glossary(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only this abbreviation, spelled exactly so, such as BRP.")] short: Option<String>,
        #[graphql(desc = "The number of rows, at most 100; 20 when not given.")] first: Option<i32>,
    ) -> Result<Vec<GlossaryTerm>> {
        glossary::list_terms(context, TermsOf::Authority(self.entity.id.as_entity().clone()), short, first)
            .await
    }

    /// The source of this record, and when it was harvested there; the catalogue, when nothing of the body was harvested.
    async fn provenance(&self) -> ProvenanceObject {
        self.provenance_of(self.entity.id.as_entity())
    }
}

/// The moment at which this process read the catalogue.
static READ: LazyLock<Timestamp> = LazyLock::new(Timestamp::now);

impl StoredRecord<schema::Authority> {
    /// Makes the record of an authority of the directory without any harvested content.
    pub fn of_directory(it: &schema::Authority) -> Self {
        let hash = ContentHash::hash_value(&Entity::Authority(it.clone()).to_json()).to_string();
        let provenance =
            schema::Provenance { source: "catalogue".to_owned(), first_seen: *READ, harvested: *READ };
        Self { entity: it.clone(), provenance, hash }
    }
}

/// A council, committee or other body of an authority that meets (gremium).
#[paged]
#[Object(name = "Committee")]
impl StoredRecord<schema::Committee> {
    /// The permanent id: opaque and safe in a URL.
    pub async fn id(&self) -> ID {
        ID(self.entity.id.to_string())
    }

    /// The public body (overheid) to which the committee belongs.
    async fn authority(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::Authority>>> {
        load_one(context, self.entity.authority.as_entity()).await
    }

    /// The name as published; null when the supplier gives none.
    async fn name(&self) -> Option<&str> {
        self.entity.name.as_deref()
    }

    /// The sort of committee (soort gremium); null when unknown.
    async fn kind(&self) -> Option<CommitteeKindEnum> {
        self.entity.kind.map(Into::into)
    }

    /// The committee's description of itself; null when there is none.
    async fn description(&self) -> Option<&str> {
        self.entity.description.as_deref()
    }

    /// The abbreviations that the documents of its meetings explain, by short form.
    #[graphql(complexity = "GLOSSARY + 10 * child_complexity")]
    async fn glossary(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only this abbreviation, spelled exactly so, such as BRP.")] short: Option<String>,
        #[graphql(desc = "The number of rows, at most 100; 20 when not given.")] first: Option<i32>,
    ) -> Result<Vec<GlossaryTerm>> {
        glossary::list_terms(context, TermsOf::Committee(self.entity.id.as_entity().clone()), short, first)
            .await
    }

    /// The meetings of the committee (vergaderingen), oldest first.
    async fn meetings(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::Meeting>>> {
        let id = self.entity.id.as_entity();
        load_relation(context, id, Relation::Committee, Direction::Backward, vec![Kind::Meeting], paging)
            .await
    }

    /// The source of this record, and when it was harvested there.
    async fn provenance(&self) -> ProvenanceObject {
        self.provenance_of(self.entity.id.as_entity())
    }
}

fn filter_for(authority: &schema::Id<schema::Authority>, kind: Kind) -> Filter {
    let authorities: Vec<EntityId> = vec![authority.as_entity().clone()];
    Filter { kinds: vec![kind], authorities, ..Filter::default() }
}
