//! The page of a meeting at the portal, the only source of votes by name and of the times of speakers.
//!
//! Two layouts are known: blocks named after the vote (`chart_12`), with a chart that repeats the totals; and numbered
//! blocks (`voting_1`), with the totals in a label for screen readers.

use raadhuis_schema::{
    AgendaItem, Chapter, Choice, Diagnostic, Entity, Id, Kind, Meeting, Named, Origin, Outcome, Recording,
    Standing, Tally, Vote, VoteEvent,
};
use scraper::ElementRef;

use super::Reading;
use crate::supplier::{UnreadableError, html, notubiz::Stretch, portal::is_citizen};

/// Reads the page, except `withheld` items and speakers within a `closed` stretch.
pub fn read_page(
    reading: &mut Reading<'_>,
    bytes: &[u8],
    meeting: u64,
    recording: Option<u64>,
    withheld: &[u64],
    closed: &[Stretch],
) -> Result<(), UnreadableError> {
    let page = html::parse_page(bytes)?;
    let root = page.root_element();
    if html::select_first(root, "[id^='ai_']").is_none() {
        return Err(UnreadableError("the page shows no agenda".into()));
    }
    let of = reading.id::<Meeting>(meeting);
    let origin = Origin::Aspect { aspect: "page".into(), of: of.as_entity().clone() };
    reading.complete(origin.clone(), None, None);
    for block in html::select_all(root, "[id^='chart_'], [id^='voting_']") {
        let item = html::number_around(block, "ai_");
        let numbers = [item, html::number_in_id(block, "chart_")];
        if !numbers.into_iter().flatten().any(|number| withheld.contains(&number)) {
            add_vote(reading, block, &origin, meeting, item);
        }
    }
    if let Some(recording) = recording {
        let recording = reading.id::<Recording>(recording);
        for speaker in html::select_all(root, "li.speaker_index") {
            chapter(reading, speaker, &origin, &recording, withheld, closed);
        }
    }
    Ok(())
}

fn add_vote(
    reading: &mut Reading<'_>,
    block: ElementRef<'_>,
    origin: &Origin,
    meeting: u64,
    item: Option<u64>,
) {
    let chart = html::number_in_id(block, "chart_");
    let (id, around, title) = match (chart, html::number_in_id(block, "voting_")) {
        (Some(native), _) => {
            (reading.id::<VoteEvent>(native), html::following(block, "chart_"), String::new())
        }
        (None, Some(number)) => {
            let title = html::select_first(block, "h5").map(html::own_text).unwrap_or_default();
            (reading.id::<VoteEvent>(format!("{meeting}-{number}")), vec![block], title)
        }
        _ => return,
    };
    let mut tally = Tally::default();
    let lists: Vec<_> = around.iter().flat_map(|element| html::select_all(*element, ".votes_list")).collect();
    for list in &lists {
        for party in html::select_all(*list, "ul > li")
            .into_iter()
            .filter(|li| html::select_first(*li, "li").is_some())
        {
            let name = html::own_text(party);
            for member in html::select_all(party, "li") {
                named_vote(reading, member, &name, &id, origin, &mut tally);
            }
        }
    }
    let said =
        around.iter().map(|element| totals_text(*element)).collect::<Vec<_>>().join(" ").to_lowercase();
    let counted = (tally != Tally::default()).then_some(tally);
    let stated = parse_totals(&said).filter(|stated| *stated != Tally::default());
    if counted.is_none() && stated.is_none() {
        return;
    }
    let words = parse_result(&said);
    let event = VoteEvent {
        agenda_item: item.map(|item| reading.id(item)),
        meeting: Some(reading.id(meeting)),
        title: Some(title).filter(|title| !title.is_empty()),
        outcome: words.as_deref().and_then(Outcome::of_words),
        outcome_words: words,
        tally: counted,
        stated,
        ..VoteEvent::bare(id, reading.authority())
    };
    reading.describe(origin, Standing::Mention, Entity::VoteEvent(event));
}

fn named_vote(
    reading: &mut Reading<'_>,
    member: ElementRef<'_>,
    party: &str,
    event: &Id<VoteEvent>,
    origin: &Origin,
    tally: &mut Tally,
) {
    let name = html::own_text(member);
    let Some(class) = member.attr("class") else { return };
    let choice = match class.split_whitespace().next().unwrap_or_default() {
        "in_favor" | "voor" => Choice::Favour,
        "against" | "tegen" => Choice::Against,
        "abstain" | "abstained" | "blank" | "onthouding" => Choice::Abstain,
        "absent" | "afwezig" => Choice::Absent,
        _ => {
            let path = format!("/{event}");
            let subject = reading.notes.subject();
            reading.notes.add_diagnostic(Diagnostic::unexpected_shape(
                subject,
                &path,
                "a known choice",
                "another word",
            ));
            Choice::Unknown
        }
    };
    if name.is_empty() {
        reading.notes.add_diagnostic(Diagnostic::missing_id(
            reading.notes.subject(),
            &format!("/{event}"),
            Kind::Vote,
        ));
        return;
    }
    tally.add_votes(choice, 1);
    let id = Id::within(event.as_entity(), format!("{party} {name}").to_lowercase());
    let vote = Vote {
        name: Some(name),
        party: Some(Named { name: Some(party.to_owned()), id: None }).filter(|_| !party.is_empty()),
        ..Vote::bare(id, reading.authority(), event.clone(), choice)
    };
    reading.describe(origin, Standing::Mention, Entity::Vote(vote));
}

