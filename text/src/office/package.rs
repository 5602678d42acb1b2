//! A ZIP archive, opened with limits against decompression bombs.

use std::{
    borrow::Cow,
    io::{Cursor, Read},
};

use raadhuis_schema::{CodedError, DiagnosticCode};
use zip::{ZipArchive, result::ZipError};

use super::{damaged, too_large};

const MOST_ENTRIES: usize = 5000;

/// The most bytes that all entries together may unpack to.
const MOST_UNPACKED: u64 = 200 << 20;

/// The largest compression ratio of an entry larger than [`ALWAYS`]. Council papers compress about 10 times.
const MOST_RATIO: u64 = 200;

/// Entries up to this size, in bytes, may have any ratio.
const ALWAYS: u64 = 10 << 20;

pub struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    unpacked: u64,
}

impl<'a> Package<'a> {
    pub fn open(bytes: &'a [u8]) -> Result<Self, CodedError> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
        if archive.len() > MOST_ENTRIES {
            return Err(too_large(&format!("an archive of more than {MOST_ENTRIES} files")));
        }
        Ok(Self { archive, unpacked: 0 })
    }

    pub fn member_names(&self) -> Vec<String> {
        self.archive.file_names().flatten().map(Cow::into_owned).collect()
    }

    pub fn contains_file(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// Unpacks one file. Returns `None` if the archive has no file of this name.
    pub fn read_entry(&mut self, name: &str) -> Result<Option<Vec<u8>>, CodedError> {
        let mut file = match self.archive.by_name(name) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err(CodedError::new(
                    DiagnosticCode::Encrypted,
                    "the archive opens with a password only".to_owned(),
                ));
            }
            Err(other) => return Err(damaged(other)),
        };
        let by_ratio = file.compressed_size().saturating_mul(MOST_RATIO).max(ALWAYS);
        let most = by_ratio.min(MOST_UNPACKED - self.unpacked.min(MOST_UNPACKED));
        let mut bytes = Vec::new();
        // The declared size is not trusted.
        let read = file.by_ref().take(most + 1).read_to_end(&mut bytes).map_err(damaged)?;
        self.unpacked += read as u64;
        if read as u64 > most {
            return Err(too_large("an archive that unpacks to far more than it is"));
        }
        Ok(Some(bytes))
    }

    pub fn read_member(&mut self, name: &str) -> Result<Vec<u8>, CodedError> {
        self.read_entry(name)?.ok_or_else(|| damaged(format!("it lacks {name}")))
    }
}
