//! The voting records of parties.

use async_graphql::{Context, Result, SimpleObject};
use jiff::civil::Date;
use raadhuis_schema::{self as schema, EntityId};

use super::loader::{VotingKey, load_voting};

/// The voting record of a party in one council. Only published votes of individual members count; statements about a party as a
/// whole, absences, abstentions and unknown choices do not.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Cohesion")]
pub struct CohesionObject {
    /// The standard name of the party (fractie).
    party_name: String,
    /// The number of votes in which at least one member voted in favour or against.
    events: u32,
    /// The number of those votes in which two or more members did; only these say anything about unity.
    measured: u32,
    /// The number of measured votes in which all members chose the same.
    united: u32,
    /// The unity of the party, from 0 (evenly split) to 1 (unanimous): the mean over the measured votes of |favour - against| /
    /// (favour + against), Rice's index of agreement; null when nothing was measured.
    index: Option<f64>,
    /// The number of comparable votes in which the party's majority chose as the council's majority did.
    with_majority: u32,
    /// The number of votes in which both the party and the council had a majority.
    comparable: u32,
}

impl CohesionObject {
    fn new(party: &str, it: &schema::Cohesion) -> Self {
        let schema::Cohesion { events, measured, united, index, with_majority, comparable } = *it;
        Self { party_name: party.to_owned(), events, measured, united, index, with_majority, comparable }
    }
}

/// Lists the voting records of the parties of a council between two days, by name.
pub async fn party_records(
    context: &Context<'_>,
    authority: &EntityId,
    from: Option<Date>,
    until: Option<Date>,
) -> Result<Vec<CohesionObject>> {
    let all = load_voting(context, VotingKey { council: authority.clone(), from, until }).await?;
    Ok(all.iter().map(|(party, it)| CohesionObject::new(party, it)).collect())
}

/// The voting record of one party; zeros when it did not vote.
pub async fn party_record(
    context: &Context<'_>,
    authority: &EntityId,
    name: &str,
    from: Option<Date>,
    until: Option<Date>,
) -> Result<CohesionObject> {
    let name = schema::party_name(name);
    let all = load_voting(context, VotingKey { council: authority.clone(), from, until }).await?;
    Ok(CohesionObject::new(&name, all.get(&name).unwrap_or(&schema::Cohesion::default())))
}
