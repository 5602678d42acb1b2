//! Content that papers should not have: numbers of persons, and text hidden from readers only. Findings, the policy on
//! them, and the rulings of reviewers.

use serde::{Deserialize, Serialize};

/// The certainty that a number is a citizen service number (BSN), or the finding of hidden text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// The number passes the check of its digits, and no word near it says what it is.
    Medium,
    /// The number passes the check, and a word beside it confirms it.
    High,
    /// The finding is no number but text under an opaque shape, or in the colour of its background.
    Hidden,
}

/// A number that was found, masked. The number itself is never kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The page of the finding, from 1.
    pub page: u32,
    /// The position in the page's text, counted in characters.
    pub at: u32,
    /// The certainty of the finding.
    pub tier: Tier,
    /// The number with all but its last two digits struck out; for hidden text the number of letters.
    pub masked: String,
}

/// A reviewer's decision on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ruling {
    /// The page may be seen.
    Release,
    /// The page may not be seen.
    Withhold,
}

/// A finding in a file, with the ruling on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// The SHA-256 of the file.
    pub sha256: String,
    /// The finding in the file.
    pub finding: Finding,
    /// The ruling; `None` while nobody has reviewed it.
    pub ruling: Option<Ruling>,
}

/// The treatment of a number of the high tier before a review. The medium tier only waits for a reviewer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// The number is listed for review, and its page stays visible.
    Detect,
    /// The page is withheld until it is reviewed.
    #[default]
    HidePage,
    /// The whole file is withheld until it is reviewed.
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
    /// Lists the pages of a file that nobody may see, in order.
    pub fn withheld(self, reviewed: &[Reviewed], pages_total: u32) -> Vec<u32> {
        let is_withheld = |it: &&Reviewed| match it.ruling {
            Some(ruling) => ruling == Ruling::Withhold,
            // Somebody meant to hide this text, so it is withheld under every policy.
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
