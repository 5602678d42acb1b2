//! Filters of the templates: highlights, Dutch dates, Dutch words for closed sets.

use minijinja::{Environment, HtmlEscape, Value};
use raadhuis_schema::DUTCH_MONTHS;

pub fn add_filters(environment: &mut Environment<'static>) {
    environment.add_filter("mark", render_marks);
    environment.add_filter("when", format_when);
    environment.add_filter("clock", format_clock);
    environment.add_filter("dutch", to_dutch);
    environment.add_filter("path", encode_path);
}

/// Renders text with ranges as HTML: everything escaped, the ranges in `<mark>`.
fn render_marks(highlight: Value) -> Value {
    let text =
        highlight.get_attr("text").ok().and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default();
    let chars: Vec<char> = text.chars().collect();
    let piece = |from: usize, to: usize| chars.get(from..to).unwrap_or_default().iter().collect::<String>();
    let (mut html, mut at) = (String::new(), 0);
    let number = |range: &Value, name| range.get_attr(name).ok().and_then(|n| usize::try_from(n).ok());
    for range in
        highlight.get_attr("ranges").ok().and_then(|ranges| ranges.try_iter().ok()).into_iter().flatten()
    {
        if let (Some(start), Some(end)) = (number(&range, "start"), number(&range, "end")) {
            let (before, hit) = (piece(at, start), piece(start, end));
            html.extend([escape_html(&before), "<mark>".into(), escape_html(&hit), "</mark>".into()]);
            at = end;
        }
    }
    html.push_str(&escape_html(&piece(at, chars.len())));
    Value::from_safe_string(html)
}

fn escape_html(text: &str) -> String {
    HtmlEscape(text).to_string()
}

/// A day or a moment in Dutch: "24 maart 2026, 19:30 uur".
fn format_when(text: Value) -> String {
    let Some(text) = text.as_str() else { return String::new() };
    let (day, time) = text.split_once('T').unwrap_or((text, ""));
    let parts: Vec<usize> = day.split('-').filter_map(|part| part.parse().ok()).collect();
    if let [year, month] = parts[..] {
        return month_name(month).map_or_else(|| text.to_owned(), |name| format!("{name} {year}"));
    }
    let [year, month, day] = parts[..] else { return text.to_owned() };
    let Some(name) = month_name(month) else { return text.to_owned() };
    match time.get(..5) {
        Some(time) => format!("{day} {name} {year}, {time} uur"),
        None => format!("{day} {name} {year}"),
    }
}

fn month_name(month: usize) -> Option<&'static str> {
    DUTCH_MONTHS.get(month.wrapping_sub(1)).copied()
}

