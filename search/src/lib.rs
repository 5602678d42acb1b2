//! A replaceable projection of the store that answers words.
