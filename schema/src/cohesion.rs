//! The cohesion of parties: how often the members of a party vote alike, counted from published votes of members and never
//! guessed from a vote of the party. Pure.

use std::collections::BTreeMap;

use crate::Choice;

/// The number of members of a party who made the same choice in a vote event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ballots {
    /// The id of the vote event, used only to tell events apart.
    pub event: String,
    /// The name under which the party is known, see [`crate::party_name`].
    pub party: String,
    /// The choice that these members made.
    pub choice: Choice,
    /// The number of members with that choice.
    pub members: u32,
}

/// Figures on how united a party voted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cohesion {
    /// The number of vote events in which a member of the party voted in favour or against.
    pub events: u32,
    /// The number of those in which two or more members did: only they measure unity.
    pub measured: u32,
    /// The number of measured events in which all members chose alike.
    pub united: u32,
    /// The mean over the measured events of |favour − against| / (favour + against), the index of agreement
    /// of Rice: from 0 (evenly split) to 1 (united); `None` if nothing was measured.
    pub index: Option<f64>,
    /// The number of comparable events in which the majority of the party chose as the majority of the
    /// council.
    pub with_majority: u32,
    /// The number of events in which both the party and the council had a majority.
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
            // Absent members, abstentions and choices in unknown words count for no side.
            Choice::Abstain | Choice::Absent | Choice::Unknown => {}
        }
    }

    fn majority(self) -> Option<bool> {
        (self.favour != self.against).then_some(self.favour > self.against)
    }
}

/// Computes the cohesion of every party, by name.
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
