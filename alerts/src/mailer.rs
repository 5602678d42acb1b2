//! Sends mail over SMTP, to the one server that the operator names.

use std::time::Duration;

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
};

use crate::mail::Mail;

/// A server that says nothing for so long is gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends mail.
#[derive(Clone, Debug)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Why a letter did not leave.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Unsent {
    /// What the other side said, without who it was to.
    pub why: String,
    /// Whether it is of no use to try again.
    pub for_good: bool,
}

impl Mailer {
    /// Sends by the server at `url` (`smtps://user:password@host`, `smtp://host:587?tls=required`), from that mailbox.
    ///
    /// # Errors
    /// One of both is not what it should be. The address is not repeated: it may hold a password.
    pub fn new(url: &str, from: &str) -> Result<Self, String> {
        // A second call finds the provider in place; that is no error.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let from = from
            .parse()
            .map_err(|_| format!("{from:?} is no mailbox, such as Raadhuis <meldingen@raadhuis.example>"))?;
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| {
            "the address of the mail server is none; it looks like smtps://user:password@host".to_owned()
        })?;
        Ok(Self { transport: server.timeout(Some(PATIENCE)).build(), from })
    }

    /// Sends a letter under an id that is the same however often it is sent.
    ///
    /// # Errors
    /// The server cannot be had, or refuses it.
    pub async fn send(&self, mail: &Mail, id: &str) -> Result<(), Unsent> {
        let message = self.message(mail, id).map_err(|why| Unsent { why, for_good: true })?;
        let sent = self.transport.send(message).await;
        sent.map(|_| ()).map_err(|error| Unsent {
            // What a server says may name the address it was to.
            why: error.status().map_or_else(
                || "the mail server cannot be had".to_owned(),
                |code| format!("the mail server answered {code}"),
            ),
            for_good: error.is_permanent(),
        })
    }

    fn message(&self, mail: &Mail, id: &str) -> Result<Message, String> {
        let to = Mailbox::new(None, mail.to.parse().map_err(|_| "the address is none".to_owned())?);
        let domain = self.from.email.domain();
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&mail.subject)
            .message_id(Some(format!("<{id}@{domain}>")))
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.clone())
            .map_err(|why| why.to_string())?;
        let mut add = |name, value: String| {
            message.headers_mut().insert_raw(HeaderValue::new(HeaderName::new_from_ascii_str(name), value));
        };
        // No machine answers a machine.
        add("Auto-Submitted", "auto-generated".into());
        if let Some(address) = &mail.unsubscribe {
            add("List-Unsubscribe", format!("<{address}>"));
            add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".into());
        }
        Ok(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_letter_has_the_headers_by_which_it_is_ended_with_one_click() {
        let mailer = Mailer::new("smtp://127.0.0.1:1", "Raadhuis <meldingen@raadhuis.example>").unwrap();
        let mail = Mail {
            to: "lezer@waterdam.example".into(),
            subject: "Één\r\nBcc: x@y.example".into(),
            text: "Tekst".into(),
            unsubscribe: Some("https://raadhuis.example/meldingen/opzeggen?sleutel=a".into()),
        };
        let text = String::from_utf8(mailer.message(&mail, "letter-3-ab").unwrap().formatted()).unwrap();
        let head = text.split("\r\n\r\n").next().unwrap();
        for line in [
            "Message-ID: <letter-3-ab@raadhuis.example>",
            "List-Unsubscribe: <https://raadhuis.example/meldingen/opzeggen?sleutel=a>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "Auto-Submitted: auto-generated",
        ] {
            assert!(head.contains(line), "{line} in {head}");
        }
        assert!(!head.contains("\nBcc:"), "{head}");
        let unsent = mailer.send(&mail, "letter-3-ab").await.unwrap_err();
        assert_eq!((unsent.why.as_str(), unsent.for_good), ("the mail server cannot be had", false));
    }

    #[test]
    fn a_server_that_is_none_is_refused_without_its_password() {
        let why = Mailer::new("geheim", "a@b.example").unwrap_err();
        assert!(!why.contains("geheim") && why.contains("smtps://"), "{why}");
        assert!(Mailer::new("smtp://localhost", "geen adres").is_err());
    }
}
