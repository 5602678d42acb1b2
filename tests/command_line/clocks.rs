//! Days on which clocks do something odd: what is asked day by day is what is published, nothing lost and nothing doubled.

use std::collections::BTreeSet;

use jiff::civil::Date;
use raadhuis_fixtures::sim::faults::Faults;

use crate::land::{Land, is_published};

/// Hours at which meetings are held: just after midnight, in the hour that a night repeats or leaves out, and late.
const HOURS: [u8; 4] = [0, 2, 3, 23];

#[test]
fn both_nights_on_which_clocks_are_moved_and_a_leap_day_lose_nothing_and_double_nothing() {
    for odd in ["2026-03-29", "2026-10-25", "2024-02-29"] {
        let odd: Date = odd.parse().unwrap();
        let days = [odd.yesterday().unwrap(), odd, odd.tomorrow().unwrap()];
        let land = Land::over((days[0], days[2]), 17, 8, 300.0, Faults::default());
        for number in 0..8 {
            land.look().simulation.change_town(number, |town| {
                for (place, meeting) in town.meetings.iter_mut().enumerate() {
                    // Of each town the first on the odd day itself, and the others around it.
                    meeting.hour = HOURS[(number + place) % 4];
                    meeting.day = days[(place + 1) % 3];
                }
            });
        }
        let data = tempfile::tempdir().unwrap();
        let harvest = |first: Date, last: Date| -> String {
            let (first, last) = (first.to_string(), last.to_string());
            let keys: Vec<String> =
                land.look().simulation.towns.iter().map(|town| town.key.clone()).collect();
            let mut arguments = vec!["harvest", "--since", &first, "--until", &last];
            arguments.extend(keys.iter().map(String::as_str));
            let output = land.visit(land.command(&arguments, data.path())).output().unwrap();
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
        };
        let mut said = String::new();
        for day in days {
            said += &harvest(day, day);
        }
        let held: BTreeSet<_> = land.held(data.path()).into_iter().filter(|id| is_published(id)).collect();
        assert!(held.iter().filter(|id| id.starts_with("meeting:")).count() >= 8, "{odd}: {held:?}");
        assert_eq!(held, land.look().simulation.list_published().ids, "{odd}: {said}");
        let whole = harvest(days[0], days[2]);
        assert_eq!(whole.matches(" 0 changes\n").count(), 8, "{odd}: {whole}");
    }
}
