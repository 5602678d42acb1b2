//! Writes notifications, in Dutch. Pure.

use std::fmt::Write;

use jiff::{Timestamp, civil::Date};
use raadhuis_schema::{DUTCH_MONTHS, Kind};
use url::Url;

use crate::{Alert, Frequency, Key, Notification, NotificationItem};

/// Maximum number of entities listed in a notification; the rest is only counted.
const SHOWN: usize = 40;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The public URL of this service, without a trailing slash.
    pub address: String,
    pub operator: Option<String>,
    pub contact: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub text: String,
    /// The URL for one-click unsubscription (RFC 8058); `None` before the alert is confirmed.
    pub unsubscribe: Option<String>,
}

/// The notification that requests confirmation. `keys` are those of the alerts, in the same order.
pub fn build_request(notification: &Notification, keys: &[Key], sender: &Sender) -> Option<Mail> {
    let to = notification.alerts.first()?.wanted.channel.as_text().to_owned();
    let mut text =
        "Iemand, waarschijnlijk u, vroeg Raadhuis u te schrijven zodra er iets nieuws is over:\n".to_owned();
    for (alert, key) in notification.alerts.iter().zip(keys) {
        let _ = write!(
            text,
            "\n* {} ({})\n  Bevestig dat u dit wilt:\n  {}/meldingen/bevestigen?sleutel={}\n",
            defanged(&alert.wanted.name),
            dutch_frequency(alert.wanted.frequency),
            sender.address,
            key.0
        );
    }
    text += "\nVroeg u dit niet? Dan hoeft u niets te doen. U hoort niets meer, en uw adres wordt binnen 48 uur gewist.\n";
    let subject = match notification.alerts.len() {
        1 => "Bevestig uw melding van Raadhuis".to_owned(),
        several => format!("Bevestig uw {several} meldingen van Raadhuis"),
    };
    Some(Mail { to, subject, text: text + &notification_footer(sender), unsubscribe: None })
}

/// The notification about new entities. `key` manages the alert.
pub fn build_news(
    notification: &Notification,
    items: &[NotificationItem],
    key: &Key,
    sender: &Sender,
) -> Option<Mail> {
    let alert = notification.alerts.first()?;
    let since = notification.news.iter().map(|(_, at)| *at).min()?;
    let name = &alert.wanted.name;
    let subject = match items {
        [] => return None,
        [only] => format!("{} ({}): nieuw over {name}", item_title(only), only.authority),
        several => format!("{} keer iets nieuws over {name}", several.len()),
    };
    let mut text = format!("Nieuw over {name}:\n");
    for item in items.iter().take(SHOWN) {
        text += &describe_item(item);
    }
    if items.len() > SHOWN {
        let _ = write!(text, "\nEn nog {} andere.\n", items.len() - SHOWN);
    }
    let manage = format!("{}/meldingen/beheren?sleutel={}", sender.address, key.0);
    let _ = write!(
        text,
        "\nAlles bij elkaar:\n{}\n\nMinder vaak, even niet, of niet meer:\n{manage}\n",
        page_link(alert, since, &sender.address)
    );
    Some(Mail {
        to: alert.wanted.channel.as_text().to_owned(),
        subject,
        text: text + &notification_footer(sender),
        unsubscribe: Some(format!("{}/meldingen/opzeggen?sleutel={}", sender.address, key.0)),
    })
}

fn describe_item(item: &NotificationItem) -> String {
    let mut where_ = vec![item.authority.clone()];
    where_.extend(item.day.map(dutch_day));
    where_.extend(item.page.map(|page| format!("pagina {page}")));
    let text = item.text.as_ref().map(|text| format!("  \u{201e}{text}\u{201d}\n")).unwrap_or_default();
    format!("\n* {}\n  {}\n{text}  {}\n", item_title(item), where_.join(", "), item.address)
}

fn item_title(item: &NotificationItem) -> String {
    let title = item.title.as_deref().unwrap_or_default();
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    if title.is_empty() { dutch_kind(item.kind).to_owned() } else { title }
}

/// The page that a notification links to, restricted to changes since `since`.
fn page_link(alert: &Alert, since: Timestamp, own: &str) -> String {
    let page = &alert.wanted.page;
    if page.starts_with('/') {
        let day = raadhuis_schema::When::At(since).day();
        return format!("{own}{page}{}van={day}", if page.contains('?') { '&' } else { '?' });
    }
    match page.parse::<Url>() {
        Ok(mut url) => {
            url.query_pairs_mut().append_pair("since", &since.to_string());
            url.to_string()
        }
        Err(_) => page.clone(),
    }
}

fn notification_footer(sender: &Sender) -> String {
    let who = sender.operator.as_deref().unwrap_or("de beheerder van deze dienst");
    let reach = sender.contact.as_ref().map(|contact| format!(" ({contact})")).unwrap_or_default();
    format!(
        "\n-- \nRaadhuis, {}\nDit bericht is van {who}{reach}. Uw gegevens: {}/privacy\n",
        sender.address, sender.address
    )
}

