//! Compounds: of which words a Dutch word is made. The parts were learned from the word list of `OpenTaal` (free, and far larger
//! than the papers of one town), with how many words are made of each; `search/tools/parts.py` says how. A list that is fixed
//! keeps the analysis a pure function: what was indexed last year is understood today, which parts learned from the corpus
//! itself, growing every night, would not promise.

use std::sync::LazyLock;

use hashbrown::HashMap;

/// Shorter words are not taken apart.
const SHORTEST: usize = 7;

/// The most parts of a word.
const MOST: usize = 5;

/// What may stand between two parts.
const LINKS: [&str; 6] = ["", "s", "e", "en", "n", "er"];

static PARTS: LazyLock<HashMap<&'static str, f32>> = LazyLock::new(|| {
    let lines = include_str!("parts.txt").lines().filter_map(|line| line.split_once(' '));
    lines.filter_map(|(part, count)| Some((part, count.parse::<f32>().ok()?.ln()))).collect()
});

/// The words of which compounds are made.
pub fn parts() -> impl Iterator<Item = &'static str> {
    include_str!("parts.txt").lines().filter_map(|line| Some(line.split_once(' ')?.0))
}

/// A part of a word: where it begins, where it ends without the link behind it, and where the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    from: usize,
    to: usize,
    next: usize,
}

/// The words inside a compound: each part, and each row of parts that is not the whole. Empty for a word that is none.
pub fn pieces(folded: &str) -> Vec<&str> {
    let parts = split(folded);
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

/// How else a compound may be written: in two or more words, links included ("raads besluit").
pub fn apart(folded: &str) -> Vec<Vec<&str>> {
    let parts = split(folded);
    let mut ways: Vec<Vec<&str>> =
        parts.iter().skip(1).map(|part| vec![&folded[..part.from], &folded[part.from..]]).collect();
    if parts.len() > 2 {
        ways.push(parts.iter().map(|part| &folded[part.from..part.next]).collect());
    }
    ways
}

/// The parts of a word, in order; none when it is no compound. Of several readings the one whose parts are in most words, on
/// the average of their logarithms (Koehn and Knight, 2003); the word as a whole is one of the readings.
fn split(folded: &str) -> Vec<Part> {
    if folded.len() < SHORTEST || !folded.bytes().all(|b| b.is_ascii_lowercase()) {
        return Vec::new();
    }
    // best[end][count] = the best sum over `count` parts that fill the word up to `end`, and the last part.
    let mut best = vec![[None::<(f32, Part)>; MOST + 1]; folded.len() + 1];
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
                // Nothing links the last part to anything.
                let next = to + link.len();
                let fits = folded[to..].starts_with(link) && (link.is_empty() || next < folded.len());
                if !fits {
                    continue;
                }
                // A link is a little less likely than none, so that a part keeps the letters that are its own.
                let weight = weight - 0.2 * f32::from(u8::from(!link.is_empty()));
                for count in 1..=MOST {
                    let Some(sum) = before[count - 1].map(|sum| sum + weight) else { continue };
                    let place = &mut best[next][count];
                    if place.is_none_or(|(known, _)| sum > known) {
                        *place = Some((sum, Part { from, to, next }));
                    }
                }
            }
        }
    }
    let readings = (1..=MOST).filter_map(|count| {
        let (sum, _) = best[folded.len()][count]?;
        let count_f = f32::from(u8::try_from(count).unwrap_or(u8::MAX));
        // More parts must explain the word better, not merely as well.
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
            let parts: Vec<_> = split(word).iter().map(|part| &word[part.from..part.to]).collect();
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
        assert_eq!(pieces("windturbinepark"), ["wind", "windturbine", "turbine", "turbinepark", "park"]);
        assert_eq!(apart("raadsbesluit"), [["raads", "besluit"]]);
        assert_eq!(apart("windturbinepark").len(), 3);
        assert!(pieces("x".repeat(60).as_str()).is_empty());
    }
}
