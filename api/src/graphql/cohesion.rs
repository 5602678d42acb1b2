//! How the members of parties vote.

use async_graphql::{Context, Result, SimpleObject};
use jiff::civil::Date;
use raadhuis_schema::{self as schema, EntityId};

use super::loader::{VotingKey, voting};

/// How the members of a party voted in one council. Counted from votes of members that were published; what is only said of
/// a party as a whole does not count, and neither do those who were away, abstained, or chose in words we do not know.
#[derive(Clone, Debug, SimpleObject)]
pub struct Cohesion {
    /// The name under which the party is known.
    party_name: String,
    /// Vote events in which a member of it voted in favour or against.
    events: u32,
    /// Those of them in which two or more did: only they say anything of unity.
    measured: u32,
    /// Those of the measured in which all chose alike.
    united: u32,
    /// From 0 (torn in half) to 1 (one voice): the mean over the measured events of |favour - against| / (favour + against),
    /// the index of agreement of Rice; null where nothing was measured.
    index: Option<f64>,
    /// How often most of it chose as most of the council did.
    with_majority: u32,
    /// The events in which both had a majority.
    comparable: u32,
}

impl Cohesion {
    fn of(party: &str, it: &schema::Cohesion) -> Self {
        let schema::Cohesion { events, measured, united, index, with_majority, comparable } = *it;
        Self { party_name: party.to_owned(), events, measured, united, index, with_majority, comparable }
    }
}

/// Of every party of a council how it voted between two days, by name.
pub async fn parties(
    context: &Context<'_>,
    authority: &EntityId,
    (from, until): (Option<Date>, Option<Date>),
) -> Result<Vec<Cohesion>> {
    let all = voting(context, VotingKey(authority.clone(), from, until)).await?;
    Ok(all.iter().map(|(party, it)| Cohesion::of(party, it)).collect())
}

/// How one party of a council voted; zeros where it did not.
pub async fn party(
    context: &Context<'_>,
    authority: &EntityId,
    name: &str,
    (from, until): (Option<Date>, Option<Date>),
) -> Result<Cohesion> {
    let name = schema::party_name(name);
    let all = voting(context, VotingKey(authority.clone(), from, until)).await?;
    Ok(Cohesion::of(&name, all.get(&name).unwrap_or(&schema::Cohesion::default())))
}
