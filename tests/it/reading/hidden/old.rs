//! RTF, DOC, web pages, mail and archives.

use std::io::{Cursor, Write};

use super::{Case, Hiding, open_xml::named};
use crate::reading::zip;

pub fn cases() -> Vec<Case> {
    [rich_texts(), documents(), pages(), messages()].into_iter().flatten().collect()
}

fn rich_texts() -> Vec<Case> {
    let rtf =
        |body: &str| format!("{{\\rtf1\\ansi\\deff0 Zichtbaar voorstel\\par {body}\\par}}").into_bytes();
    let left_out = [
        ("hidden letters", rtf("{\\v Geheimwoord} meer")),
        ("letters hidden until they are not", rtf("\\v Geheimwoord\\v0  meer")),
        ("letters hidden until all is plain", rtf("\\v Geheimwoord\\plain  meer")),
        ("letters hidden in a group", rtf("{\\v {\\b Geheimwoord}} meer")),
        ("a tracked deletion", rtf("{\\deleted\\revauthdel1 Geheimwoord} meer")),
        ("a comment", rtf("tekst{\\*\\annotation Geheimwoord}")),
        ("a group for other programs", rtf("{\\*\\geheim Geheimwoord}")),
        ("the properties of the file", rtf("{\\info{\\title Geheimwoord}}")),
        ("hidden letters by number", rtf("{\\v \\'47eheimwoord} {\\v \\u71?eheimwoord}")),
    ];
    let shown = [
        ("letters that are not hidden", rtf("{\\v0 Geheimwoord}")),
        ("letters behind hidden ones", rtf("{\\v weg}Geheimwoord")),
    ];
    named("rtf", left_out, shown)
}

/// A Word 97 document of three pieces of text: the second has these properties; the third is a comment where so many letters are
/// said to be one.
fn doc(properties: &[u8], comments: u32) -> Vec<u8> {
    const TEXT: usize = 0x400;
    const FORMATTING: usize = 0x800;
    let (before, word, after) = ("Zichtbaar voorstel\rEen ", "Geheimwoord", " meer\r");
    let text = format!("{before}{word}{after}");
    let mut document = vec![0_u8; 0xA00];
    let mut put = |at: usize, bytes: &[u8]| document[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &0xA5EC_u16.to_le_bytes());
    put(0x0A, &0x0200_u16.to_le_bytes());
    let all = u32::try_from(text.len()).unwrap();
    put(0x4C, &(all - comments).to_le_bytes());
    put(0x5C, &comments.to_le_bytes());
    put(TEXT, text.as_bytes());
    // A page of formatting: where its runs begin, and where the properties of each stand, counted in words.
    let begin = u32::try_from(TEXT).unwrap();
    let lengths = [before, word, after].map(|part| u32::try_from(part.len()).unwrap());
    let places = [begin, begin + lengths[0], begin + lengths[0] + lengths[1], begin + all];
    for (at, place) in places.iter().enumerate() {
        put(FORMATTING + 4 * at, &place.to_le_bytes());
    }
    put(FORMATTING + 17, &[100]);
    put(FORMATTING + 200, &[u8::try_from(properties.len()).unwrap()]);
    put(FORMATTING + 201, properties);
    put(FORMATTING + 511, &[3]);
    // The table: the pieces of text, of one byte a letter, then the pages of formatting.
    let mut table = vec![2];
    table.extend(16_u32.to_le_bytes());
    table.extend([0, all].iter().flat_map(|at| at.to_le_bytes()));
    table.extend([0, 0]);
    table.extend((0x4000_0000 | (begin * 2)).to_le_bytes());
    table.extend([0, 0]);
    let pieces = u32::try_from(table.len()).unwrap();
    table.extend([begin, begin + all, 4].iter().flat_map(|number| number.to_le_bytes()));
    put(0x1A2, &[0_u32.to_le_bytes(), pieces.to_le_bytes()].concat());
    put(0xFA, &[pieces.to_le_bytes(), 12_u32.to_le_bytes()].concat());
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("/WordDocument").unwrap().write_all(&document).unwrap();
    file.create_stream("/1Table").unwrap().write_all(&table).unwrap();
    file.into_inner().into_inner()
}

