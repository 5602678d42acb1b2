//! DOCX, XLSX and PPTX: what Word, Excel and `PowerPoint` hide.

use super::{Case, Hiding};
use crate::reading::zip;

pub fn cases() -> Vec<Case> {
    [documents(), styled(), workbooks(), presentations()].into_iter().flatten().collect()
}

const W: &str = "xmlns:w=\"w\" xmlns:wp=\"wp\" xmlns:v=\"v\" xmlns:mc=\"mc\" xmlns:r=\"r\"";

fn docx(body: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let document = format!(
        "<w:document {W}><w:body><w:p><w:r><w:t>Zichtbaar voorstel</w:t></w:r></w:p>{body}</w:body></w:document>"
    );
    let mut files = vec![("[Content_Types].xml", "<Types/>"), ("word/document.xml", &document)];
    files.extend(parts);
    zip(&files.iter().map(|(name, xml)| (*name, xml.as_bytes())).collect::<Vec<_>>())
}

fn run(properties: &str) -> String {
    format!(
        "<w:p><w:r><w:rPr>{properties}</w:rPr><w:t>Geheimwoord</w:t></w:r><w:r><w:t> en verder</w:t></w:r></w:p>"
    )
}

const CELLS: &str = "<w:tc><w:p><w:r><w:t>Geheimwoord</w:t></w:r></w:p></w:tc>";

fn documents() -> Vec<Case> {
    let row = |properties: &str| format!("<w:tbl><w:tr><w:trPr>{properties}</w:trPr>{CELLS}</w:tr></w:tbl>");
    let word = "<w:r><w:t>Geheimwoord</w:t></w:r>";
    let drawn = |hidden: &str| {
        format!(
            "<w:p><w:r><w:drawing><wp:inline><wp:docPr id=\"1\" name=\"x\" {hidden}/><w:txbxContent><w:p>{word}</w:p>\
             </w:txbxContent></wp:inline></w:drawing></w:r></w:p>"
        )
    };
    let shape = |style: &str| {
        format!(
            "<w:p><w:r><w:pict><v:shape style=\"{style}\"><v:textbox><w:txbxContent><w:p>{word}</w:p></w:txbxContent>\
             </v:textbox></v:shape></w:pict></w:r></w:p>"
        )
    };
    let comments =
        format!("<w:comments {W}><w:comment w:id=\"0\"><w:p>{word}</w:p></w:comment></w:comments>");
    let note =
        format!("<w:footnotes {W}><w:footnote w:id=\"1\">{}</w:footnote></w:footnotes>", run("<w:vanish/>"));
    let header = format!("<w:hdr {W}>{}</w:hdr>", run("<w:vanish/>"));
    let left_out = [
        ("a hidden run", docx(&run("<w:vanish/>"), &[])),
        ("a run that says true", docx(&run("<w:vanish w:val=\"true\"/>"), &[])),
        ("a run that says 1", docx(&run("<w:b/><w:vanish w:val=\"1\"/>"), &[])),
        ("a run that says on", docx(&run("<w:vanish w:val=\"on\"/>"), &[])),
        (
            "a tracked deletion",
            docx("<w:p><w:del w:id=\"1\"><w:r><w:delText>Geheimwoord</w:delText></w:r></w:del></w:p>", &[]),
        ),
        ("a deletion with ordinary text", docx(&format!("<w:p><w:del w:id=\"1\">{word}</w:del></w:p>"), &[])),
        ("what was moved away", docx(&format!("<w:p><w:moveFrom w:id=\"1\">{word}</w:moveFrom></w:p>"), &[])),
        ("a deleted row", docx(&row("<w:del w:id=\"1\"/>"), &[])),
        ("a hidden row", docx(&row("<w:hidden/>"), &[])),
        (
            "a deleted cell",
            docx(
                &format!(
                    "<w:tbl><w:tr><w:tc><w:tcPr><w:cellDel w:id=\"1\"/></w:tcPr><w:p>{word}</w:p></w:tc></w:tr></w:tbl>"
                ),
                &[],
            ),
        ),
        ("a hidden drawing", docx(&drawn("hidden=\"1\""), &[])),
        ("a drawing that says true", docx(&drawn("hidden=\"true\""), &[])),
        ("an invisible shape", docx(&shape("position:absolute;visibility:hidden"), &[])),
        ("a shape that is not displayed", docx(&shape("display: none"), &[])),
        (
            "a comment",
            docx(
                "<w:p><w:commentRangeStart w:id=\"0\"/><w:r><w:t>tekst</w:t></w:r></w:p>",
                &[("word/comments.xml", &comments)],
            ),
        ),
        ("a hidden footnote", docx("", &[("word/footnotes.xml", &note)])),
        ("a hidden header", docx("", &[("word/header1.xml", &header)])),
        (
            "a hidden run in a link",
            docx(
                "<w:p><w:hyperlink r:id=\"x\"><w:r><w:rPr><w:vanish/></w:rPr><w:t>Geheimwoord</w:t></w:r></w:hyperlink></w:p>",
                &[],
            ),
        ),
        ("a field's instruction", docx("<w:p><w:r><w:instrText>Geheimwoord</w:instrText></w:r></w:p>", &[])),
        (
            "the properties of the file",
            docx(
                "",
                &[(
                    "docProps/core.xml",
                    "<cp:coreProperties xmlns:dc=\"dc\" xmlns:cp=\"cp\"><dc:title>Geheimwoord</dc:title></cp:coreProperties>",
                )],
            ),
        ),
    ];
    let shown = [
        ("a run that says it is not hidden", docx(&run("<w:vanish w:val=\"0\"/>"), &[])),
        ("a run that says off", docx(&run("<w:vanish w:val=\"false\"/>"), &[])),
        (
            "a hidden mark of a paragraph",
            docx(
                "<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:t>Geheimwoord</w:t></w:r></w:p>",
                &[],
            ),
        ),
        ("a tracked insertion", docx(&format!("<w:p><w:ins w:id=\"1\">{word}</w:ins></w:p>"), &[])),
        ("a row that was inserted", docx(&row("<w:ins w:id=\"1\"/>"), &[])),
        ("a drawing", docx(&drawn(""), &[])),
    ];
    named("docx", left_out, shown)
}

