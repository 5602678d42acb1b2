//! Settings of this service by its operator: name, contact, public address, trusted proxies and API keys.

use std::net::IpAddr;

/// Settings of this service by its operator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// The name of the operator, which pages show.
    pub operator: Option<String>,
    /// A mail address or the address of a page.
    pub contact: Option<String>,
    /// The public address, without a slash at the end: `https://raadhuis.example`.
    pub address: Option<String>,
    /// The proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Vec<IpAddr>,
    /// Bearer tokens that raise the rate limit.
    pub api_keys: Vec<String>,
}

impl Site {
    /// The target of a link to the contact: `mailto:` for a mail address, the address itself for a page.
    pub fn contact_link(&self) -> Option<String> {
        let contact = self.contact.as_deref()?;
        if contact.starts_with("https://") || contact.starts_with("http://") {
            return Some(contact.to_owned());
        }
        (contact.contains('@') && !contact.contains(char::is_whitespace)).then(|| format!("mailto:{contact}"))
    }
}
