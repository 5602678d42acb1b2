//! From the bytes of a file to the text of its pages.

pub mod pdf;
pub mod raw;
