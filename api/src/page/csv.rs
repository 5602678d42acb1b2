//! Lists as CSV in two dialects: with commas for programs, with semicolons and a byte order mark for Dutch Excel.

use axum::{
    body::Body,
    extract::{RawQuery, State},
    http::header,
    response::{IntoResponse, Response},
};
use futures::{Stream, StreamExt, stream};
use serde_json::{Value, json};

use super::{form::SearchForm, parse_form, run_query};
use crate::App;

const ROWS: u32 = 100;

const COLUMNS: [&str; 8] = ["soort", "titel", "overheid", "datum", "tijd", "id", "bron", "gelijke_bestanden"];

/// The dialect of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Commas, as in RFC 4180.
    Program,
    /// Semicolons and a byte order mark, which a Dutch Excel opens as a table.
    Excel,
}

impl Dialect {
    /// The header line, after a byte order mark for Excel.
    pub fn header_row(self, columns: &[&str]) -> String {
        let mark = if self == Self::Excel { "\u{FEFF}" } else { "" };
        mark.to_owned() + &self.format_row(columns)
    }

    #[expect(clippy::expect_used, reason = "writing text into memory does not fail")]
    pub fn format_row<T: AsRef<str>>(self, cells: &[T]) -> String {
        let delimiter = if self == Self::Excel { b';' } else { b',' };
        let mut writer = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        writer
            .write_record(cells.iter().map(|text| defuse_cell(text.as_ref())))
            .expect("a row fits in memory");
        let bytes = writer.into_inner().expect("a row fits in memory");
        String::from_utf8(bytes).expect("a row of text is text")
    }
}

/// A streamed answer that browsers save as the file `name`.
pub fn send_table<E: Into<axum::BoxError>>(
    name: &str,
    dialect: Dialect,
    rows: impl Stream<Item = Result<String, E>> + Send + 'static,
) -> Response {
    let end = if dialect == Dialect::Excel { "excel.csv" } else { "csv" };
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{end}\"")),
    ];
    (headers, Body::from_stream(rows)).into_response()
}

/// Prefixes text that a spreadsheet would run as a formula.
fn defuse_cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// Splits a moment into its day and its time, for two columns.
pub fn day_and_time(moment: &str) -> (String, String) {
    let (day, time) = moment.split_once('T').unwrap_or((moment, ""));
    (day.to_owned(), time.get(..5).unwrap_or_default().to_owned())
}

pub async fn send_list(State(app): State<App>, RawQuery(query): RawQuery) -> Response {
    send_results(app, query.as_deref(), Dialect::Program).await
}

pub async fn send_list_for_excel(State(app): State<App>, RawQuery(query): RawQuery) -> Response {
    send_results(app, query.as_deref(), Dialect::Excel).await
}

/// Streams all results, a row for each, page after page.
async fn send_results(app: App, query: Option<&str>, dialect: Dialect) -> Response {
    let form = match parse_form(&app, query) {
        Ok(form) => form,
        Err(refusal) => return refusal,
    };
    let first = match load_page(&app, &form).await {
        Ok(first) => first,
        Err(refusal) => return refusal,
    };
    let rows = stream::try_unfold(Step::Have(first, form), move |step| {
        let app = app.clone();
        async move {
            let (data, form) = match step {
                Step::Have(data, form) => (data, form),
                Step::Ask(form) => (load_page(&app, &form).await.map_err(|_| broken_off())?, form),
                Step::End => return Ok(None),
            };
            let edges = data["edges"].as_array().into_iter().flatten();
            let text: String = edges.map(|edge| dialect.format_row(&result_cells(edge))).collect();
            let info = &data["pageInfo"];
            let next = match (info["hasNextPage"] == true, info["endCursor"].as_str()) {
                (false, _) => Step::End,
                (true, Some(cursor)) => Step::Ask(form.with_fields(&[("na", cursor)])),
                (true, None) => return Err(broken_off()),
            };
            Ok(Some((text, next)))
        }
    });
    let all = stream::once(std::future::ready(Ok(dialect.header_row(&COLUMNS)))).chain(rows);
    send_table("raadhuis", dialect, all)
}

/// The state of the stream between two pages.
enum Step {
    Have(Value, SearchForm),
    Ask(SearchForm),
    End,
}

/// An error that ends the stream, so that half a list does not look complete.
fn broken_off() -> std::io::Error {
    std::io::Error::other("the list broke off")
}

async fn load_page(app: &App, form: &SearchForm) -> Result<Value, Response> {
    let mut variables = form.variables();
    // Pages by day do not shift while entities are added; pages by relevance may.
    if variables["sort"].is_null() {
        variables["sort"] = json!("MEETING_DATE_NEWEST");
    }
    variables["first"] = json!(ROWS);
    let mut data = run_query(app, include_str!("../../queries/list.graphql"), variables).await?;
    Ok(data["search"].take())
}

fn first_text(values: &[&Value]) -> String {
    values.iter().find_map(|value| value.as_str()).map(str::to_owned).unwrap_or_default()
}

fn result_cells(edge: &Value) -> [String; COLUMNS.len()] {
    let node = &edge["node"];
    let kind = super::filters::dutch_word(node["__typename"].as_str().unwrap_or_default());
    let moment = first_text(&[
        &node["start"],
        &node["date"],
        &node["meeting"]["start"],
        &node["agendaItem"]["meeting"]["start"],
    ]);
    let (day, time) = day_and_time(&moment);
    [
        kind.to_owned(),
        first_text(&[&edge["title"]["text"]]),
        first_text(&[&node["authority"]["name"]]),
        day,
        time,
        first_text(&[&node["id"]]),
        first_text(&[&node["url"], &node["page"], &node["player"], &node["agendaItem"]["page"]]),
        edge["identicalCount"].to_string(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_text_in_any_spreadsheet() {
        let cells = ["Motie \"Water\"; 2", "=1+1", "gewoon, ja", "", "regel\neen"];
        assert_eq!(
            Dialect::Program.format_row(&cells),
            "\"Motie \"\"Water\"\"; 2\",'=1+1,\"gewoon, ja\",,\"regel\neen\"\r\n"
        );
        assert_eq!(
            Dialect::Excel.format_row(&cells),
            "\"Motie \"\"Water\"\"; 2\";'=1+1;gewoon, ja;;\"regel\neen\"\r\n"
        );
        assert_eq!(Dialect::Excel.header_row(&["a", "b"]), "\u{FEFF}a;b\r\n");
    }

    #[test]
    fn a_day_and_a_time_stand_apart() {
        let apart = |text| day_and_time(text);
        assert_eq!(apart("2026-03-24T19:30:00+01:00"), ("2026-03-24".to_owned(), "19:30".to_owned()));
        assert_eq!(apart("2026-03-24"), ("2026-03-24".to_owned(), String::new()));
    }
}
