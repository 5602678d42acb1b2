//! A ZIP archive, opened with limits against bombs.

use std::{
    borrow::Cow,
    io::{Cursor, Read},
};

use raadhuis_schema::RemarkCode;
use zip::{ZipArchive, result::ZipError};

use super::{damaged, too_large};
use crate::pdf::Refusal;

/// The most entries of an archive.
const MOST_ENTRIES: usize = 5000;

/// The most that all entries may hold together once unpacked, in bytes.
const MOST_UNPACKED: u64 = 200 << 20;

/// How many times larger than packed an entry may be, once it is larger than [`ALWAYS`]: paper compresses 10 times.
const MOST_RATIO: u64 = 200;

/// Entries up to this size may have any ratio.
const ALWAYS: u64 = 10 << 20;

/// An archive that is open.
pub struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    unpacked: u64,
}

impl<'a> Package<'a> {
    /// Opens it.
    pub fn open(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
        if archive.len() > MOST_ENTRIES {
            return Err(too_large(&format!("an archive of more than {MOST_ENTRIES} files")));
        }
        Ok(Self { archive, unpacked: 0 })
    }

    /// The names of its files, in their order.
    pub fn names(&self) -> Vec<String> {
        self.archive.file_names().flatten().map(Cow::into_owned).collect()
    }

    /// Whether it holds a file of this name.
    pub fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// One of its files; `None` when there is none of this name.
    pub fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let mut file = match self.archive.by_name(name) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err((RemarkCode::Encrypted, "the archive opens with a password only".to_owned()));
            }
            Err(other) => return Err(damaged(other)),
        };
        let by_ratio = file.compressed_size().saturating_mul(MOST_RATIO).max(ALWAYS);
        let most = by_ratio.min(MOST_UNPACKED - self.unpacked.min(MOST_UNPACKED));
        let mut bytes = Vec::new();
        // The size it claims is not believed.
        let read = file.by_ref().take(most + 1).read_to_end(&mut bytes).map_err(damaged)?;
        self.unpacked += read as u64;
        if read as u64 > most {
            return Err(too_large("an archive that unpacks to far more than it is"));
        }
        Ok(Some(bytes))
    }

    /// One of its files that must be there.
    pub fn need(&mut self, name: &str) -> Result<Vec<u8>, Refusal> {
        self.part(name)?.ok_or_else(|| damaged(format!("it lacks {name}")))
    }
}
