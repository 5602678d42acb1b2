//! Papers that tests put into the country.

use raadhuis_fixtures::sim::paper::pdf;

/// Four pages: one that anybody may see, one with a number, another, and one with a number without a word.
pub fn paper_with_numbers() -> Vec<u8> {
    let page = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<String>>();
    pdf(&[
        page(&["De kwartelkoning broedt in de Oude Haven.", "De raad neemt dit voor kennisgeving aan."]),
        page(&["De aanvraag van de zilverreiger wordt toegekend.", "Burgerservicenummer: 123456782"]),
        page(&["De lepelaar trekt verder."]),
        page(&["De roerdomp kreeg het nummer 111222333 toegewezen van het college van Waterdam."]),
    ])
}
