//! Addresses that are safe to show. Old data folders hold addresses that were harvested before the harvester checked
//! them, so they are checked again on output.

use raadhuis_schema::{Tier, address::LONGEST_ADDRESS};
use raadhuis_text::bsn;
use serde_json::Value;
use url::Url;

/// The names of entity fields that hold an address.
const FIELDS: [&str; 4] = ["url", "page", "player", "file"];

/// The least digits that an address must have to hold a citizen service number.
const FEWEST_DIGITS: usize = 8;

/// The address, or `None` when it must not be shown.
pub fn filter_address(address: Option<&Url>) -> Option<&str> {
    address.map(Url::as_str).filter(|address| is_shown(address))
}

/// Replaces by null the addresses in an entity's JSON that must not be shown.
pub fn hide_addresses(entity: &mut Value) {
    for field in FIELDS {
        if let Some(value) = entity.get_mut(field)
            && value.as_str().is_some_and(|address| !is_shown(address))
        {
            *value = Value::Null;
        }
    }
}

/// Returns whether an address is an http or https address without a citizen service number.
fn is_shown(address: &str) -> bool {
    let behind = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let is_web = behind.is_some_and(|host| !host.is_empty() && !host.starts_with('/'));
    is_web && address.len() <= LONGEST_ADDRESS && !holds_number(address)
}

fn holds_number(address: &str) -> bool {
    address.bytes().filter(u8::is_ascii_digit).count() >= FEWEST_DIGITS
        && bsn::find_numbers(&address.replace("%20", " ").replace('+', " "))
            .iter()
            .any(|hit| hit.tier == Tier::High)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_shown() {
        for (address, is_one) in [
            ("https://raad.waterdam.example/stuk/123456782.pdf", true),
            ("http://raad.waterdam.example/", true),
            ("https://raad.waterdam.example/besluit%20BSN%20123456782.pdf", false),
            ("https://raad.waterdam.example/bsn_123456782.pdf", false),
            ("javascript:alert(1)", false),
            ("data:text/html,x", false),
        ] {
            assert_eq!(filter_address(address.parse().ok().as_ref()).is_some(), is_one, "{address}");
        }
        let mut entity =
            json!({"url": "javascript:alert(1)", "page": "https://raad.example/", "name": "file"});
        hide_addresses(&mut entity);
        assert_eq!(entity, json!({"url": null, "page": "https://raad.example/", "name": "file"}));
    }
}
