//! What should not be in papers: numbers of persons, and words that somebody hid from readers only. What was found, what is to be
//! done, and what a reviewer decided.

use serde::{Deserialize, Serialize};

/// How sure it is that a number is a citizen service number (BSN); or that what was found is hidden text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// It passes the check of its digits, and nothing near it says what it is.
    Medium,
    /// A word beside it says so as well.
    High,
    /// It is no number: text stands under an opaque shape, or in the colour of what lies below it.
    Hidden,
}

/// A number that was found. Never the number itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The page on which it stands, from 1.
    pub page: u32,
    /// The character of the page's text at which it begins.
    pub at: u32,
    /// How sure that is.
    pub tier: Tier,
    /// All but its last two digits struck out; of hidden text how many letters there are.
    pub masked: String,
}

/// What a person decided of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ruling {
    /// It may be seen.
    Release,
    /// It may not.
    Withhold,
}

/// What was found in a file, and what was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// The hash of the file.
    pub sha256: String,
    /// What was found.
    pub finding: Finding,
    /// What was decided; `None` while nobody looked at it.
    pub ruling: Option<Ruling>,
}

/// What is done about a number of the high tier before anybody has looked at it. The medium tier only waits for a reviewer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// It is listed for review, and shown.
    Detect,
    /// Its page is withheld until it was reviewed.
    #[default]
    HidePage,
    /// Its whole file is.
    Quarantine,
}

impl std::str::FromStr for Policy {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        serde_json::from_value(word.into())
            .map_err(|_| format!("{word:?} is none of detect, hide-page, quarantine"))
    }
}

impl Policy {
    /// The pages of a file that nobody may see, in order.
    pub fn withheld(self, reviewed: &[Reviewed], pages_total: u32) -> Vec<u32> {
        let is_withheld = |it: &&Reviewed| match it.ruling {
            Some(ruling) => ruling == Ruling::Withhold,
            // Somebody meant to hide it: that needs no policy.
            None if it.finding.tier == Tier::Hidden => true,
            None => self != Self::Detect && it.finding.tier == Tier::High,
        };
        let found: Vec<&Reviewed> = reviewed.iter().filter(is_withheld).collect();
        if self == Self::Quarantine && found.iter().any(|it| it.ruling.is_none()) {
            return (1..=pages_total).collect();
        }
        let mut pages: Vec<u32> = found.iter().map(|it| it.finding.page).collect();
        pages.sort_unstable();
        pages.dedup();
        pages
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_withheld_follows_from_policy_and_decisions() {
        let found = |page, tier, ruling| Reviewed {
            sha256: String::new(),
            finding: Finding { page, at: 0, tier, masked: String::new() },
            ruling,
        };
        let all = [
            found(2, Tier::High, None),
            found(2, Tier::Medium, None),
            found(3, Tier::Medium, None),
            found(4, Tier::High, Some(Ruling::Release)),
            found(5, Tier::Medium, Some(Ruling::Withhold)),
        ];
        assert_eq!(Policy::HidePage.withheld(&all, 6), [2, 5]);
        assert_eq!(Policy::Detect.withheld(&all, 6), [5]);
        assert_eq!(Policy::Quarantine.withheld(&all, 6), [1, 2, 3, 4, 5, 6]);
        assert_eq!(Policy::Quarantine.withheld(&all[1..], 6), [5]);
        let blacked_out = [found(3, Tier::Hidden, None), found(4, Tier::Hidden, Some(Ruling::Release))];
        for policy in [Policy::HidePage, Policy::Detect] {
            assert_eq!(policy.withheld(&blacked_out, 6), [3]);
        }
        assert_eq!("hide-page".parse(), Ok(Policy::HidePage));
        assert!("hide".parse::<Policy>().is_err());
    }
}
