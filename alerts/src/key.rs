//! Keys: what a letter holds, and by which whoever has it confirms, changes or ends an alert. None is stored: each is the number
//! of its alert, sealed with the secret of this book.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Bytes of the seal.
const SEAL: usize = 16;

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To confirm an alert.
    Confirm,
    /// To see, change and end it.
    Manage,
    /// None: it only names a letter.
    Letter,
}

/// The key of an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(pub String);

impl Key {
    /// The key to an alert.
    pub fn of(secret: &[u8], purpose: Purpose, number: i64) -> Self {
        let bytes: Vec<u8> = number.to_be_bytes().into_iter().chain(seal(secret, purpose, number)).collect();
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The number of the alert it is the key to; `None` where it is no key, or one for something else.
    pub fn opens(&self, secret: &[u8], purpose: Purpose) -> Option<i64> {
        let bytes = URL_SAFE_NO_PAD.decode(&self.0).ok()?;
        let (number, sealed) = bytes.split_first_chunk::<8>()?;
        let number = i64::from_be_bytes(*number);
        mac(secret, purpose, number).verify_truncated_left(sealed).ok()?;
        (sealed.len() == SEAL).then_some(number)
    }
}

fn seal(secret: &[u8], purpose: Purpose, number: i64) -> Vec<u8> {
    mac(secret, purpose, number).finalize().into_bytes().into_iter().take(SEAL).collect()
}

fn mac(secret: &[u8], purpose: Purpose, number: i64) -> Hmac<Sha256> {
    let purpose: &[u8] = match purpose {
        Purpose::Confirm => b"confirm",
        Purpose::Manage => b"manage",
        Purpose::Letter => b"letter",
    };
    let mut mac = keyed(secret);
    mac.update(purpose);
    mac.update(&number.to_be_bytes());
    mac
}

/// A seal with that secret, of whatever length.
pub(crate) fn keyed(secret: &[u8]) -> Hmac<Sha256> {
    // HMAC takes a key of any length.
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    Hmac::<Sha256>::new_from_slice(secret).expect("a key of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_its_own_alert_for_its_own_purpose_only() {
        let key = Key::of(b"secret", Purpose::Confirm, 7);
        assert_eq!(key.opens(b"secret", Purpose::Confirm), Some(7));
        assert_eq!(key.opens(b"secret", Purpose::Manage), None);
        assert_eq!(key.opens(b"another", Purpose::Confirm), None);
        for other in ["", "a", &key.0[..20], &format!("{}A", key.0), &key.0.replace('A', "B")] {
            assert_eq!(Key(other.to_owned()).opens(b"secret", Purpose::Confirm), None, "{other}");
        }
    }
}
