//! How far the members of a party vote alike: counted from published votes of members, never guessed from what a party is said
//! to have done. Pure.

use std::collections::BTreeMap;

use crate::Choice;

/// So many members of a party in one vote event chose so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ballots {
    /// The vote event; only told apart from others.
    pub event: String,
    /// The name under which the party is known, see [`crate::party_name`].
    pub party: String,
    /// The choice.
    pub choice: Choice,
    /// How many members.
    pub members: u32,
}

/// What is known of how a party voted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cohesion {
    /// Vote events in which a member of it voted in favour or against.
    pub events: u32,
    /// Those of them in which two or more did: only they say anything of unity.
    pub measured: u32,
    /// Those of the measured in which all chose alike.
    pub united: u32,
    /// The mean over the measured events of |favour − against| / (favour + against), from 0 (torn in half) to 1 (one voice);
    /// `None` where nothing was measured (the index of agreement of Rice).
    pub index: Option<f64>,
    /// How often most of it chose as most of the council did, of the events in which both had a majority.
    pub with_majority: u32,
    /// The events in which both had a majority.
    pub comparable: u32,
}

#[derive(Clone, Copy, Default)]
struct Sides {
    favour: u32,
    against: u32,
}

impl Sides {
    fn add(&mut self, choice: Choice, members: u32) {
        match choice {
            Choice::Favour => self.favour += members,
            Choice::Against => self.against += members,
            // Who was away, abstained or chose in words we do not know was on no side.
            Choice::Abstain | Choice::Absent | Choice::Unknown => {}
        }
    }

    fn majority(self) -> Option<bool> {
        (self.favour != self.against).then_some(self.favour > self.against)
    }
}

/// Of every party how it voted, by name.
pub fn cohesion(ballots: &[Ballots]) -> BTreeMap<String, Cohesion> {
    let mut councils: BTreeMap<&str, Sides> = BTreeMap::new();
    let mut parties: BTreeMap<(&str, &str), Sides> = BTreeMap::new();
    for it in ballots {
        councils.entry(&it.event).or_default().add(it.choice, it.members);
        parties.entry((&it.party, &it.event)).or_default().add(it.choice, it.members);
    }
    let mut all: BTreeMap<String, Cohesion> = BTreeMap::new();
    let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
    for ((party, event), sides) in parties {
        let known = all.entry(party.to_owned()).or_default();
        let cast = sides.favour + sides.against;
        if cast == 0 {
            continue;
        }
        known.events += 1;
        if cast >= 2 {
            known.measured += 1;
            known.united += u32::from(sides.favour == 0 || sides.against == 0);
            *sums.entry(party).or_default() +=
                f64::from(sides.favour.abs_diff(sides.against)) / f64::from(cast);
        }
        let council = councils.get(event).copied().unwrap_or_default();
        if let (Some(own), Some(whole)) = (sides.majority(), council.majority()) {
            known.comparable += 1;
            known.with_majority += u32::from(own == whole);
        }
    }
    for (party, sum) in sums {
        if let Some(known) = all.get_mut(party) {
            known.index = Some(sum / f64::from(known.measured));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ballots(rows: &[(&str, &str, Choice, u32)]) -> Vec<Ballots> {
        let of = |(event, party, choice, members): &(&str, &str, Choice, u32)| Ballots {
            event: (*event).to_owned(),
            party: (*party).to_owned(),
            choice: *choice,
            members: *members,
        };
        rows.iter().map(of).collect()
    }

    #[test]
    fn unity_is_counted_where_two_or_more_voted_and_never_from_what_is_unknown() {
        let all = cohesion(&ballots(&[
            ("1", "A", Choice::Favour, 3),
            ("1", "A", Choice::Against, 1),
            ("1", "B", Choice::Against, 5),
            ("2", "A", Choice::Favour, 4),
            ("2", "B", Choice::Unknown, 5),
            ("3", "A", Choice::Favour, 1),
            ("3", "C", Choice::Absent, 2),
        ]));
        let a = &all["A"];
        assert_eq!((a.events, a.measured, a.united), (3, 2, 1));
        assert_eq!(a.index, Some(0.75));
        // Of the first event most of the council was against, most of A in favour.
        assert_eq!((a.with_majority, a.comparable), (2, 3));
        let b = &all["B"];
        assert_eq!((b.events, b.index, b.with_majority), (1, Some(1.0), 1));
        assert_eq!(all["C"], Cohesion::default());
    }

    #[test]
    fn a_party_that_is_torn_in_half_has_no_majority() {
        let all = cohesion(&ballots(&[("1", "A", Choice::Favour, 2), ("1", "A", Choice::Against, 2)]));
        assert_eq!((all["A"].index, all["A"].comparable), (Some(0.0), 0));
    }
}