/// Text that may contain the totals: the script of the chart, or a label.
fn totals_text(element: ElementRef<'_>) -> String {
    let label = html::select_first(element, "[role='figure']").and_then(|figure| figure.attr("aria-label"));
    let is_script = element.value().name() == "script";
    if is_script { html::inner_text(element) } else { label.unwrap_or_default().to_owned() }
}

/// The totals in `['tegen (9x)',9]` or in `tegen: 9 stemmen`.
fn parse_totals(said: &str) -> Option<Tally> {
    let favour = number_after(said, &["voor (", "voor:"])?;
    let against = number_after(said, &["tegen (", "tegen:"])?;
    let abstain =
        number_after(said, &["onthouding (", "onthouding:", "onthouden (", "blanco ("]).unwrap_or(0);
    let absent = number_after(said, &["afwezig (", "afwezig:"]).unwrap_or(0);
    Some(Tally { favour, against, abstain, absent, unknown: 0 })
}

/// The number after the first of `words` that occurs.
fn number_after(said: &str, words: &[&str]) -> Option<u32> {
    let behind = words.iter().find_map(|word| Some(said.split_once(word)?.1))?;
    let digits = behind.trim_start_matches([' ', '(', ':']);
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// The result in `title: 'Resultaat: verworpen'`, or before the totals of a label.
fn parse_result(said: &str) -> Option<String> {
    let words = match said.split_once("resultaat:") {
        Some((_, rest)) => rest.split('\'').next()?,
        None => said.split_once(';')?.0,
    };
    Some(words.trim().to_owned()).filter(|words| !words.is_empty() && words.len() < 80)
}

fn attribute_number(element: ElementRef<'_>, name: &str) -> Option<u32> {
    element.attr(name)?.parse().ok()
}

fn chapter(
    reading: &mut Reading<'_>,
    speaker: ElementRef<'_>,
    origin: &Origin,
    recording: &Id<Recording>,
    withheld: &[u64],
    closed: &[Stretch],
) {
    let start = attribute_number(speaker, "data-start_offset");
    let (Some(native), Some(start)) = (html::number_in_id(speaker, "si_"), start) else {
        let subject = reading.notes.subject();
        reading.notes.add_diagnostic(Diagnostic::missing_id(subject, "/speaker_index", Kind::Chapter));
        return;
    };
    let end = attribute_number(speaker, "data-end_offset").filter(|end| *end >= start);
    let item = html::number_around(speaker, "ai_");
    let is_closed =
        closed.iter().any(|stretch| start <= stretch.end && end.unwrap_or(start) >= stretch.start);
    if is_closed || item.is_some_and(|item| withheld.contains(&item)) {
        return;
    }
    let chapter = Chapter {
        agenda_item: item.map(|item| reading.id::<AgendaItem>(item)),
        speaker: office_holder(&html::inner_text(speaker)),
        ends_at: end,
        ..Chapter::bare(
            Id::within(recording.as_entity(), format!("si-{native}")),
            reading.authority(),
            recording.clone(),
            start,
        )
    };
    reading.describe(origin, Standing::Mention, Entity::Chapter(chapter));
}

/// The name in `spreker: Name (party or role) 00:00:04`, when the words in brackets name an office or a party.
fn office_holder(words: &str) -> Option<String> {
    let said = words.split_once(':').map_or(words, |(_, said)| said);
    let (name, role) = said.rsplit_once('(')?;
    let role = role.split(')').next()?.trim().to_lowercase();
    let is_citizen = role.is_empty() || is_citizen(&role);
    let name = name.trim();
    (!is_citizen && !name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn citizens_who_speak_are_not_named() {
        let check = |words: &str, name: Option<&str>| assert_eq!(office_holder(words).as_deref(), name);
        check("spreker: Mirthe Kadewinde (Waterdams Belang) 00:05:58", Some("Mirthe Kadewinde"));
        check("spreker: Rietkamer, T. (Thijmen) (Ondernemend Waterdam) 1", Some("Rietkamer, T. (Thijmen)"));
        check("spreker: A. Bos (burgemeester)", Some("A. Bos"));
        check("spreker: A. Bos (inspreker)", None);
        check("spreker: A. Bos (namens Stichting Vlierbos)", None);
        check("spreker: A. Bos (burger)", None);
        check("spreker: A. Bos", None);
    }

    #[test]
    fn totals_are_read_from_drawings_and_from_labels() {
        let drawn = "['stem', 'aantal'], ['tegen (9x)',9], ['voor (6x)',6] title: 'resultaat: verworpen', x";
        assert_eq!(parse_totals(drawn), Some(Tally { favour: 6, against: 9, ..Tally::default() }));
        assert_eq!(parse_result(drawn).as_deref(), Some("verworpen"));
        let label =
            "aangenomen; voor: 5 stemmen, tegen: 3 stemmen, onthouding: 2 stemmen, afwezig: 1 stemmen";
        let tally = Tally { favour: 5, against: 3, abstain: 2, absent: 1, unknown: 0 };
        assert_eq!((parse_totals(label), parse_result(label).as_deref()), (Some(tally), Some("aangenomen")));
        assert_eq!((parse_totals("niets"), parse_result("niets")), (None, None));
    }
}
