//! Splits Dutch compounds into their parts. The parts, and the number of words made of each, were learned from the `OpenTaal` word
//! list (free, and far larger than the papers of one town) by `search/tools/parts.py`. A fixed list keeps the analysis pure: text
//! indexed last year is still understood today. Parts learned every night from a growing corpus would not guarantee that.

use std::sync::LazyLock;

use hashbrown::HashMap;

/// Minimum length of a word that is split.
const SHORTEST: usize = 7;

const MOST: usize = 5;

/// Linking elements between two parts.
const LINKS: [&str; 6] = ["", "s", "e", "en", "n", "er"];

static PARTS: LazyLock<HashMap<&'static str, f32>> = LazyLock::new(|| {
    let lines = include_str!("parts.txt").lines().filter_map(|line| line.split_once(' '));
    lines.filter_map(|(part, count)| Some((part, count.parse::<f32>().ok()?.ln()))).collect()
});

pub fn list_parts() -> impl Iterator<Item = &'static str> {
    include_str!("parts.txt").lines().filter_map(|line| Some(line.split_once(' ')?.0))
}

/// A part of a compound as byte offsets: `to` excludes the linking element, `next` is the start of the next part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct CompoundPart {
    from: usize,
    to: usize,
    next: usize,
}

/// The parts of a compound, and each sequence of adjacent parts except the whole word. Empty if the word is no compound.
pub fn inner_words(folded: &str) -> Vec<&str> {
    let parts = split_compound(folded);
    let mut pieces = Vec::new();
    for (i, first) in parts.iter().enumerate() {
        for last in &parts[i..] {
            if last.to - first.from < folded.len() {
                pieces.push(&folded[first.from..last.to]);
            }
        }
    }
    pieces
}

/// Other spellings of a compound as two or more words, linking elements included ("raads besluit").
pub fn spell_apart(folded: &str) -> Vec<Vec<&str>> {
    let parts = split_compound(folded);
    let mut ways: Vec<Vec<&str>> =
        parts.iter().skip(1).map(|part| vec![&folded[..part.from], &folded[part.from..]]).collect();
    if parts.len() > 2 {
        ways.push(parts.iter().map(|part| &folded[part.from..part.next]).collect());
    }
    ways
}

/// Splits a word into its parts; empty if it is no compound. Picks the split with the highest average log frequency of its parts
/// (Koehn and Knight, 2003). The unsplit word competes as well.
fn split_compound(folded: &str) -> Vec<CompoundPart> {
    if folded.len() < SHORTEST || !folded.bytes().all(|b| b.is_ascii_lowercase()) {
        return Vec::new();
    }
    // best[end][count]: the best sum of `count` parts that cover the word up to `end`, and the last of them.
    let mut best = vec![[None::<(f32, CompoundPart)>; MOST + 1]; folded.len() + 1];
    for from in 0..folded.len() {
        let before: [Option<f32>; MOST + 1] = if from == 0 {
            std::array::from_fn(|count| (count == 0).then_some(0.0))
        } else {
            std::array::from_fn(|count| best[from][count].map(|(sum, _)| sum))
        };
        if before.iter().all(Option::is_none) {
            continue;
        }
        for to in from + 3..=folded.len() {
            let Some(weight) = PARTS.get(&folded[from..to]) else { continue };
            for link in LINKS {
                // The last part has no linking element.
                let next = to + link.len();
                let fits = folded[to..].starts_with(link) && (link.is_empty() || next < folded.len());
                if !fits {
                    continue;
                }
                // A small penalty for a linking element, so that a part keeps letters that belong to it.
                let weight = weight - 0.2 * f32::from(u8::from(!link.is_empty()));
                for count in 1..=MOST {
                    let Some(sum) = before[count - 1].map(|sum| sum + weight) else { continue };
                    let place = &mut best[next][count];
                    if place.is_none_or(|(known, _)| sum > known) {
                        *place = Some((sum, CompoundPart { from, to, next }));
                    }
                }
            }
        }
    }
    let readings = (1..=MOST).filter_map(|count| {
        let (sum, _) = best[folded.len()][count]?;
        let count_f = f32::from(u8::try_from(count).unwrap_or(u8::MAX));
        // A penalty for each further part: it must explain the word better, not equally well.
        Some((sum / count_f - 0.4 * (count_f - 1.0), count))
    });
    let Some((_, count)) = readings.reduce(|a, b| if b.0 > a.0 { b } else { a }) else { return Vec::new() };
    if count < 2 {
        return Vec::new();
    }
    let (mut parts, mut end) = (Vec::new(), folded.len());
    for count in (1..=count).rev() {
        let Some((_, part)) = best[end][count] else { return Vec::new() };
        parts.push(part);
        end = part.from;
    }
    parts.reverse();
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compounds_come_apart_where_they_were_made() {
        let check = |word: &str, expected: &str| {
            let parts: Vec<_> = split_compound(word).iter().map(|part| &word[part.from..part.to]).collect();
            assert_eq!(parts.join(" "), expected, "{word}");
        };
        check("windturbinepark", "wind turbine park");
        check("gemeenteraad", "gemeente raad");
        check("raadsbesluit", "raad besluit");
        check("verkeersveiligheid", "verkeer veiligheid");
        check("kinderopvang", "kind opvang");
        check("fietspaden", "fiets paden");
        check("woningbouw", "woning bouw");
        for simple in
            ["gemeente", "besluiten", "beleid", "haven", "constaterende", "algemeen", "aanbesteding"]
        {
            check(simple, "");
        }
    }

    #[test]
    fn the_pieces_are_all_rows_of_parts() {
        assert_eq!(inner_words("windturbinepark"), ["wind", "windturbine", "turbine", "turbinepark", "park"]);
        assert_eq!(spell_apart("raadsbesluit"), [["raads", "besluit"]]);
        assert_eq!(spell_apart("windturbinepark").len(), 3);
        assert!(inner_words("x".repeat(60).as_str()).is_empty());
    }
}
