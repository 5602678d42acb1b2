//! Sends mail over SMTP, to the server that the operator configures.

use std::time::Duration;

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
};

use crate::mail::Mail;

const SEND_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Clone, Debug)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct SendError {
    /// The reason, without the recipient's address.
    pub why: String,
    /// The failure is permanent: sending again is pointless.
    pub for_good: bool,
}

impl Mailer {
    /// A mailer for the server at `url` (`smtps://user:password@host`, `smtp://host:587?tls=required`), with `from` as the sender.
    ///
    /// # Errors
    /// The URL or the mailbox is invalid. The message does not repeat the URL, which may hold a password.
    pub fn new(url: &str, from: &str) -> Result<Self, String> {
        // Fails if a provider is already installed, which is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let from = from
            .parse()
            .map_err(|_| format!("{from:?} is no mailbox, such as Raadhuis <meldingen@raadhuis.example>"))?;
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| {
            "the address of the mail server is none; it looks like smtps://user:password@host".to_owned()
        })?;
        Ok(Self { transport: server.timeout(Some(SEND_TIMEOUT)).build(), from })
    }

    /// Sends a mail. `id` must be the same for every attempt.
    ///
    /// # Errors
    /// The server is unreachable, or refuses the mail.
    pub async fn send_mail(&self, mail: &Mail, id: &str) -> Result<(), SendError> {
        let message = self.message(mail, id).map_err(|why| SendError { why, for_good: true })?;
        let sent = self.transport.send(message).await;
        sent.map(|_| ()).map_err(|error| SendError {
            // The server's own text may contain the recipient's address.
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
        // Tells automatic responders not to reply.
        add_header(&mut message, "Auto-Submitted", "auto-generated".into());
        if let Some(address) = &mail.unsubscribe {
            add_header(&mut message, "List-Unsubscribe", format!("<{address}>"));
            add_header(&mut message, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click".into());
        }
        Ok(message)
    }
}

fn add_header(message: &mut Message, name: &'static str, value: String) {
    message.headers_mut().insert_raw(HeaderValue::new(HeaderName::new_from_ascii_str(name), value));
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
        let unsent = mailer.send_mail(&mail, "letter-3-ab").await.unwrap_err();
        assert_eq!((unsent.why.as_str(), unsent.for_good), ("the mail server cannot be had", false));
    }

    #[test]
    fn a_server_that_is_none_is_refused_without_its_password() {
        let why = Mailer::new("geheim", "a@b.example").unwrap_err();
        assert!(!why.contains("geheim") && why.contains("smtps://"), "{why}");
        assert!(Mailer::new("smtp://localhost", "geen adres").is_err());
    }
}
