//! Tables as CSV: for programs with commas and nothing before them, for Dutch Excel with semicolons and a mark of the encoding.
//! Each list that pages give comes in both.

use axum::{
    body::Body,
    extract::{RawQuery, State},
    http::header,
    response::{IntoResponse, Response},
};
use futures::{Stream, StreamExt, stream};
use serde_json::{Value, json};

use super::{ask, form::Form, read};
use crate::App;

/// Rows that are asked for at once.
const ROWS: u32 = 100;

/// The columns of a list of results.
const COLUMNS: [&str; 8] = ["soort", "titel", "overheid", "datum", "tijd", "id", "bron", "gelijke_bestanden"];

/// For whom a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// RFC 4180.
    Program,
    /// What a Dutch Excel opens as a table by itself.
    Excel,
}

impl Dialect {
    /// The first line, and what stands before it.
    pub fn head(self, columns: &[&str]) -> String {
        let mark = if self == Self::Excel { "\u{FEFF}" } else { "" };
        mark.to_owned() + &self.row(columns)
    }

    /// A row.
    pub fn row<T: AsRef<str>>(self, cells: &[T]) -> String {
        let delimiter = if self == Self::Excel { b';' } else { b',' };
        let mut writer = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        let written = writer.write_record(cells.iter().map(|text| plain(text.as_ref())));
        let bytes = written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    }
}

/// The answer that is a table, kept as a file of this name.
pub fn answer<E: Into<axum::BoxError>>(
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

/// What a cell says, and never a formula in whoever's spreadsheet.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// The day and the time of a moment, each in a column of its own.
pub fn day_and_time(moment: &str) -> (String, String) {
    let (day, time) = moment.split_once('T').unwrap_or((moment, ""));
    (day.to_owned(), time.get(..5).unwrap_or_default().to_owned())
}

/// The list of results for programs.
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Response {
    results(app, query.as_deref(), Dialect::Program).await
}

/// The same for Excel.
pub async fn list_for_excel(State(app): State<App>, RawQuery(query): RawQuery) -> Response {
    results(app, query.as_deref(), Dialect::Excel).await
}

/// The whole list of results, a row for each, however many there are.
async fn results(app: App, query: Option<&str>, dialect: Dialect) -> Response {
    let form = match read(&app, query) {
        Ok(form) => form,
        Err(refusal) => return refusal,
    };
    let first = match page(&app, &form).await {
        Ok(first) => first,
        Err(refusal) => return refusal,
    };
    let rows = stream::try_unfold(Step::Have(first, form), move |step| {
        let app = app.clone();
        async move {
            let (data, form) = match step {
                Step::Have(data, form) => (data, form),
                Step::Ask(form) => (page(&app, &form).await.map_err(|_| broken_off())?, form),
                Step::End => return Ok(None),
            };
            let edges = data["edges"].as_array().into_iter().flatten();
            let text: String = edges.map(|edge| dialect.row(&cells(edge))).collect();
            let info = &data["pageInfo"];
            let next = match (info["hasNextPage"] == true, info["endCursor"].as_str()) {
                (false, _) => Step::End,
                (true, Some(cursor)) => Step::Ask(form.with(&[("na", cursor)])),
                (true, None) => return Err(broken_off()),
            };
            Ok(Some((text, next)))
        }
    });
    let all = stream::once(std::future::ready(Ok(dialect.head(&COLUMNS)))).chain(rows);
    answer("raadhuis", dialect, all)
}

/// Where in the list one is.
enum Step {
    Have(Value, Form),
    Ask(Form),
    End,
}

/// A list that breaks off must not look like a whole one.
fn broken_off() -> std::io::Error {
    std::io::Error::other("the list broke off")
}

async fn page(app: &App, form: &Form) -> Result<Value, Response> {
    let mut variables = form.variables();
    // An order by day does not shift while things are added; one by relevance may.
    if variables["sort"].is_null() {
        variables["sort"] = json!("MEETING_DATE_NEWEST");
    }
    variables["first"] = json!(ROWS);
    let mut data = ask(app, include_str!("../../queries/list.graphql"), variables).await?;
    Ok(data["search"].take())
}

fn cells(edge: &Value) -> [String; COLUMNS.len()] {
    let node = &edge["node"];
    let first = |values: &[&Value]| {
        values.iter().find_map(|value| value.as_str()).map(str::to_owned).unwrap_or_default()
    };
    let kind = super::filters::dutch_word(node["__typename"].as_str().unwrap_or_default());
    let moment = first(&[
        &node["start"],
        &node["date"],
        &node["meeting"]["start"],
        &node["agendaItem"]["meeting"]["start"],
    ]);
    let (day, time) = day_and_time(&moment);
    [
        kind.to_owned(),
        first(&[&edge["title"]["text"]]),
        first(&[&node["authority"]["name"]]),
        day,
        time,
        first(&[&node["id"]]),
        first(&[&node["url"], &node["page"], &node["player"], &node["agendaItem"]["page"]]),
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
            Dialect::Program.row(&cells),
            "\"Motie \"\"Water\"\"; 2\",'=1+1,\"gewoon, ja\",,\"regel\neen\"\r\n"
        );
        assert_eq!(
            Dialect::Excel.row(&cells),
            "\"Motie \"\"Water\"\"; 2\";'=1+1;gewoon, ja;;\"regel\neen\"\r\n"
        );
        assert_eq!(Dialect::Excel.head(&["a", "b"]), "\u{FEFF}a;b\r\n");
    }

    #[test]
    fn a_day_and_a_time_stand_apart() {
        let apart = |text| day_and_time(text);
        assert_eq!(apart("2026-03-24T19:30:00+01:00"), ("2026-03-24".to_owned(), "19:30".to_owned()));
        assert_eq!(apart("2026-03-24"), ("2026-03-24".to_owned(), String::new()));
    }
}