/// Cases of a format, by what they should give.
pub fn named<const LEFT_OUT: usize, const SHOWN: usize>(
    format: &str,
    left_out: [(&str, Vec<u8>); LEFT_OUT],
    shown: [(&str, Vec<u8>); SHOWN],
) -> Vec<Case> {
    let case = |(name, bytes), what| Case::new(&format!("{format}, {name}"), bytes, what);
    let left_out = left_out.into_iter().map(|it| case(it, Hiding::LeftOut));
    left_out.chain(shown.into_iter().map(|it| case(it, Hiding::Not))).collect()
}

/// Words that a style hides.
fn styled() -> Vec<Case> {
    let styles = format!(
        "<w:styles {W}><w:style w:type=\"character\" w:styleId=\"Weg\"><w:rPr><w:vanish/></w:rPr></w:style>\
         <w:style w:type=\"character\" w:styleId=\"OokWeg\"><w:basedOn w:val=\"Weg\"/></w:style>\
         <w:style w:type=\"paragraph\" w:styleId=\"Alinea\"><w:rPr><w:vanish/></w:rPr></w:style>\
         <w:style w:type=\"character\" w:styleId=\"Terug\"><w:basedOn w:val=\"Weg\"/><w:rPr><w:vanish w:val=\"0\"/></w:rPr></w:style></w:styles>"
    );
    let parts = [("word/styles.xml", styles.as_str())];
    let paragraph = |style: &str, run: &str| {
        format!(
            "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>Geheimwoord</w:t></w:r></w:p>"
        )
    };
    let left_out = [
        ("a style that hides", docx(&run("<w:rStyle w:val=\"Weg\"/>"), &parts)),
        ("a style made of one that hides", docx(&run("<w:rStyle w:val=\"OokWeg\"/>"), &parts)),
        ("a paragraph's style that hides", docx(&paragraph("Alinea", ""), &parts)),
    ];
    let shown = [
        ("a style that shows again", docx(&run("<w:rStyle w:val=\"Terug\"/>"), &parts)),
        ("a run that shows again", docx(&run("<w:rStyle w:val=\"Weg\"/><w:vanish w:val=\"0\"/>"), &parts)),
        (
            "a run in a hidden paragraph that shows",
            docx(&paragraph("Alinea", "<w:vanish w:val=\"0\"/>"), &parts),
        ),
    ];
    named("docx", left_out, shown)
}

