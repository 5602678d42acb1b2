//! Builds webhook messages: a body, and the Standard Webhooks headers by which the receiver verifies the sender and detects
//! repeats. Pure.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::Mac;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{Key, Notification, NotificationItem, key::new_mac};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub headers: [(&'static str, String); 3],
    pub body: String,
}

/// The signing secret of an alert, as `whsec_…`.
pub fn derive_secret(of_book: &[u8], number: i64) -> String {
    let mut mac = new_mac(of_book);
    mac.update(b"webhook");
    mac.update(&number.to_be_bytes());
    format!("whsec_{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// Builds and signs a message. `id` must be the same for every attempt, so that the receiver can detect repeats.
pub fn message(id: &str, secret: &str, data: &Value, now: Timestamp) -> Message {
    let body = data.to_string();
    let at = now.as_second().to_string();
    let headers = [
        ("webhook-id", id.to_owned()),
        ("webhook-signature", signature(id, secret, &at, &body)),
        ("webhook-timestamp", at),
    ];
    Message { headers, body }
}

/// The value of the `webhook-signature` header.
///
/// # Panics
/// The secret is none that this service makes: `whsec_` and Base64.
#[expect(clippy::expect_used, reason = "an empty key in place of a damaged one would sign for everybody")]
pub fn signature(id: &str, secret: &str, at: &str, body: &str) -> String {
    let key = STANDARD.decode(secret.trim_start_matches("whsec_")).expect("the secret is Base64");
    let mut mac = new_mac(&key);
    mac.update(format!("{id}.{at}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// The request for confirmation. `keys` are those of the alerts, in the same order.
pub fn build_request(notification: &Notification, keys: &[Key], now: Timestamp) -> Value {
    let alerts = notification.alerts.iter().zip(keys).map(|(alert, key)| {
        json!({"alert": alert.number, "name": alert.wanted.name, "query": alert.wanted.query, "confirmToken": key.0})
    });
    json!({"type": "alert.confirm", "timestamp": now.to_string(), "data": {"alerts": alerts.collect::<Vec<_>>()}})
}

/// The message about new entities. `key` manages the alert.
pub fn build_news(
    notification: &Notification,
    items: &[NotificationItem],
    key: &Key,
    now: Timestamp,
) -> Value {
    let items = items.iter().map(|item| {
        json!({
            "id": item.id,
            "kind": item.kind.as_str(),
            "title": item.title,
            "authority": item.authority,
            "date": item.day,
            "page": item.page,
            "text": item.text,
            "url": item.address,
            "sourceUrl": item.source,
        })
    });
    let alert = notification.alerts.first();
    json!({
        "type": "alert.news",
        "timestamp": now.to_string(),
        "data": {
            "alert": alert.map(|alert| alert.number),
            "name": alert.map(|alert| &alert.wanted.name),
            "items": items.collect::<Vec<_>>(),
            "manageToken": key.0,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_signed_as_standard_webhooks_says() {
        // The example of the specification.
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let (id, at) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330");
        assert_eq!(
            signature(id, secret, at, r#"{"test": 2432232314}"#),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
        let now = Timestamp::from_second(1_614_265_330).unwrap();
        let message = message(id, secret, &json!({"test": 1}), now);
        assert_eq!(message.headers[0].1, id);
        assert_eq!(message.headers[2].1, at);
        assert_eq!(message.headers[1].1, signature(id, secret, at, &message.body));
    }
}