/// A second of a recording as "1:02:03".
fn format_clock(second: Value) -> String {
    let second = usize::try_from(second).unwrap_or_default();
    format!("{}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}

fn to_dutch(word: Value) -> String {
    word.as_str().map(|word| dutch_word(word).to_owned()).unwrap_or_default()
}

/// The Dutch word for the name of a kind, outcome or verdict; other words are unchanged.
pub fn dutch_word(word: &str) -> &str {
    match word {
        "Authority" | "authority" => "Overheid",
        "Committee" | "committee" => "Gremium",
        "Meeting" | "meeting" | "MEETING" => "Vergadering",
        "AgendaItem" | "agenda-item" | "AGENDA_ITEM" => "Agendapunt",
        "Document" | "document" | "DOCUMENT" => "Document",
        "DocumentText" | "document-text" => "Tekst",
        "Person" | "person" => "Persoon",
        "Party" | "party" => "Partij",
        "Membership" | "membership" => "Functie",
        "Motion" | "motion" => "Motie of amendement",
        "council_proposal" => "Raadsvoorstel",
        "MOTION" => "Motie",
        "AMENDMENT" | "amendment" => "Amendement",
        "Proposal" | "proposal" | "PROPOSAL" => "Voorstel",
        "Decision" | "decision" | "DECISION" => "Besluit",
        "Commitment" | "commitment" | "COMMITMENT" => "Toezegging",
        "WrittenQuestion" | "written-question" | "WRITTEN_QUESTION" => "Schriftelijke vragen",
        "Recording" | "recording" | "RECORDING" => "Opname",
        "Chapter" | "chapter" => "Fragment",
        "TranscriptSegment" | "transcript-segment" => "Ondertiteling",
        "RegisterEntry" | "register-entry" | "REGISTER_ENTRY" => "Registerstuk",
        "VoteEvent" | "vote-event" | "VOTE_EVENT" => "Stemming",
        "Vote" | "vote" => "Stem",
        "AGENDA" => "Agenda",
        "MINUTES" => "Verslag",
        "DECISION_LIST" => "Besluitenlijst",
        "LETTER" => "Brief",
        "QUESTION" => "Vragen",
        "ANSWER" => "Antwoord",
        "ADOPTED" => "Aangenomen",
        "REJECTED" => "Verworpen",
        "WITHDRAWN" => "Ingetrokken",
        "HELD_OVER" => "Aangehouden",
        "OTHER" => "Overig",
        "FAVOUR" => "voor",
        "AGAINST" => "tegen",
        "ABSTAIN" => "onthouden",
        "ABSENT" => "afwezig",
        "UNKNOWN" => "onbekend",
        "CONFIRMED" => "Gaat door",
        "UNCONFIRMED" => "Nog niet aangekondigd",
        "CANCELLED" => "Gaat niet door",
        "HEALTHY" => "Gezond",
        "SUSPICIOUS" => "Verdacht",
        "BROKEN" => "Defect",
        "IMMEDIATE" => "meteen",
        "DAILY" => "elke ochtend",
        "WEEKLY" => "elke maandag",
        "ASKED" => "gevraagd",
        "RECENT" => "recente dagen",
        "OWED" => "wat ontbrak",
        "HISTORY" => "een eerder jaar",
        "REREAD" => "het archief herlezen",
        "UNVERIFIABLE" => "Niet te controleren",
        "FAILING" => "Faalt",
        "BLOCKED" => "Geblokkeerd",
        "NEVER_HARVESTED" => "Nooit geoogst",
        "DISCONTINUED" => "Beëindigd",
        "NO_SOURCE" => "Geen bron",
        "MUNICIPALITY" => "Gemeente",
        "PROVINCE" => "Provincie",
        "WATER_AUTHORITY" => "Waterschap",
        "SUBMUNICIPAL" => "Stadsdeel",
        other => dutch_reason(other),
    }
}

/// The Dutch sentence for the code of a remark or a gap; other codes are unchanged.
fn dutch_reason(code: &str) -> &str {
    match code {
        "NOT_ASKED" => "Nog niet gevraagd.",
        "NOT_NAMED" => "De bron telt het mee en noemt het niet.",
        "FAILED" => "De bron gaf geen antwoord.",
        "TIMED_OUT" => "De bron antwoordde niet op tijd.",
        "THROTTLED" => "De bron vroeg om het rustiger aan te doen.",
        "REFUSED" => "De bron weigert het.",
        "UNREADABLE" => "Het antwoord van de bron is niet te lezen.",
        "DISALLOWED" => "De bron wil niet dat robots dit ophalen.",
        "TOO_LARGE" => "Het bestand is groter dan wij aannemen.",
        "BAD_ADDRESS" => "Het adres is er geen dat wij bezoeken.",
        "SECRET_MISSING" => "De sleutel van deze bron is niet gegeven.",
        "WITHHELD" => "De bron merkt het aan als niet openbaar.",
        "PRIVACY" => "Op verzoek verwijderd om iemands privacy.",
        "COPYRIGHT" => "Verwijderd omdat de maker het verspreiden niet toestaat.",
        "COURT" => "Verwijderd op last van een rechter.",
        "READER_DIED" => "Het bestand brak de lezer van documenten.",
        "SCAN_WITHOUT_TEXT" => "Er zijn bladzijden die plaatjes zijn; daarvan is geen tekst gelezen.",
        "ENCRYPTED" => "Het bestand opent alleen met een wachtwoord.",
        "UNSUPPORTED_FORMAT" => "Dit soort bestand kan nog niet worden gelezen.",
        "UNREADABLE_DOCUMENT" => "Het bestand is beschadigd.",
        "GONE" => "De bron geeft dit bestand niet meer.",
        "PARTIAL_TEXT" => "Niet alle bladzijden konden worden gelezen.",
        "UNEXPECTED_SHAPE" => "Een veld van het antwoord heeft een vorm die wij niet kennen.",
        "MISSING_ID" => "Wat geen nummer heeft, kan niet worden bewaard.",
        "REPEATED_ID" => "Twee dingen hebben hetzelfde nummer; één ervan is bewaard.",
        "IMPOSSIBLE_TIME" => "Wat hier staat is geen datum of tijd.",
        "DOUBTFUL_TIME" => "De klok wees deze tijd twee keer, of nooit; wij namen de eerste lezing.",
        "UNKNOWN_FIELD" => "De bron geeft een veld dat wij niet kennen.",
        "TALLY_DIFFERS" => "De stemmen tellen niet op tot wat de bron als uitslag opgeeft.",
        "INCOMPLETE_LISTING" => "De bron kondigde meer aan dan zij gaf.",
        "UNRECORDED" => "Dit antwoord is niet opgenomen.",
        "PERSONAL_NUMBER" => "Er is een burgerservicenummer gevonden; het is weggehaald of achtergehouden.",
        "HIDDEN_TEXT" => "Er staat tekst onder een dekkend vlak; de bladzijde is achtergehouden.",
        "SILENT" => "De bron gaf niets, terwijl zij eerder wel gaf.",
        "IMPLAUSIBLE" => "De bron noemt zo veel niet meer dat wij het niet geloven; er is niets verwijderd.",
        "TOO_MANY_QUESTIONS" => "De bron noemt zo veel dat wij bij de volgende keer verder vragen.",
        "HORIZON" => "De bron toont niets meer van voor een zekere dag; wat wij hadden blijft.",
        "MISSING" => "Vergaderingen die de lijst niet meer noemt, zijn aan hun eigen adres nagevraagd.",
        "TAKEN_DOWN" => "Dit bestand is eerder verwijderd en blijft dat.",
        other => other,
    }
}

/// Encodes a text as one segment of an address.
fn encode_path(text: Value) -> String {
    let mut url = url::Url::parse("http://x/").ok();
    if let (Some(url), Some(text)) = (url.as_mut(), text.as_str())
        && let Ok(mut segments) = url.path_segments_mut()
    {
        segments.clear().push(text);
    }
    url.map(|url| url.path().trim_start_matches('/').to_owned()).unwrap_or_default()
}
