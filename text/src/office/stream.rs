//! The streams of a compound file.

use std::io::{Cursor, Read};

use cfb::CompoundFile;
use raadhuis_schema::CodedError;

use super::damaged;

pub type Compound<'a> = CompoundFile<Cursor<&'a [u8]>>;

pub fn read_stream(file: &mut Compound<'_>, name: &str, most: u64) -> Result<Vec<u8>, CodedError> {
    let mut bytes = Vec::new();
    file.open_stream(name).map_err(damaged)?.take(most).read_to_end(&mut bytes).map_err(damaged)?;
    Ok(bytes)
}
