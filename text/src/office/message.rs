//! A message of electronic mail: who wrote to whom about what, the words, then the attachments, which are opened one level.

use mail_parser::{Address, MessageParser, MimeHeaders};
use raadhuis_schema::RemarkCode;

use super::{Ended, Paper, html, read_within};

/// Reads the message.
pub fn read(bytes: &[u8], paper: &mut Paper) -> Ended {
    let unreadable = || (RemarkCode::UnreadableDocument, "it is no message".to_owned());
    let message = MessageParser::default().parse(bytes).ok_or_else(unreadable)?;
    let names = |address: Option<&Address<'_>>| address.map(names).unwrap_or_default();
    let fields = [
        ("Van", names(message.from())),
        ("Aan", names(message.to())),
        ("Cc", names(message.cc())),
        ("Datum", message.date().map(mail_parser::DateTime::to_rfc3339).unwrap_or_default()),
        ("Onderwerp", message.subject().unwrap_or_default().to_owned()),
    ];
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
        paper.line(&format!("{name}: {value}"), None);
    }
    // The first of the bodies is the message; a text stands before the page that says the same.
    match (message.text_body.first(), message.body_text(0), message.body_html(0)) {
        (Some(at), _, Some(page))
            if message.part(*at).is_some_and(mail_parser::MessagePart::is_text_html) =>
        {
            html::read(page.as_bytes(), paper);
        }
        (_, Some(text), _) => paper.write(&text),
        _ => {}
    }
    paper.turn();
    let mut trouble = None;
    for attachment in message.attachments() {
        let name = attachment.attachment_name().unwrap_or("bijlage");
        // A signature or a logo is no paper.
        let is_picture = attachment.content_type().is_some_and(|it| it.ctype().eq_ignore_ascii_case("image"));
        if is_picture || paper.is_full() {
            continue;
        }
        if let Err(refusal) = read_within(name, attachment.contents(), paper) {
            trouble.get_or_insert(refusal);
        }
    }
    trouble.map_or(Ok(()), Err)
}

/// The names of those addressed; where there is no name, the address.
fn names(address: &Address<'_>) -> String {
    let name = |it: &mail_parser::Addr<'_>| it.name().or(it.address()).unwrap_or_default().to_owned();
    address.iter().map(name).collect::<Vec<_>>().join(", ")
}