/// A workbook of two sheets: the second has these attributes and this content.
fn xlsx(attributes: &str, content: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let workbook = format!(
        "<workbook xmlns:r=\"r\"><sheets><sheet name=\"Begroting\" sheetId=\"1\" r:id=\"rId1\"/>\
         <sheet name=\"Tweede\" sheetId=\"2\" {attributes} r:id=\"rId2\"/></sheets></workbook>"
    );
    let relations = "<Relationships><Relationship Id=\"rId1\" Target=\"worksheets/sheet1.xml\"/>\
                     <Relationship Id=\"rId2\" Target=\"worksheets/sheet2.xml\"/></Relationships>";
    let first = format!(
        "<worksheet><sheetData><row r=\"1\">{}</row></sheetData></worksheet>",
        cell("A1", "Zichtbaar")
    );
    let second = format!("<worksheet>{content}</worksheet>");
    let mut files = vec![
        ("[Content_Types].xml", "<Types/>"),
        ("xl/workbook.xml", workbook.as_str()),
        ("xl/_rels/workbook.xml.rels", relations),
        ("xl/worksheets/sheet1.xml", &first),
        ("xl/worksheets/sheet2.xml", &second),
    ];
    files.extend(parts);
    zip(&files.iter().map(|(name, xml)| (*name, xml.as_bytes())).collect::<Vec<_>>())
}

fn cell(place: &str, words: &str) -> String {
    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{words}</t></is></c>")
}

fn workbooks() -> Vec<Case> {
    let secret = cell("B2", "Geheimwoord");
    let plain = format!("<sheetData><row r=\"2\">{secret}</row></sheetData>");
    let row = |attributes: &str| format!("<sheetData><row r=\"2\" {attributes}>{secret}</row></sheetData>");
    let column = |attributes: &str| format!("<cols><col min=\"2\" max=\"3\" {attributes}/></cols>{plain}");
    let shared = "<sst><si><t>Geheimwoord</t></si></sst>";
    let comments = "<comments><commentList><comment ref=\"A1\"><text><t>Geheimwoord</t></text></comment></commentList></comments>";
    let blank = "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\";;;\"/></numFmts>\
                 <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>";
    let blanked = "<sheetData><row r=\"1\"><c r=\"A1\" s=\"1\" t=\"inlineStr\"><is><t>Geheimwoord</t></is></c></row></sheetData>";
    let left_out = [
        ("a hidden sheet", xlsx("state=\"hidden\"", &plain, &[])),
        ("a very hidden sheet", xlsx("state=\"veryHidden\"", &plain, &[])),
        (
            "a hidden sheet with shared words",
            xlsx(
                "state=\"hidden\"",
                "<sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row></sheetData>",
                &[("xl/sharedStrings.xml", shared)],
            ),
        ),
        ("a hidden row", xlsx("", &row("hidden=\"1\""), &[])),
        ("a row that says true", xlsx("", &row("hidden=\"true\""), &[])),
        ("a row without height", xlsx("", &row("ht=\"0\" customHeight=\"1\""), &[])),
        (
            "rows that are hidden unless they say",
            xlsx("", &format!("<sheetFormatPr zeroHeight=\"1\"/>{plain}"), &[]),
        ),
        ("a hidden column", xlsx("", &column("hidden=\"1\""), &[])),
        ("a column without width", xlsx("", &column("width=\"0\" customWidth=\"1\""), &[])),
        (
            "a hidden column of unnamed cells",
            xlsx(
                "",
                &format!(
                    "<cols><col min=\"2\" max=\"2\" hidden=\"1\"/></cols><sheetData><row><c><v>1</v></c>{}</row></sheetData>",
                    secret.replace(" r=\"B2\"", "")
                ),
                &[],
            ),
        ),
        ("a cell that shows nothing", xlsx("", blanked, &[("xl/styles.xml", blank)])),
        ("a comment", xlsx("", "<sheetData/>", &[("xl/comments1.xml", comments)])),
        (
            "the sound of a word",
            xlsx(
                "",
                "<sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row></sheetData>",
                &[(
                    "xl/sharedStrings.xml",
                    "<sst><si><t>tekst</t><rPh sb=\"0\" eb=\"1\"><t>Geheimwoord</t></rPh></si></sst>",
                )],
            ),
        ),
    ];
    let shown = [
        ("a sheet", xlsx("", &plain, &[])),
        ("a sheet that says it is visible", xlsx("state=\"visible\"", &plain, &[])),
        ("a row that says it is not hidden", xlsx("", &row("hidden=\"0\""), &[])),
        (
            "a hidden column beside it",
            xlsx("", &format!("<cols><col min=\"3\" max=\"4\" hidden=\"1\"/></cols>{plain}"), &[]),
        ),
        (
            "shared words",
            xlsx(
                "",
                "<sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row></sheetData>",
                &[("xl/sharedStrings.xml", shared)],
            ),
        ),
    ];
    named("xlsx", left_out, shown)
}

