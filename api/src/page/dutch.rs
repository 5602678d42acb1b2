//! Error texts in Dutch: pages speak to readers, GraphQL to programs.

use async_graphql::ServerError;
use axum::http::StatusCode;
use raadhuis_search::QueryError;

use crate::middleware::visitor::RATE_LIMITED;

/// The status, title and text of the page for a failed query.
pub fn refusal(error: &ServerError) -> (StatusCode, &'static str, &'static str) {
    let code = error.extensions.as_ref().and_then(|it| it.get("code"));
    let is = |known: &str| code.is_some_and(|code| *code == async_graphql::Value::from(known));
    if is(RATE_LIMITED) {
        let why = "U vroeg dit kort achter elkaar. Probeer het over een minuut nog eens.";
        return (StatusCode::TOO_MANY_REQUESTS, "Even wachten", why);
    }
    if is("INTERNAL_SERVER_ERROR") {
        let why = "Het ligt aan ons, en het staat in ons logboek. Probeer het later nog eens.";
        return (StatusCode::INTERNAL_SERVER_ERROR, "Er ging iets mis", why);
    }
    let why =
        "Een van de waarden in dit adres of formulier kennen wij niet, of de plaats in de lijst is verlopen.";
    (StatusCode::BAD_REQUEST, "Deze vraag kan niet worden beantwoord", why)
}

/// The error of a search query, with what the reader can do about it.
pub fn query_error(error: &QueryError) -> String {
    match error {
        QueryError::UnknownField { name, nearest } => format!(
            "Geen veld heet {name:?}; bedoelde u {nearest:?}? Met een spatie achter de dubbele punt is het een gewoon woord."
        ),
        QueryError::UnknownValue { field, value, nearest } => {
            format!("Het veld {field} kent geen {value:?}; bedoelde u {nearest:?}?")
        }
        QueryError::ShortPrefix(word) => {
            format!("{word}* zou te veel vinden: zet meer letters voor het sterretje.")
        }
        QueryError::TooManyWords(count) => format!("Dit zijn {count} woorden. Zoek met minder woorden."),
        QueryError::NearWhat => "NEAR staat tussen twee woorden, zoals in: brug NEAR/5 haven.".to_owned(),
        QueryError::NearHow(how) => {
            format!("NEAR/{how}: de afstand is een klein aantal woorden, zoals NEAR/5.")
        }
    }
}
