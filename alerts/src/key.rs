//! Keys in notifications, with which a reader confirms, changes or ends an alert. Keys are not stored: a key is the
//! number of its alert, authenticated with the secret of the alert store.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const SEAL: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPurpose {
    Confirm,
    Manage,
    /// No action: the key serves as the id of a notification.
    Letter,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(pub String);

impl Key {
    pub fn new(secret: &[u8], purpose: KeyPurpose, number: i64) -> Self {
        let bytes: Vec<u8> =
            number.to_be_bytes().into_iter().chain(compute_seal(secret, purpose, number)).collect();
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The number of the alert that the key belongs to; `None` if it is invalid or has another purpose.
    pub fn opened_alert(&self, secret: &[u8], purpose: KeyPurpose) -> Option<i64> {
        let bytes = URL_SAFE_NO_PAD.decode(&self.0).ok()?;
        let (number, sealed) = bytes.split_first_chunk::<8>()?;
        let number = i64::from_be_bytes(*number);
        alert_mac(secret, purpose, number).verify_truncated_left(sealed).ok()?;
        (sealed.len() == SEAL).then_some(number)
    }
}

fn compute_seal(secret: &[u8], purpose: KeyPurpose, number: i64) -> Vec<u8> {
    alert_mac(secret, purpose, number).finalize().into_bytes().into_iter().take(SEAL).collect()
}

fn alert_mac(secret: &[u8], purpose: KeyPurpose, number: i64) -> Hmac<Sha256> {
    let purpose: &[u8] = match purpose {
        KeyPurpose::Confirm => b"confirm",
        KeyPurpose::Manage => b"manage",
        KeyPurpose::Letter => b"letter",
    };
    let mut mac = new_mac(secret);
    mac.update(purpose);
    mac.update(&number.to_be_bytes());
    mac
}

pub(crate) fn new_mac(secret: &[u8]) -> Hmac<Sha256> {
    // HMAC takes a key of any length.
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    Hmac::<Sha256>::new_from_slice(secret).expect("a key of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_its_own_alert_for_its_own_purpose_only() {
        let key = Key::new(b"secret", KeyPurpose::Confirm, 7);
        assert_eq!(key.opened_alert(b"secret", KeyPurpose::Confirm), Some(7));
        assert_eq!(key.opened_alert(b"secret", KeyPurpose::Manage), None);
        assert_eq!(key.opened_alert(b"another", KeyPurpose::Confirm), None);
        for other in ["", "a", &key.0[..20], &format!("{}A", key.0), &key.0.replace('A', "B")] {
            assert_eq!(Key(other.to_owned()).opened_alert(b"secret", KeyPurpose::Confirm), None, "{other}");
        }
    }
}
