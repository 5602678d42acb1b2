//! PDF: words under boxes, pictures, marks and stamps; and what lies on words and hides none.

use std::fmt::Write;

use super::{Case, Hiding};

/// The words of a page: what everybody may read, and below it what is hidden, at 70 to 140 points from the left.
const LINES: &str = "BT /F1 12 Tf 72 760 Td (Zichtbaar voorstel van de raad) Tj ET\n";
const HIDDEN: &str = "BT /F1 12 Tf 72 700 Td (Geheimwoord) Tj ET\n";

/// A box around the hidden word.
const BOX: &str = "68 695 80 18 re f\n";

/// A page: its content, and what else it is made of.
#[derive(Default)]
struct Sheet<'a> {
    content: String,
    /// Entries of the page.
    entries: &'a str,
    /// Resources besides the font.
    resources: &'a str,
    /// Objects from number 10 on.
    objects: Vec<String>,
}

impl Sheet<'_> {
    fn write(&self) -> Vec<u8> {
        let mut all = vec![
            (
                1,
                "<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [30 0 R] /D << /OFF [30 0 R] >> >> >>"
                    .to_owned(),
            ),
            (2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned()),
            (
                3,
                format!(
                    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R {} \
                     /Resources << /Font << /F1 5 0 R >> {} >> >>",
                    self.entries, self.resources
                ),
            ),
            (4, stream("", &self.content)),
            (
                5,
                "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
                    .to_owned(),
            ),
            (30, "<< /Type /OCG /Name (Laag) >>".to_owned()),
        ];
        all.extend((10..).zip(self.objects.iter().cloned()));
        let mut pdf = String::from("%PDF-1.7\n");
        let mut places = std::collections::BTreeMap::new();
        for (number, object) in &all {
            places.insert(*number, pdf.len());
            let _ = write!(pdf, "{number} 0 obj\n{object}\nendobj\n");
        }
        let start = pdf.len();
        pdf.push_str("xref\n0 1\n0000000000 65535 f \n");
        for (number, place) in places {
            let _ = write!(pdf, "{number} 1\n{place:010} 00000 n \n");
        }
        let _ = write!(pdf, "trailer\n<< /Size 31 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
        pdf.into_bytes()
    }
}

fn stream(entries: &str, content: &str) -> String {
    format!("<< /Length {} {entries} >>\nstream\n{content}\nendstream", content.len())
}

fn form(entries: &str, content: &str) -> String {
    stream(&format!("/Type /XObject /Subtype /Form /BBox [0 0 595 842] {entries}"), content)
}

/// A picture of one black dot.
fn picture(entries: &str) -> String {
    let entries = format!(
        "/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 {entries}"
    );
    stream(&entries, "\u{1}")
}

/// A page on which something is painted over the hidden word.
fn over(what: &str) -> Sheet<'_> {
    Sheet { content: format!("{LINES}{HIDDEN}{what}"), ..Sheet::default() }
}

/// An annotation over the hidden word, with a drawing or without.
fn marked(entries: &str, drawing: Option<&str>) -> Sheet<'static> {
    let look = if drawing.is_some() { "/AP << /N 11 0 R >>" } else { "" };
    let annotation = format!("<< /Type /Annot /Rect [68 695 148 713] {look} {entries} >>");
    let form = |content: &str| {
        let resources = "/Resources << /ExtGState << /M << /BM /Multiply >> >> >>";
        stream(&format!("/Type /XObject /Subtype /Form /BBox [0 0 80 18] {resources}"), content)
    };
    let objects = [Some(annotation), drawing.map(form)].into_iter().flatten().collect();
    let content = format!("{LINES}{HIDDEN}");
    Sheet { content, entries: "/Annots [10 0 R]", objects, ..Sheet::default() }
}

/// A page with a word under a black box.
pub fn covered() -> Vec<u8> {
    over("0 g 68 695 80 18 re f").write()
}

pub fn cases() -> Vec<Case> {
    [
        (Hiding::Covered, shapes()),
        (Hiding::Covered, objects()),
        (Hiding::Covered, places()),
        (Hiding::Covered, annotations()),
        (Hiding::Not, innocents()),
    ]
    .into_iter()
    .flat_map(|(what, sheets)| {
        sheets.into_iter().map(move |(name, sheet)| Case::new(name, sheet.write(), what))
    })
    .collect()
}

