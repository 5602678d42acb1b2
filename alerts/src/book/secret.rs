//! The secret of a book, in a file of its own: a copy of the book alone opens and signs nothing.

use std::{
    fs::{self, File, OpenOptions, Permissions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// Who may read it: its owner.
const OWNER_ONLY: u32 = 0o600;

/// Its size, in bytes.
const SIZE: usize = 32;

/// Where the secret of a book lies.
pub fn place_of(book: &Path) -> PathBuf {
    book.with_extension("key")
}

/// Reads the secret, or makes the file: with what the book held before, else anew for a new book.
///
/// # Errors
/// The file cannot be read or made, is no secret, or is gone.
pub fn read_secret(place: &Path, held: Option<Vec<u8>>, is_new: bool) -> io::Result<Vec<u8>> {
    let wrong = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why.to_owned());
    match fs::read(place) {
        Ok(secret) if secret.len() == SIZE => {
            close_to_others(place)?;
            Ok(secret)
        }
        Ok(secret) => Err(wrong(&format!("{} has {} bytes, not {SIZE}", place.display(), secret.len()))),
        Err(why) if why.kind() == io::ErrorKind::NotFound => {
            let secret = match held {
                Some(held) => held,
                None if is_new => make_secret()?,
                None => {
                    return Err(wrong(&format!(
                        "{} is gone, by which readers confirm and end their alerts; put it back from a backup",
                        place.display()
                    )));
                }
            };
            write_secret(place, &secret)?;
            Ok(secret)
        }
        Err(why) => Err(why),
    }
}

/// Takes the right to read or write a file from everybody but its owner; whether anybody had it.
///
/// # Errors
/// The file is another's.
pub fn close_to_others(place: &Path) -> io::Result<bool> {
    let is_open = fs::metadata(place)?.permissions().mode() & 0o077 != 0;
    if is_open {
        fs::set_permissions(place, Permissions::from_mode(OWNER_ONLY))?;
    }
    Ok(is_open)
}

fn make_secret() -> io::Result<Vec<u8>> {
    let mut secret = vec![0; SIZE];
    getrandom::fill(&mut secret).map_err(|why| io::Error::other(why.to_string()))?;
    Ok(secret)
}

/// Writes it in one step, so that no half of it is ever read.
fn write_secret(place: &Path, secret: &[u8]) -> io::Result<()> {
    let beside = place.with_extension("key.new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(OWNER_ONLY).open(&beside)?;
    file.write_all(secret)?;
    file.sync_all()?;
    fs::rename(&beside, place)?;
    File::open(place.parent().unwrap_or(Path::new(".")))?.sync_all()
}
