//! Citizen service numbers among all that looks like them. Every number here is made up by the rule of its digits.

use fastrand::Rng;
use raadhuis_schema::Tier;
use raadhuis_text::bsn::find_numbers;

const TRUE: usize = 600;
const FALSE: usize = 2400;

/// A number that passes the check, of so many digits.
fn valid(chance: &mut Rng, digits: u32) -> String {
    loop {
        let number = chance.u32(10_u32.pow(digits - 1)..10_u32.pow(digits));
        let all = format!("{number:09}");
        let weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
        let sum: i32 = all.bytes().zip(weights).map(|(digit, weight)| i32::from(digit - b'0') * weight).sum();
        if sum % 11 == 0 {
            return number.to_string();
        }
    }
}

/// A number as people write it, on one line or across two.
fn written(chance: &mut Rng) -> String {
    if chance.u8(..10) == 0 {
        let number = valid(chance, 8);
        return match chance.u8(..2) {
            0 => number,
            _ => format!("{}.{}.{}", &number[..2], &number[2..5], &number[5..]),
        };
    }
    let number = valid(chance, 9);
    let (a, b, c) = (&number[..3], &number[3..6], &number[6..]);
    match chance.u8(..10) {
        0 => format!("{a} {b} {c}"),
        1 => format!("{a}.{b}.{c}"),
        2 => format!("{a}-{b}-{c}"),
        3 => format!("{}.{}.{}", &number[..4], &number[4..6], &number[6..]),
        4 => format!("{a}\u{A0}{b}\u{A0}{c}"),
        5 => format!("{}\n{}", &number[..4], &number[4..]),
        _ => number,
    }
}

const SENTENCES: [&str; 16] = [
    "BSN: {}",
    "BSN {}",
    "bsn-nummer: {}",
    "BSN nr. {}",
    "B.S.N. {}",
    "burgerservicenummer {}",
    "Burgerservicenummer (BSN): {}",
    "burgerservice-\nnummer {}",
    "Burger Service Nummer {}",
    "sofinummer {}",
    "Sofi-nummer: {}",
    "met burgerservicenummer\n{} is geboren te Heidekerk",
    "De aanvrager, de heer J. de Wit, geboren op 01-02-1990, met BSN {}, verzoekt om een uitkering",
    "Naam  Geboren  BSN\nDe Wit  01-02-1990  {}",
    "{} (BSN)",
    "Het BSN van mevrouw Zwart, wonende te Waterdam en sinds 2019 bekend bij de dienst, luidt {}",
];

const OTHERS: [&str; 24] = [
    "RSIN {}",
    "RSIN: {} van de stichting",
    "KvK-nummer {}",
    "ingeschreven bij de KvK onder {}",
    "BTW-nummer NL{}B01",
    "IBAN NL91 WTDM {}",
    "zaaknummer {}",
    "Zaaknummer: {}, behandeld door de griffie",
    "Ons kenmerk {}",
    "kenmerk: {}",
    "dossiernummer {}",
    "telefoon {}",
    "Factuurnummer {}",
    "BSN: [weggelakt], zaaknummer {}",
    "burgerservicenummer onbekend; ons kenmerk {}",
    "€ {}",
    "€ {},00 voor jeugdzorg",
    "Z{}",
    "INT-{}",
    "documentnummer {} is bijgevoegd",
    "bedragen 12 {} 450 300 12 88 1200 77 4.300 99 1.000",
    "relatienummer {}",
    "coördinaten {}.25 en 52.1",
    "ordernummer {} van 3 maart 2026",
];

/// Words around it, as a paper has them.
fn around(chance: &mut Rng, sentence: &str) -> String {
    const WORDS: [&str; 12] = [
        "de raad",
        "besluit",
        "het college",
        "gelet op",
        "de begroting",
        "van Waterdam",
        "overwegende dat",
        "verzoekt",
        "in 2026",
        "artikel 12",
        "de jeugdzorg",
        "wethouder",
    ];
    let mut some =
        |count: usize| (0..count).map(|_| WORDS[chance.usize(..WORDS.len())]).collect::<Vec<_>>().join(" ");
    let (before, behind) = (some(22), some(22));
    format!("{before}. {sentence}. {behind}")
}

#[test]
fn nearly_all_numbers_are_found_and_nearly_nothing_else() {
    let mut chance = Rng::with_seed(20_261_125);
    let is_high = |text: &str| find_numbers(text).iter().any(|hit| hit.tier == Tier::High);
    let mut missed = Vec::new();
    for at in 0..TRUE {
        let number = written(&mut chance);
        let text = around(&mut chance, &SENTENCES[at % SENTENCES.len()].replace("{}", &number));
        if !is_high(&text) {
            missed.push(text);
        }
    }
    let mut wrong = Vec::new();
    for at in 0..FALSE {
        // The worst kind: each passes the check of its digits.
        let number = valid(&mut chance, 9);
        let text = around(&mut chance, &OTHERS[at % OTHERS.len()].replace("{}", &number));
        if is_high(&text) {
            wrong.push(text);
        }
    }
    let float = |count: usize| f64::from(u32::try_from(count).unwrap());
    let found = float(TRUE - missed.len());
    let (recall, precision) = (found / float(TRUE), found / (found + float(wrong.len())));
    eprintln!("{TRUE} numbers and {FALSE} others: recall {recall:.4}, precision {precision:.4}");
    assert!(recall >= 0.98, "missed: {:#?}", &missed[..missed.len().min(5)]);
    assert!(precision >= 0.98, "wrong: {:#?}", &wrong[..wrong.len().min(5)]);
}

#[test]
fn a_number_without_a_word_waits_for_a_person_and_one_that_fails_the_check_does_not() {
    let mut chance = Rng::with_seed(7);
    for _ in 0..200 {
        let number = valid(&mut chance, 9);
        let text = around(&mut chance, &format!("Aan mevrouw Zwart is het nummer {number} gegeven"));
        assert_eq!(
            find_numbers(&text).iter().map(|hit| hit.tier).collect::<Vec<_>>(),
            [Tier::Medium],
            "{text}"
        );
        let other = format!("{}{}", &number[..8], (number.as_bytes()[8] - b'0' + 1) % 10);
        assert_eq!(find_numbers(&around(&mut chance, &format!("BSN {other}"))), [], "{other}");
    }
}