/// A presentation of two slides: the second has these attributes and this shape.
fn pptx(attributes: &str, shape: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let slide = |attributes: &str, shape: &str| {
        format!(
            "<p:sld xmlns:p=\"p\" xmlns:a=\"a\" {attributes}><p:cSld><p:spTree>{shape}</p:spTree></p:cSld></p:sld>"
        )
    };
    let presentation = "<p:presentation xmlns:p=\"p\" xmlns:r=\"r\"><p:sldIdLst><p:sldId id=\"256\" r:id=\"rId1\"/>\
                        <p:sldId id=\"257\" r:id=\"rId2\"/></p:sldIdLst></p:presentation>";
    let relations = "<Relationships><Relationship Id=\"rId1\" Target=\"slides/slide1.xml\"/>\
                     <Relationship Id=\"rId2\" Target=\"slides/slide2.xml\"/></Relationships>";
    let (first, second) = (slide("", &words("", "Zichtbaar")), slide(attributes, shape));
    let mut files = vec![
        ("[Content_Types].xml", "<Types/>"),
        ("ppt/presentation.xml", presentation),
        ("ppt/_rels/presentation.xml.rels", relations),
        ("ppt/slides/slide1.xml", first.as_str()),
        ("ppt/slides/slide2.xml", second.as_str()),
    ];
    files.extend(parts);
    zip(&files.iter().map(|(name, xml)| (*name, xml.as_bytes())).collect::<Vec<_>>())
}

/// A shape with words.
fn words(properties: &str, words: &str) -> String {
    format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"x\" {properties}/></p:nvSpPr><p:txBody><a:p><a:r><a:t>{words}</a:t></a:r></a:p>\
         </p:txBody></p:sp>"
    )
}

fn presentations() -> Vec<Case> {
    let secret = words("", "Geheimwoord");
    let group = format!(
        "<p:grpSp><p:nvGrpSpPr><p:cNvPr id=\"3\" name=\"g\" hidden=\"1\"/></p:nvGrpSpPr>{secret}</p:grpSp>"
    );
    let table = "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id=\"4\" name=\"t\" hidden=\"1\"/></p:nvGraphicFramePr><a:tbl><a:tr>\
                 <a:tc><a:txBody><a:p><a:r><a:t>Geheimwoord</a:t></a:r></a:p></a:txBody></a:tc></a:tr></a:tbl></p:graphicFrame>";
    let notes = format!("<p:notes xmlns:p=\"p\" xmlns:a=\"a\">{secret}</p:notes>");
    let left_out = [
        ("a hidden slide", pptx("show=\"0\"", &secret, &[])),
        ("a slide that says false", pptx("show=\"false\"", &secret, &[])),
        ("a hidden shape", pptx("", &words("hidden=\"1\"", "Geheimwoord"), &[])),
        ("a shape that says true", pptx("", &words("hidden=\"true\"", "Geheimwoord"), &[])),
        ("a hidden group", pptx("", &group, &[])),
        ("a hidden table", pptx("", table, &[])),
        ("notes of the speaker", pptx("", "", &[("ppt/notesSlides/notesSlide1.xml", &notes)])),
        (
            "a comment",
            pptx(
                "",
                "",
                &[(
                    "ppt/comments/comment1.xml",
                    "<p:cmLst xmlns:p=\"p\"><p:cm><p:text>Geheimwoord</p:text></p:cm></p:cmLst>",
                )],
            ),
        ),
    ];
    let shown = [
        ("a slide", pptx("show=\"1\"", &secret, &[])),
        ("a shape behind a hidden one", pptx("", &format!("{}{secret}", words("hidden=\"1\"", "weg")), &[])),
    ];
    named("pptx", left_out, shown)
}
