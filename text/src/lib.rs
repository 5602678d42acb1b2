//! From the bytes of a file to the text of its pages.

pub mod office;
pub mod pdf;
pub mod raw;
pub mod sniff;
pub mod tidy;
