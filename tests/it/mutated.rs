//! Broken answers of every supplier: whatever comes, nothing panics, nothing loops, and diagnostics keep their paths.

use proptest::{prelude::*, sample::Index, test_runner::Config};
use raadhuis_fixtures::Country;
use raadhuis_tests::{readers::reads, survive::survives};
use raadhuis_text::office::package::Package;

/// How many cases there are when asked for in full: `RAADHUIS_MUTATIONS=200000 cargo test --release -p raadhuis-tests
/// mutated`.
fn wanted() -> Option<u32> {
    std::env::var("RAADHUIS_MUTATIONS").ok()?.parse().ok()
}

fn config() -> Config {
    Config { cases: wanted().unwrap_or(200), failure_persistence: None, ..Config::default() }
}

/// The files of the country below a folder, read once.
fn files(under: &str) -> Vec<&'static [u8]> {
    static COUNTRY: std::sync::LazyLock<Country> = std::sync::LazyLock::new(Country::default);
    let paths = COUNTRY.paths().filter(|path| path.starts_with(under));
    paths.map(|path| COUNTRY.file(path).unwrap()).collect()
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
    fn of(&self, files: &[&[u8]]) -> Vec<u8> {
        let mut bytes = files[self.file.index(files.len())].to_vec();
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

/// The most memory of a process in which nothing else runs, in bytes.
const MOST_MEMORY: u64 = 200 << 20;

/// The most memory this process took so far, in bytes; `None` where the system does not tell.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    kilobytes.trim().strip_suffix("kB")?.trim().parse().ok().map(|kilobytes: u64| kilobytes << 10)
}

fn check(supplier: &str, under: &str, broken: &Break) -> Result<(), TestCaseError> {
    prop_assert!(survives(supplier, &broken.of(&files(under))));
    // Other tests of the same process take what they need; the full run is alone.
    if wanted().is_some()
        && let Some(peak) = peak()
    {
        prop_assert!(peak < MOST_MEMORY, "{peak} bytes of memory");
    }
    Ok(())
}

/// What the reader of each format of files is given: a whole file, or the part of an archive in which the words stand.
fn papers() -> &'static [(&'static str, Vec<u8>)] {
    static PAPERS: std::sync::LazyLock<Vec<(&'static str, Vec<u8>)>> = std::sync::LazyLock::new(|| {
        let country = Country::default();
        let whole = |name: &str| country.file(&format!("documents/{name}")).unwrap().to_owned();
        let part = |name: &str, part: &str| Package::open(&whole(name)).unwrap().read_member(part).unwrap();
        vec![
            ("docx", part("office/raadsbrief.docx", "word/document.xml")),
            ("odf", part("office/raadsbrief.odt", "content.xml")),
            ("pptx", part("office/presentatie.pptx", "ppt/slides/slide1.xml")),
            ("xlsx", part("office/begroting.xlsx", "xl/worksheets/sheet1.xml")),
            ("doc", whole("office/raadsbrief.doc")),
            ("rtf", whole("office/raadsbrief.rtf")),
            ("html", whole("office/raadsbrief.html")),
            ("plain", whole("office/raadsbrief.html")),
            ("message", b"From: a@x.example\r\nSubject: =?utf-8?Q?x?=\r\n\r\ntekst".to_vec()),
            ("zip", whole("office/presentatie.odp")),
        ]
    });
    &PAPERS
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_mutated_file_never_breaks_the_reader_of_its_format(broken in any_break()) {
        let (format, bytes) = &papers()[broken.file.index(papers().len())];
        reads(format, &broken.of(&[bytes]));
    }

    #[test]
    fn a_mutated_answer_never_breaks_the_reader_of_notubiz(broken in any_break()) {
        check("notubiz", "notubiz/", &broken)?;
    }

    #[test]
    fn a_mutated_answer_never_breaks_the_reader_of_ibabs(broken in any_break()) {
        check("ibabs", "ibabs/", &broken)?;
    }

    #[test]
    fn a_mutated_answer_never_breaks_the_reader_of_gemeenteoplossingen(broken in any_break()) {
        check("gemeenteoplossingen", "gemeenteoplossingen/", &broken)?;
    }

    #[test]
    fn a_mutated_answer_never_breaks_the_reader_of_parlaeus(broken in any_break()) {
        check("parlaeus", "parlaeus/", &broken)?;
    }

    #[test]
    fn a_mutated_answer_never_breaks_the_reader_of_company_webcast(broken in any_break()) {
        check("ibabs", "companywebcast/", &broken)?;
    }

    #[test]
    fn a_mutated_answer_never_breaks_the_reader_of_the_allmanak(broken in any_break()) {
        check("allmanak", "registers/allmanak/", &broken)?;
    }

    #[test]
    fn a_mutated_answer_never_breaks_the_reader_of_registers(broken in any_break()) {
        check("registers", "registers/", &broken)?;
    }
}