fn shapes() -> Vec<(&'static str, Sheet<'static>)> {
    let round = "0 g 76 695 m 140 695 l 145 695 148 698 148 703 c 148 709 145 713 140 713 c 76 713 l \
                 71 713 68 710 68 704 c 68 699 71 695 76 695 c f";
    vec![
        ("a black box", over("0 g 68 695 80 18 re f")),
        ("a white box", over("1 g 68 695 80 18 re f")),
        ("a grey box", over("0.5 g 68 695 80 18 re f")),
        ("a red box", over("1 0 0 rg 68 695 80 18 re f")),
        ("a box of four inks", over("0 0 0 1 k 68 695 80 18 re f")),
        ("a box of a named space", over("/DeviceRGB cs 0 0 0 scn 68 695 80 18 re f")),
        ("a box filled by the other rule", over("0 g 68 695 80 18 re f*")),
        ("a box with a border", over("0 g 68 695 80 18 re B")),
        ("a box of lines", over("0 g 68 695 m 148 695 l 148 713 l 68 713 l h f")),
        ("a box of lines that closes itself", over("0 g 68 695 m 148 695 l 148 713 l 68 713 l b*")),
        ("a box drawn from the right", over("0 g 148 713 -80 -18 re f")),
        ("a round box", over(round)),
        ("a wide line", over("16 w 0 G 68 704 m 148 704 l S")),
        ("a wide line in two pieces", over("16 w 0 G 68 704 m 110 704 l 148 704 l S")),
        ("two boxes", over("0 g 68 695 40 18 re f 108 695 40 18 re f")),
        ("two boxes at once", over("0 g 68 695 40 18 re 108 695 40 18 re f")),
        ("a box for each letter", over(LETTERS)),
        ("the whole page", over("1 g 0 0 595 842 re f")),
        ("a box in a box", over("0 g 60 690 100 30 re 68 695 80 18 re f")),
        ("a box behind a line", over("0.5 w 0 G 72 690 m 500 690 l S 0 g 68 695 80 18 re f")),
        ("a box cut out of a larger one", over("q 68 695 80 18 re W n 0 g 0 600 595 200 re f Q")),
        ("black on black", Sheet { content: format!("{LINES}0 g {BOX}{HIDDEN}"), ..Sheet::default() }),
        ("grey on grey", Sheet { content: format!("{LINES}0.4 g {BOX}0.4 g {HIDDEN}"), ..Sheet::default() }),
        (
            "half of a line",
            Sheet {
                content: format!(
                    "{LINES}BT /F1 12 Tf 10 700 Td (De heer Geheimwoord heeft gebeld) Tj ET 0 g 55 695 73 18 re f"
                ),
                ..Sheet::default()
            },
        ),
    ]
}

const LETTERS: &str = "0 g 71 695 9 18 re f 80 695 7 18 re f 87 695 8 18 re f 95 695 8 18 re f 103 695 4 18 re f \
    107 695 11 18 re f 118 695 9 18 re f 127 695 8 18 re f 135 695 8 18 re f 143 695 8 18 re f";

fn objects() -> Vec<(&'static str, Sheet<'static>)> {
    let with = |content: &str, resources: &'static str, objects: Vec<String>| Sheet {
        content: format!("{LINES}{HIDDEN}{content}"),
        resources,
        objects,
        ..Sheet::default()
    };
    let scan = "q 595 0 0 842 0 0 cm /Im Do Q BT 3 Tr /F1 12 Tf 72 760 Td (Zichtbaar voorstel) Tj 0 -60 Td (Geheimwoord) Tj ET ";
    vec![
        ("a picture", with("q 80 0 0 18 68 695 cm /Im Do Q", "/XObject << /Im 10 0 R >>", vec![picture("")])),
        (
            "a picture within the page",
            with("q 80 0 0 18 68 695 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \u{1} EI Q", "", vec![]),
        ),
        ("a form", with("/Fm Do", "/XObject << /Fm 10 0 R >>", vec![form("", "0 g 68 695 80 18 re f")])),
        (
            "a form that is moved",
            with(
                "q 1 0 0 1 60 690 cm /Fm Do Q",
                "/XObject << /Fm 10 0 R >>",
                vec![form("/Matrix [2 0 0 2 0 0]", "0 g 4 2 40 9 re f")],
            ),
        ),
        (
            "a form in a form",
            with(
                "/Fm Do",
                "/XObject << /Fm 10 0 R >>",
                vec![
                    form("/Resources << /XObject << /In 11 0 R >> >>", "q 1 0 0 1 68 695 cm /In Do Q"),
                    form("", "0 g 0 0 80 18 re f"),
                ],
            ),
        ),
        (
            "a word in a form",
            Sheet {
                content: format!("{LINES}/Fm Do 0 g {BOX}"),
                resources: "/XObject << /Fm 10 0 R >>",
                objects: vec![form("/Resources << /Font << /F1 5 0 R >> >>", HIDDEN)],
                ..Sheet::default()
            },
        ),
        (
            "a shading",
            with(
                "q 68 695 80 18 re W n /Sh sh Q",
                "/Shading << /Sh << /ShadingType 2 /ColorSpace /DeviceGray /Coords [68 0 148 0] /Extend [true true] \
                 /Function << /FunctionType 2 /Domain [0 1] /C0 [0] /C1 [0.2] /N 1 >> >> >>",
                vec![],
            ),
        ),
        (
            "an ink of its own",
            with(
                "/Ink cs 1 scn 68 695 80 18 re f",
                "/ColorSpace << /Ink [/Separation /Black /DeviceGray \
                 << /FunctionType 2 /Domain [0 1] /C0 [1] /C1 [0] /N 1 >>] >>",
                vec![],
            ),
        ),
        (
            "a state that says it is opaque",
            with("/Full gs 0 g 68 695 80 18 re f", "/ExtGState << /Full << /ca 1 /BM /Normal >> >>", vec![]),
        ),
        (
            "a black marker",
            with("/Mark gs 0 g 68 695 80 18 re f", "/ExtGState << /Mark << /BM /Multiply >> >>", vec![]),
        ),
        (
            "the text of a scan",
            Sheet {
                content: format!("{scan}1 g {BOX}"),
                resources: "/XObject << /Im 10 0 R >>",
                objects: vec![picture("/Decode [1 0]")],
                ..Sheet::default()
            },
        ),
    ]
}

