//! Stems: the common part of a word's forms.

use std::cell::OnceCell;

use frostem::{Algorithm, Stemmer};

/// Maximum number of times the stemmer is applied.
const ROUNDS: usize = 4;

pub fn stem_word(folded: &str) -> String {
    thread_local!(static DUTCH: OnceCell<Stemmer> = const { OnceCell::new() });
    if folded.bytes().any(|b| b.is_ascii_digit()) {
        // Codes and numbers have no stem.
        return folded.to_owned();
    }
    // Repeated until nothing changes: one round maps `fietsen` to `fiets`, but `fiets` to `fiet`.
    let mut stem = folded.to_owned();
    DUTCH.with(|dutch| {
        let dutch = dutch.get_or_init(|| Stemmer::new(Algorithm::Dutch));
        for _ in 0..ROUNDS {
            let shorter = dutch.stem(&stem);
            if shorter == stem {
                break;
            }
            stem = shorter.into_owned();
        }
    });
    // The stemmer does not know the plural -s after a full vowel (`foto's`, `auto's`). Words that end in -s by nature (`virus`)
    // lose it in all forms alike.
    if stem.len() > 4 && ["as", "is", "os", "us"].iter().any(|end| stem.ends_with(end)) {
        stem.pop();
    }
    // `Nijkerk` and `Nykerk`, `IJsselmeer` and `Ysselmeer`.
    if stem.contains("ij") { stem.replace("ij", "y") } else { stem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_share_a_stem() {
        let same = |a: &str, b: &str| assert_eq!(stem_word(a), stem_word(b), "{a} and {b}");
        same("fiets", "fietsen");
        same("besluiten", "besluit");
        same("gemeenten", "gemeente");
        same("moties", "motie");
        same("havens", "haven");
        same("huizen", "huis");
        same("scholen", "school");
        same("woningen", "woning");
        same("wijken", "wijk");
        same("gevolgen", "gevolg");
        same("fotos", "foto");
        same("campussen", "campus");
        same("windturbines", "windturbine");
        same("nijkerk", "nykerk");
        same("ijsbaan", "ysbaan");
    }
}
