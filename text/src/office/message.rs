//! Electronic mail: sender, recipients, date and subject, the body, then the attachments, which are opened
//! one level deep.

use mail_parser::{Address, MessageParser, MimeHeaders};
use raadhuis_schema::{CodedError, DiagnosticCode};

use super::{PageWriter, ReadResult, html, read_within};

pub fn read_message(bytes: &[u8], writer: &mut PageWriter) -> ReadResult {
    let message = MessageParser::default()
        .parse(bytes)
        .ok_or_else(|| CodedError::new(DiagnosticCode::UnreadableDocument, "it is no message"))?;
    let fields = [
        ("Van", join_names(message.from())),
        ("Aan", join_names(message.to())),
        ("Cc", join_names(message.cc())),
        ("Datum", message.date().map(mail_parser::DateTime::to_rfc3339).unwrap_or_default()),
        ("Onderwerp", message.subject().unwrap_or_default().to_owned()),
    ];
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
        writer.write_line(&format!("{name}: {value}"), None);
    }
    // The first body is the message; a plain text part precedes its HTML version.
    match (message.text_body.first(), message.body_text(0), message.body_html(0)) {
        (Some(at), _, Some(page))
            if message.part(*at).is_some_and(mail_parser::MessagePart::is_text_html) =>
        {
            html::read_page(page.as_bytes(), writer);
        }
        (_, Some(text), _) => writer.write_text(&text),
        _ => {}
    }
    writer.end_page();
    let mut trouble = None;
    for attachment in message.attachments() {
        let name = attachment.attachment_name().unwrap_or("bijlage");
        // Images are skipped: they are signatures or logos.
        let is_picture = attachment.content_type().is_some_and(|it| it.ctype().eq_ignore_ascii_case("image"));
        if is_picture || writer.is_full() {
            continue;
        }
        if let Err(error) = read_within(name, attachment.contents(), writer) {
            trouble.get_or_insert(error);
        }
    }
    trouble.map_or(Ok(()), Err)
}

/// Joins the names of addresses; an address without a name stands for itself.
fn join_names(address: Option<&Address<'_>>) -> String {
    let all = address.into_iter().flat_map(Address::iter);
    all.map(|it| it.name().or(it.address()).unwrap_or_default()).collect::<Vec<_>>().join(", ")
}