/// Removes characters that a mail program would turn into a link: a stranger may have chosen the name.
fn defanged(name: &str) -> String {
    name.replace([':', '/', '.', '@', '\\'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn dutch_frequency(frequency: Frequency) -> &'static str {
    match frequency {
        Frequency::Immediate => "meteen",
        Frequency::Daily => "elke ochtend",
        Frequency::Weekly => "elke maandag",
    }
}

fn dutch_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Meeting => "Vergadering",
        Kind::AgendaItem => "Agendapunt",
        Kind::Document => "Document",
        Kind::Motion => "Motie",
        Kind::Proposal => "Voorstel",
        Kind::Decision => "Besluit",
        Kind::Commitment => "Toezegging",
        Kind::WrittenQuestion => "Schriftelijke vraag",
        Kind::VoteEvent => "Stemming",
        Kind::Recording => "Opname",
        _ => "Stuk",
    }
}

fn dutch_day(day: Date) -> String {
    let month = usize::from(day.month().unsigned_abs()).saturating_sub(1);
    format!("{} {} {}", day.day(), DUTCH_MONTHS.get(month).copied().unwrap_or_default(), day.year())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{AlertSettings, Channel};

    fn sender() -> Sender {
        Sender {
            address: "https://raadhuis.example".into(),
            operator: Some("Stichting Waterdam".into()),
            contact: Some("post@waterdam.example".into()),
        }
    }

    fn notification(page: &str) -> Notification {
        let alert = Alert {
            number: 7,
            wanted: AlertSettings {
                channel: Channel::Mail("lezer@waterdam.example".into()),
                query: "kademuur".into(),
                filter: raadhuis_search::EntryFilter::default(),
                frequency: Frequency::Daily,
                name: "\u{201e}kademuur\u{201d} in Waterdam".into(),
                page: page.into(),
            },
            is_confirmed: true,
            is_paused: false,
            made: Timestamp::UNIX_EPOCH,
            after: 0,
        };
        let news = vec![("document:x:1:1".parse().unwrap(), "2026-11-29T07:00:00Z".parse().unwrap())];
        Notification { number: 3, alerts: vec![alert], asks: false, news, tries: 1 }
    }

    fn item() -> NotificationItem {
        NotificationItem {
            id: "document:x:1:1".parse().unwrap(),
            kind: Kind::Document,
            title: Some("Herstel\r\nkademuur".into()),
            authority: "Waterdam".into(),
            day: Some(date(2026, 12, 3)),
            page: Some(4),
            text: Some("… de kademuur wordt hersteld …".into()),
            address: "https://raadhuis.example/id/document:x:1:1".into(),
            source: None,
        }
    }

    #[test]
    fn a_letter_names_authority_title_day_and_page_and_how_to_end_it() {
        let mail = build_news(
            &notification("/?q=kademuur&datum=gezien"),
            &[item()],
            &Key("sleutel".into()),
            &sender(),
        )
        .unwrap();
        assert_eq!(mail.subject, "Herstel kademuur (Waterdam): nieuw over „kademuur” in Waterdam");
        for piece in [
            "* Herstel kademuur\n  Waterdam, 3 december 2026, pagina 4\n  „… de kademuur wordt hersteld …”\n  https://raadhuis.example/id/document:x:1:1",
            "https://raadhuis.example/?q=kademuur&datum=gezien&van=2026-11-29",
            "https://raadhuis.example/meldingen/beheren?sleutel=sleutel",
            "Stichting Waterdam (post@waterdam.example)",
        ] {
            assert!(mail.text.contains(piece), "{piece} in {}", mail.text);
        }
        assert_eq!(mail.unsubscribe.unwrap(), "https://raadhuis.example/meldingen/opzeggen?sleutel=sleutel");
        let of_app = build_news(
            &notification("https://app.example/GM9101?a=b"),
            &[item()],
            &Key("x".into()),
            &sender(),
        );
        assert!(
            of_app.unwrap().text.contains("https://app.example/GM9101?a=b&since=2026-11-29T07%3A00%3A00Z")
        );
        assert_eq!(build_news(&notification("/"), &[], &Key("x".into()), &sender()), None);
    }

    #[test]
    fn a_letter_that_asks_names_what_is_asked_and_promises_to_forget() {
        let mut notification = notification("/");
        notification.alerts.push(notification.alerts[0].clone());
        notification.alerts[0].wanted.name = "Win: https://www.kwaad.example/x".into();
        let mail = build_request(&notification, &[Key("een".into()), Key("twee".into())], &sender()).unwrap();
        assert_eq!(mail.subject, "Bevestig uw 2 meldingen van Raadhuis");
        assert!(mail.text.contains("* Win https www kwaad example x (elke ochtend)"), "{}", mail.text);
        assert!(
            mail.text.contains("bevestigen?sleutel=een") && mail.text.contains("bevestigen?sleutel=twee")
        );
        assert!(mail.text.contains("binnen 48 uur gewist") && mail.unsubscribe.is_none());
    }
}
