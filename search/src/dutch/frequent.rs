//! The words that stand everywhere, most frequent first: counted in 200,000 words of council papers of several towns. Two of
//! them side by side are indexed as a pair, because a phrase of them would otherwise be looked for in every paper.

use std::sync::LazyLock;

use hashbrown::HashSet;

/// The list.
pub static FREQUENT: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| include_str!("frequent.txt").split_whitespace().collect());

/// Whether a folded word is one of them.
pub fn is_frequent(folded: &str) -> bool {
    static SET: LazyLock<HashSet<&'static str>> = LazyLock::new(|| FREQUENT.iter().copied().collect());
    SET.contains(folded)
}
