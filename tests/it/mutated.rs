//! Broken answers of every supplier: whatever comes, nothing panics, nothing loops, and remarks keep their paths.

use proptest::{prelude::*, sample::Index, test_runner::Config};
use raadhuis_fixtures::Country;
use raadhuis_tests::survive::survives;

/// A small share of what `RAADHUIS_MUTATIONS=200000 cargo test --release -p raadhuis-tests mutated` does in full.
fn config() -> Config {
    let cases = std::env::var("RAADHUIS_MUTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(200);
    Config { cases, failure_persistence: None, ..Config::default() }
}

/// The files of the country below a folder, read once.
fn files(under: &str) -> Vec<Vec<u8>> {
    static COUNTRY: std::sync::LazyLock<Country> = std::sync::LazyLock::new(Country::default);
    let paths = COUNTRY.paths().filter(|path| path.starts_with(under));
    paths.map(|path| COUNTRY.file(path).unwrap().to_vec()).collect()
}

/// What stands in a value's place when its type is wrong.
const VALUES: [&str; 8] = ["null", "[]", "{}", "\"0000-00-00\"", "-1", "1e300", "{\"id\":1}", "<a/>"];

/// One of many ways to break an answer.
#[derive(Clone, Debug)]
struct Break {
    file: Index,
    at: Index,
    other: Index,
    how: u8,
    byte: u8,
}

impl Break {
    fn of(&self, files: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = files[self.file.index(files.len())].clone();
        if bytes.is_empty() {
            return bytes;
        }
        let (i, j) = (self.at.index(bytes.len()), self.other.index(bytes.len()));
        let (from, until) = (i.min(j), i.max(j));
        let many = usize::from(self.byte);
        match self.how {
            0 => bytes.truncate(i),
            1 => bytes[i] = self.byte,
            2 => drop(bytes.drain(from..until)),
            3 => {
                let piece = bytes[from..until.min(from + 4096)].to_vec();
                bytes.splice(i..i, piece);
            }
            4 => drop(bytes.splice(i..i, [0xff, 0xfe, self.byte])),
            5 => drop(bytes.splice(i..i, b"<a>".repeat(many))),
            6 => drop(bytes.splice(i..i, b"[{\"id\":".repeat(many))),
            7 => drop(bytes.splice(from..until.min(from + 12), *b"\"0001-01-01\"")),
            8 => bytes = vec![self.byte; many],
            // A value of another type: what stands between two marks of the format.
            _ => {
                let ends = |byte: &u8| b",:<>]}".contains(byte);
                let start = bytes[i..].iter().position(|b| b":>".contains(b)).map_or(i, |n| i + n + 1);
                let length = bytes[start..].iter().position(ends).unwrap_or(0);
                bytes.splice(start..start + length, VALUES[many % VALUES.len()].bytes());
            }
        }
        bytes
    }
}

prop_compose! {
    fn any_break()(file in any::<Index>(), at in any::<Index>(), other in any::<Index>(), how in 0_u8..14, byte in any::<u8>()) -> Break {
        Break { file, at, other, how, byte }
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_mutated_answer_never_breaks_the_reader_of_notubiz(broken in any_break()) {
        prop_assert!(survives("notubiz", &broken.of(&files("notubiz/"))));
    }

    #[test]
    fn a_mutated_answer_never_breaks_the_reader_of_ibabs(broken in any_break()) {
        prop_assert!(survives("ibabs", &broken.of(&files("ibabs/"))));
    }

    #[test]
    fn a_mutated_answer_never_breaks_the_reader_of_gemeenteoplossingen(broken in any_break()) {
        prop_assert!(survives("gemeenteoplossingen", &broken.of(&files("gemeenteoplossingen/"))));
    }

    #[test]
    fn a_mutated_answer_never_breaks_the_reader_of_parlaeus(broken in any_break()) {
        prop_assert!(survives("parlaeus", &broken.of(&files("parlaeus/"))));
    }

    #[test]
    fn a_mutated_answer_never_breaks_the_reader_of_company_webcast(broken in any_break()) {
        prop_assert!(survives("ibabs", &broken.of(&files("companywebcast/"))));
    }

    #[test]
    fn a_mutated_answer_never_breaks_the_reader_of_the_allmanak(broken in any_break()) {
        prop_assert!(survives("allmanak", &broken.of(&files("registers/allmanak/"))));
    }

    #[test]
    fn a_mutated_answer_never_breaks_the_reader_of_registers(broken in any_break()) {
        prop_assert!(survives("registers", &broken.of(&files("registers/"))));
    }
}
