//! ODT, ODS and ODP: what `LibreOffice` hides.

use super::{Case, open_xml::named};
use crate::reading::zip;

pub fn cases() -> Vec<Case> {
    [texts(), sheets(), slides()].into_iter().flatten().collect()
}

const SPACES: &str = "xmlns:office=\"o\" xmlns:text=\"t\" xmlns:table=\"tb\" xmlns:style=\"s\" xmlns:fo=\"f\" xmlns:draw=\"d\" \
                      xmlns:presentation=\"p\"";

/// Styles that hide, by the name of their family.
const STYLES: &str = "<style:style style:name=\"Weg\" style:family=\"text\"><style:text-properties text:display=\"none\"/></style:style>\
    <style:style style:name=\"Ook\" style:family=\"text\" style:parent-style-name=\"Weg\"/>\
    <style:style style:name=\"Terug\" style:family=\"text\" style:parent-style-name=\"Weg\"><style:text-properties text:display=\"true\"/></style:style>\
    <style:style style:name=\"Alinea\" style:family=\"paragraph\"><style:text-properties text:display=\"none\"/></style:style>\
    <style:style style:name=\"Blad\" style:family=\"table\"><style:table-properties table:display=\"false\"/></style:style>\
    <style:style style:name=\"Dia\" style:family=\"drawing-page\"><style:drawing-page-properties presentation:visibility=\"hidden\"/></style:style>";