fn places() -> Vec<(&'static str, Sheet<'static>)> {
    let page = |content: String, entries: &'static str| Sheet { content, entries, ..Sheet::default() };
    let all = |hidden: &str| format!("{LINES}{hidden}0 g {BOX}");
    vec![
        ("a page that is turned", page(all(HIDDEN), "/Rotate 90")),
        ("a page upside down", page(all(HIDDEN), "/Rotate 180")),
        ("a page turned back", page(all(HIDDEN), "/Rotate 270")),
        ("a page that is cut", page(all(HIDDEN), "/CropBox [50 600 400 800]")),
        (
            "a page that is scaled",
            page(
                format!(
                    "{LINES}q 0.5 0 0 0.5 0 0 cm BT /F1 24 Tf 144 1400 Td (Geheimwoord) Tj ET 0 g 136 1390 160 36 re f Q"
                ),
                "",
            ),
        ),
        ("letters in pieces", page(all("BT /F1 12 Tf 72 700 Td [(Ge) 20 (heim) -10 (woord)] TJ ET "), "")),
        (
            "letters one by one",
            page(
                all(
                    "BT /F1 12 Tf 72 700 Td (G) Tj (e) Tj (h) Tj (e) Tj (i) Tj (m) Tj (w) Tj (o) Tj (o) Tj (r) Tj (d) Tj ET ",
                ),
                "",
            ),
        ),
        ("a line by its mark", page(all("BT /F1 12 Tf 14 TL 72 714 Td (Geheimwoord) ' ET "), "")),
        ("a line with spaces", page(all("BT /F1 12 Tf 14 TL 72 714 Td 0 0 (Geheimwoord) \" ET "), "")),
        ("a line placed at once", page(all("BT /F1 1 Tf 12 0 0 12 72 700 Tm (Geheimwoord) Tj ET "), "")),
        (
            "a word written upwards",
            page(
                format!("{LINES}BT /F1 12 Tf 0 1 -1 0 300 400 Tm (Geheimwoord) Tj ET 0 g 288 396 16 80 re f"),
                "",
            ),
        ),
        (
            "a word without ink below a box",
            page(all("BT /F1 12 Tf 1 Tr 72 700 Td (Geheimwoord) Tj ET 0 Tr "), ""),
        ),
    ]
}

fn annotations() -> Vec<(&'static str, Sheet<'static>)> {
    vec![
        ("a filled square", marked("/Subtype /Square /IC [0 0 0]", Some("0 g 0 0 80 18 re f"))),
        ("a white square", marked("/Subtype /Square /IC [1 1 1]", Some("1 g 0 0 80 18 re f"))),
        ("a square that no program drew", marked("/Subtype /Square /IC [0 0 0] /C [0 0 0]", None)),
        ("a black highlighter", marked("/Subtype /Highlight /C [0 0 0]", Some("/M gs 0 g 0 0 80 18 re f"))),
        (
            "a black highlighter that no program drew",
            marked("/Subtype /Highlight /C [0 0 0] /QuadPoints [68 713 148 713 68 695 148 695]", None),
        ),
        (
            "a note on white",
            marked("/Subtype /FreeText /C [1 1 1] /Contents (x)", Some("1 g 0 0 80 18 re f")),
        ),
        ("a stamp", marked("/Subtype /Stamp", Some("0.2 g 0 0 80 18 re f"))),
        ("a polygon", marked("/Subtype /Polygon /IC [0 0 0]", Some("0 g 0 0 m 80 0 l 80 18 l 0 18 l f"))),
        ("a pen", marked("/Subtype /Ink", Some("16 w 0 G 0 9 m 80 9 l S"))),
        (
            "what is to be redacted",
            marked("/Subtype /Redact /QuadPoints [68 713 148 713 68 695 148 695]", None),
        ),
    ]
}