fn documents() -> Vec<Case> {
    let left_out = [
        ("hidden letters", doc(&[0x3C, 0x08, 1], 0)),
        ("deleted letters", doc(&[0x00, 0x08, 1], 0)),
        ("bold hidden letters", doc(&[0x35, 0x08, 1, 0x3C, 0x08, 1], 0)),
        ("letters that are not as their style says", doc(&[0x3C, 0x08, 0x81], 0)),
        ("a comment", doc(&[], u32::try_from("Geheimwoord meer\r".len()).unwrap())),
    ];
    let shown = [("letters", doc(&[], 0)), ("letters that are not hidden", doc(&[0x3C, 0x08, 0], 0))];
    named("doc", left_out, shown)
}

fn page(head: &str, body: &str) -> Vec<u8> {
    format!("<!DOCTYPE html><html><head>{head}</head><body><p>Zichtbaar voorstel</p>{body}</body></html>")
        .into_bytes()
}

fn pages() -> Vec<Case> {
    let word = |attributes: &str| page("", &format!("<p {attributes}>Geheimwoord</p>"));
    let ruled = |rule: &str, attributes: &str| {
        page(&format!("<style>{rule}</style>"), &format!("<div {attributes}><p>Geheimwoord</p></div>"))
    };
    let left_out = [
        ("an attribute", word("hidden")),
        ("a style", word("style=\"display:none\"")),
        ("a style in capitals", word("style=\"DISPLAY : NONE !important\"")),
        ("a style that keeps the place", word("style=\"color:red; visibility: hidden\"")),
        ("a style without height", word("style=\"font-size:0\"")),
        ("a rule for a class", ruled(".weg { display: none }", "class=\"a weg b\"")),
        ("a rule for an id", ruled("#weg, .x { display: none; }", "id=\"weg\"")),
        (
            "a rule behind it",
            page("", "<div class=\"weg\">Geheimwoord</div><style>.weg{display:none}</style>"),
        ),
        ("a comment", page("", "<!-- Geheimwoord -->")),
        ("a program", page("<script>var x = 'Geheimwoord'</script>", "")),
        ("a style sheet", page("<style>p:after { content: 'Geheimwoord' }</style>", "")),
        ("a template", page("", "<template><p>Geheimwoord</p></template>")),
        ("a field that is not shown", page("", "<form><input type=\"hidden\" value=\"Geheimwoord\"></form>")),
    ];
    let shown = [
        ("a paragraph", word("")),
        ("a rule for another class", ruled(".weg { display: none }", "class=\"blijf\"")),
        ("a rule for paper", ruled("@media print { .weg { display: none } }", "class=\"weg\"")),
    ];
    named("html", left_out, shown)
}

fn messages() -> Vec<Case> {
    let head = "From: Griffie <griffie@waterdam.example>\r\nSubject: Voorstel\r\nMIME-Version: 1.0\r\n";
    let html = String::from_utf8(page("", "<p style=\"display:none\">Geheimwoord</p>")).unwrap();
    let mail = format!("{head}Content-Type: text/html\r\n\r\n{html}\r\n").into_bytes();
    let rtf = "{\\rtf1 Zichtbaar {\\v Geheimwoord}\\par}";
    let attached = format!(
        "{head}Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nZie bijlage.\r\n\
         --x\r\nContent-Type: application/rtf\r\nContent-Disposition: attachment; filename=a.rtf\r\n\r\n{rtf}\r\n--x--\r\n"
    );
    let sealed = format!(
        "{head}X-Geheim: Geheimwoord\r\nBcc: Geheimwoord <b@waterdam.example>\r\n\r\nZichtbaar voorstel\r\n"
    );
    let covered = super::pdf::covered();
    let mut cases = named(
        "mail",
        [
            ("a page", mail),
            ("an attachment", attached.into_bytes()),
            ("its other fields", sealed.into_bytes()),
        ],
        [],
    );
    cases.push(Case::new("zip, a document", zip(&[("a.rtf", rtf.as_bytes())]), Hiding::LeftOut));
    cases.push(Case::new("zip, a paper", zip(&[("a.pdf", &covered)]), Hiding::Covered));
    cases
}