fn file(kind: &str, body: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let content = format!(
        "<office:document-content {SPACES}><office:automatic-styles>{STYLES}</office:automatic-styles>\
         <office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    );
    let mime = match kind {
        "text" => "application/vnd.oasis.opendocument.text",
        "spreadsheet" => "application/vnd.oasis.opendocument.spreadsheet",
        _ => "application/vnd.oasis.opendocument.presentation",
    };
    let mut files = vec![("mimetype", mime), ("content.xml", content.as_str())];
    files.extend(parts);
    zip(&files.iter().map(|(name, xml)| (*name, xml.as_bytes())).collect::<Vec<_>>())
}

fn odt(body: &str) -> Vec<u8> {
    file("text", &format!("<text:p>Zichtbaar voorstel</text:p>{body}"), &[])
}

fn texts() -> Vec<Case> {
    let span = |style: &str| {
        format!("<text:p>Een <text:span text:style-name=\"{style}\">Geheimwoord</text:span> meer</text:p>")
    };
    let section = |attributes: &str| {
        format!("<text:section text:name=\"x\" {attributes}><text:p>Geheimwoord</text:p></text:section>")
    };
    let changes = "<text:tracked-changes><text:changed-region text:id=\"1\"><text:deletion><text:p>Geheimwoord</text:p></text:deletion>\
                   </text:changed-region></text:tracked-changes>";
    let elsewhere = format!(
        "<office:document-styles {SPACES}><office:styles><style:style style:name=\"Elders\" style:family=\"text\">\
                             <style:text-properties text:display=\"none\"/></style:style></office:styles></office:document-styles>"
    );
    let left_out = [
        ("a hidden span", odt(&span("Weg"))),
        ("a span by a style of a style", odt(&span("Ook"))),
        (
            "a span by a style elsewhere",
            file(
                "text",
                &format!("<text:p>Zichtbaar</text:p>{}", span("Elders")),
                &[("styles.xml", &elsewhere)],
            ),
        ),
        ("a hidden paragraph", odt("<text:p text:style-name=\"Alinea\">Geheimwoord</text:p>")),
        (
            "a hidden heading",
            odt("<text:h text:style-name=\"Alinea\" text:outline-level=\"1\">Geheimwoord</text:h>"),
        ),
        ("a hidden section", odt(&section("text:display=\"none\""))),
        (
            "a section that a condition hides",
            odt(&section("text:display=\"condition\" text:condition=\"x\" text:is-hidden=\"true\"")),
        ),
        (
            "a field of hidden text",
            odt(
                "<text:p>Een <text:hidden-text text:is-hidden=\"true\" text:string-value=\"Geheimwoord\">Geheimwoord</text:hidden-text></text:p>",
            ),
        ),
        (
            "a field that hides its paragraph",
            odt("<text:p>Geheimwoord<text:hidden-paragraph text:is-hidden=\"true\"/></text:p>"),
        ),
        (
            "a paragraph behind that field",
            odt("<text:p><text:hidden-paragraph text:is-hidden=\"true\"/>Geheimwoord</text:p>"),
        ),
        ("a tracked deletion", odt(changes)),
        (
            "a comment",
            odt(
                "<text:p>Een<office:annotation><text:p>Geheimwoord</text:p></office:annotation> meer</text:p>",
            ),
        ),
        (
            "properties of the file",
            file("text", "<text:p>Zichtbaar</text:p>", &[("meta.xml", "<m><title>Geheimwoord</title></m>")]),
        ),
    ];
    let shown = [
        ("a span", odt(&span("Gewoon"))),
        ("a span that shows again", odt(&span("Terug"))),
        ("a section", odt(&section("text:display=\"true\""))),
        (
            "a field that hides nothing",
            odt("<text:p>Geheimwoord<text:hidden-paragraph text:is-hidden=\"false\"/></text:p>"),
        ),
    ];
    named("odt", left_out, shown)
}

fn ods(attributes: &str, rows: &str) -> Vec<u8> {
    let body = format!(
        "<table:table table:name=\"Een\"><table:table-row><table:table-cell><text:p>Zichtbaar</text:p></table:table-cell></table:table-row>\
         </table:table><table:table table:name=\"Twee\" {attributes}>{rows}</table:table>"
    );
    file("spreadsheet", &body, &[])
}

fn sheets() -> Vec<Case> {
    let cell = "<table:table-cell><text:p>Geheimwoord</text:p></table:table-cell>";
    let row = |attributes: &str| format!("<table:table-row {attributes}>{cell}</table:table-row>");
    let column =
        |columns: &str, before: &str| format!("{columns}<table:table-row>{before}{cell}</table:table-row>");
    let empty = "<table:table-cell table:number-columns-repeated=\"3\"/>";
    let hidden = "<table:table-column table:number-columns-repeated=\"3\"/><table:table-column table:visibility=\"collapse\"/>";
    let left_out = [
        ("a hidden sheet", ods("table:style-name=\"Blad\"", &row(""))),
        ("a hidden row", ods("", &row("table:visibility=\"collapse\""))),
        ("a row that was filtered", ods("", &row("table:visibility=\"filter\""))),
        ("a hidden column", ods("", &column("<table:table-column table:visibility=\"collapse\"/>", ""))),
        ("a hidden column behind others", ods("", &column(hidden, empty))),
        (
            "a comment",
            ods(
                "",
                "<table:table-row><table:table-cell><office:annotation><text:p>Geheimwoord</text:p></office:annotation><text:p>1</text:p></table:table-cell></table:table-row>",
            ),
        ),
    ];
    let shown = [
        ("a sheet", ods("", &row(""))),
        ("a visible row", ods("", &row("table:visibility=\"visible\""))),
        ("a column before a hidden one", ods("", &column(hidden, ""))),
    ];
    named("ods", left_out, shown)
}

fn odp(attributes: &str, page: &str) -> Vec<u8> {
    let body = format!(
        "<draw:page draw:name=\"1\"><draw:frame><draw:text-box><text:p>Zichtbaar</text:p></draw:text-box></draw:frame></draw:page>\
         <draw:page draw:name=\"2\" {attributes}>{page}</draw:page>"
    );
    file("presentation", &body, &[])
}

fn slides() -> Vec<Case> {
    let words = "<draw:frame><draw:text-box><text:p>Geheimwoord</text:p></draw:text-box></draw:frame>";
    let notes = format!("<presentation:notes>{words}</presentation:notes>");
    let left_out = [
        ("a hidden slide", odp("draw:style-name=\"Dia\"", words)),
        ("notes of the speaker", odp("", &notes)),
        ("a comment", odp("", "<office:annotation><text:p>Geheimwoord</text:p></office:annotation>")),
    ];
    named("odp", left_out, [("a slide", odp("", words))])
}
