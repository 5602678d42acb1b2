//! Stems: what the forms of a word have in common.

use std::cell::OnceCell;

use frostem::{Algorithm, Stemmer};

/// A stem is taken again at most so often.
const ROUNDS: usize = 4;

/// The stem of a folded word.
pub fn stem(folded: &str) -> String {
    thread_local!(static DUTCH: OnceCell<Stemmer> = const { OnceCell::new() });
    if folded.bytes().any(|b| b.is_ascii_digit()) {
        // Codes and numbers have no stem.
        return folded.to_owned();
    }
    // Once more until nothing falls off: one round makes `fiets` of `fietsen`, but `fiet` of `fiets`.
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
    // `foto's`, `auto's`: the stemmer knows no plural in -s behind a full vowel. Words that end so by nature (`virus`) lose it in
    // all of their forms.
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
        let same = |a: &str, b: &str| assert_eq!(stem(a), stem(b), "{a} and {b}");
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
