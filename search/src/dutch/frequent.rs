//! The most frequent words, in order, counted in 200,000 words of council papers of several towns. A pair of adjacent frequent
//! words is indexed as one token, because a phrase query for them would otherwise scan almost every paper.

use std::sync::LazyLock;

use hashbrown::HashSet;

pub static FREQUENT: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| include_str!("frequent.txt").split_whitespace().collect());

pub fn is_frequent(folded: &str) -> bool {
    static SET: LazyLock<HashSet<&'static str>> = LazyLock::new(|| FREQUENT.iter().copied().collect());
    SET.contains(folded)
}