/// What lies on words or around them, and hides none.
fn innocents() -> Vec<(&'static str, Sheet<'static>)> {
    let below = |content: &str| Sheet { content: format!("{LINES}{content}{HIDDEN}"), ..Sheet::default() };
    let with = |content: &str, resources: &'static str, objects: Vec<String>| Sheet {
        content: format!("{LINES}{HIDDEN}{content}"),
        resources,
        objects,
        ..Sheet::default()
    };
    let scan = "BT 3 Tr /F1 12 Tf 72 760 Td (Zichtbaar voorstel) Tj 0 -60 Td (Geheimwoord) Tj ET q 595 0 0 842 0 0 cm /Im Do Q";
    vec![
        ("a line below a word", over("0.8 w 0 G 72 698 m 140 698 l S")),
        ("a bar below a word", over("0 g 72 697 70 1.2 re f")),
        ("a line through a word", over("1 w 0 G 72 704 m 140 704 l S")),
        ("a frame", over("1 w 0 G 68 695 80 18 re S")),
        ("a frame of two boxes", over("0 g 60 690 100 30 re 61 719 98 -28 re f")),
        ("a box beside a word", over("0 g 200 695 80 18 re f")),
        ("a coloured row", below("0.9 0.9 0.6 rg 60 690 400 30 re f 0 g ")),
        ("white on blue", below("0 0 0.6 rg 60 690 400 30 re f 0 g ")),
        (
            "a page of its own colour",
            Sheet { content: format!("0.97 g 0 0 595 842 re f 0 g {LINES}{HIDDEN}"), ..Sheet::default() },
        ),
        (
            "a box that shines through",
            with("/Half gs 0 g 68 695 80 18 re f", "/ExtGState << /Half << /ca 0.3 >> >>", vec![]),
        ),
        (
            "a yellow marker",
            with("/Mark gs 1 1 0 rg 68 695 80 18 re f", "/ExtGState << /Mark << /BM /Multiply >> >>", vec![]),
        ),
        (
            "a signature with a mask",
            with(
                "q 80 0 0 18 68 695 cm /Im Do Q",
                "/XObject << /Im 10 0 R >>",
                vec![
                    picture("/SMask 11 0 R"),
                    stream(
                        "/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8",
                        "\u{1}",
                    ),
                ],
            ),
        ),
        ("a box cut away", with("q 300 300 80 18 re W n 0 g 68 695 80 18 re f Q", "", vec![])),
        (
            "a yellow highlighter",
            marked("/Subtype /Highlight /C [1 1 0]", Some("/M gs 1 1 0 rg 0 0 80 18 re f")),
        ),
        (
            "a square without a filling",
            marked("/Subtype /Square /C [1 0 0]", Some("1 0 0 RG 2 w 1 1 78 16 re S")),
        ),
        (
            "a square that is hidden itself",
            marked("/Subtype /Square /IC [0 0 0] /F 2", Some("0 g 0 0 80 18 re f")),
        ),
        (
            "a link",
            marked("/Subtype /Link /Border [0 0 1] /A << /S /URI /URI (https://voorbeeld.example/) >>", None),
        ),
        (
            "the text below a scan",
            Sheet {
                content: scan.to_owned(),
                resources: "/XObject << /Im 10 0 R >>",
                objects: vec![picture("")],
                ..Sheet::default()
            },
        ),
    ]
}

/// What nobody sees, and the engine that paints can tell: it is left out.
pub fn unseen() -> Vec<Case> {
    let sheet = |content: String| Sheet { content, ..Sheet::default() };
    let layer = Sheet {
        content: format!("{LINES}/OC /L BDC {HIDDEN} EMC"),
        resources: "/Properties << /L 30 0 R >>",
        ..Sheet::default()
    };
    let below = "BT /F1 12 Tf 72 500 Td (De raad neemt het voorstel van het college over.) Tj ET";
    let sheets = [
        ("white on white", sheet(format!("{LINES}1 g {HIDDEN}"))),
        ("a layer that is off", layer),
        ("a background over it", sheet(format!("{HIDDEN}1 g 0 0 595 842 re f 0 g {LINES}{below}"))),
    ];
    sheets.into_iter().map(|(name, sheet)| Case::new(name, sheet.write(), Hiding::LeftOut)).collect()
}
