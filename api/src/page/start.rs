//! The start page: the search form, the results and their facets.

use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde_json::{Value, json};

use super::{
    choose::{self, AuthorityChoice},
    form::{CHOICES, SearchForm},
    parse_form,
    record::template_data,
    render_page, run_query,
};
use crate::App;

const QUERY: &str = include_str!("../../queries/start.graphql");

const SHOWN: usize = 12;

/// Handler of `/`; a typed name of an authority redirects to the search with its id.
pub async fn show_start(State(app): State<App>, RawQuery(query): RawQuery) -> Response {
    let form = match parse_form(&app, query.as_deref()) {
        Ok(form) => form,
        Err(refusal) => return refusal,
    };
    let mut open = Value::Null;
    let form = match form.get("bij") {
        None => form,
        Some(typed) => match choose::resolve(&app, typed, &form).await {
            Ok(AuthorityChoice::One(address)) => return Redirect::to(&address).into_response(),
            Ok(AuthorityChoice::Open(why)) => {
                open = why;
                form.with_fields(&[("bij", "")])
            }
            Err(refusal) => return refusal,
        },
    };
    let searched = !form.is_empty();
    let mut variables = form.variables();
    variables["searched"] = searched.into();
    variables["year"] = find_chosen_year(&form).into();
    variables["inYear"] = find_chosen_year(&form).is_some().into();
    let mut data: Value = match run_query(&app, QUERY, variables).await {
        Ok(data) => data,
        Err(refusal) => return refusal,
    };
    if searched {
        data["choices"] = list_choices(&data["search"]["facets"], &form);
        data["years"] = list_years(&data["search"]["facets"], &form);
        data["next"] = data["search"]["pageInfo"]["endCursor"]
            .as_str()
            .map(|cursor| form.with_fields(&[("na", cursor)]).address("/"))
            .into();
        let followed = form.with_fields(&[("volgorde", "")]);
        data["atom"] = followed.address("/zoeken.atom").into();
        data["jsonFeed"] = followed.address("/zoeken.json").into();
        // Without mail no link leads to the form for alerts.
        data["alert"] = app.library.sends_mail().then(|| followed.address("/meldingen")).into();
        data["csv"] = form.with_fields(&[]).address("/zoeken.csv").into();
        data["excel"] = form.with_fields(&[]).address("/zoeken.excel.csv").into();
        data["first"] = form.get("na").map(|_| form.with_fields(&[]).address("/")).into();
        let instead = |text: &Value| text.as_str().map(|text| form.with_fields(&[("q", text)]).address("/"));
        data["proposal"] = instead(&data["search"]["didYouMean"]).into();
        data["broader"] = instead(&data["search"]["broader"]).into();
    }
    (data["names"], data["authorityCount"]) = (Value::Null, Value::Null);
    if !searched || !open.is_null() {
        match choose::load_names(&app).await {
            Ok((names, total)) => {
                data["names"] = names.into();
                data["authorityCount"] = total.into();
            }
            Err(refusal) => return refusal,
        }
    }
    data["form"] = form.to_template();
    data["form"]["bij"] = open["typed"].clone();
    data["open"] = open;
    data["searched"] = searched.into();
    render_page(&app.site, StatusCode::OK, "start.html", template_data(QUERY, &data))
}

fn facet_values<'a>(facets: &'a Value, facet: &str) -> Vec<&'a Value> {
    let all = facets.as_array().into_iter().flatten();
    let found = all.filter(|counts| counts["facet"] == facet);
    found.filter_map(|counts| counts["values"].as_array()).flatten().collect()
}

/// The facets for the template: for each value its count and the address that toggles it, chosen values first.
fn list_choices(facets: &Value, form: &SearchForm) -> Value {
    let choice = |(name, facet, _, title): (&str, &str, &str, &str)| {
        let chosen = form.values_of(name);
        let mut shown: Vec<Value> = facet_values(facets, facet)
            .into_iter()
            .map(|value| {
                let own = value["value"].as_str().unwrap_or_default();
                json!({
                    "label": value["label"],
                    "count": value["count"],
                    "chosen": chosen.contains(&own),
                    "address": form.toggled(name, own).address("/"),
                })
            })
            .collect();
        // A chosen value stays removable, also when no result has it.
        for own in chosen
            .iter()
            .filter(|own| !facet_values(facets, facet).iter().any(|value| value["value"] == ***own))
        {
            let address = form.toggled(name, own).address("/");
            shown.push(json!({"label": own, "count": 0, "chosen": true, "address": address}));
        }
        shown.sort_by_key(|value| value["chosen"] != true);
        shown.truncate(SHOWN.max(chosen.len()));
        json!({"title": title, "values": shown})
    };
    CHOICES.into_iter().map(choice).filter(|choice| choice["values"] != json!([])).collect()
}

/// The year, if the form's period is exactly one year of meetings.
fn find_chosen_year(form: &SearchForm) -> Option<String> {
    let year = form.get("van").filter(|_| form.get("datum").is_none())?.strip_suffix("-01-01")?;
    (form.get("tot") == Some(&format!("{year}-12-31"))).then(|| year.to_owned())
}

/// The years, each with the address that restricts the search to it; the chosen year has its months.
fn list_years(facets: &Value, form: &SearchForm) -> Value {
    let months = facets.as_array().into_iter().flatten().find(|counts| counts["facet"] == "MONTH");
    let years = facet_values(facets, "YEAR").into_iter().map(|value| {
        let year = value["value"].as_str().unwrap_or_default();
        let (from, until) = (format!("{year}-01-01"), format!("{year}-12-31"));
        let chosen = find_chosen_year(form).as_deref() == Some(year);
        let (from, until) = if chosen { ("", "") } else { (&*from, &*until) };
        json!({
            "label": year,
            "count": value["count"],
            "chosen": chosen,
            "address": form.with_fields(&[("van", from), ("tot", until), ("datum", "")]).address("/"),
            "months": months.filter(|_| chosen).map(|counts| &counts["ofYear"]),
        })
    });
    years.collect()
}
