//! Pictures of pages, painted on request by the confined workers that also read files. The newest pictures are cached in
//! memory; every request checks anew whether the page may be shown.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use raadhuis_text::Extractor;
use tokio::sync::Semaphore;

use super::{FileError, FilePart, find_file, load_bytes, with_headers};
use crate::{App, Library, etag::is_known};

/// The resolution of a picture: readable on a screen.
const DOTS_PER_INCH: u16 = 110;

/// The most requests that wait for a picture; further requests are answered with 429.
const MOST_WAITING: usize = 16;

/// The most bytes of pictures that are cached.
const MOST_KEPT: usize = 64 << 20;

/// Paints pages one at a time, and caches the newest pictures.
#[derive(Clone, Debug)]
pub struct PagePainter {
    extractor: Extractor,
    waiting: Arc<Semaphore>,
    painting: Arc<Semaphore>,
    newest: Arc<Mutex<Newest>>,
}

impl PagePainter {
    pub fn new(extractor: Extractor) -> Self {
        let waiting = Arc::new(Semaphore::new(MOST_WAITING));
        Self {
            extractor: extractor.with_workers(1),
            waiting,
            painting: Arc::new(Semaphore::new(1)),
            newest: Arc::default(),
        }
    }

    async fn paint_page(&self, library: &Library, sha: &str, page: u32) -> Result<Bytes, FileError> {
        let key = (sha.to_owned(), page);
        if let Some(picture) = self.lock_newest().get(&key) {
            return Ok(picture);
        }
        let _place = self.waiting.try_acquire().map_err(|_| FileError::Busy)?;
        // Files are large: load one only when its turn has come.
        let _turn = self.painting.acquire().await.map_err(|_| FileError::Busy)?;
        let file = load_bytes(library, sha).await?;
        let painted = self.extractor.picture(&file, page, DOTS_PER_INCH).await;
        let picture = painted.map_err(|_| FileError::Unknown("no picture of this page can be made"))?;
        let picture = Bytes::from(picture);
        self.lock_newest().insert(key, picture.clone());
        Ok(picture)
    }

    fn lock_newest(&self) -> std::sync::MutexGuard<'_, Newest> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Key = (String, u32);

/// Pictures in the order of their last use, the newest first.
#[derive(Debug, Default)]
struct Newest {
    pictures: VecDeque<(Key, Bytes)>,
    size: usize,
}

impl Newest {
    fn get(&mut self, key: &Key) -> Option<Bytes> {
        let at = self.pictures.iter().position(|(known, _)| known == key)?;
        let found = self.pictures.remove(at)?;
        self.pictures.push_front(found.clone());
        Some(found.1)
    }

    fn insert(&mut self, key: Key, picture: Bytes) {
        self.size += picture.len();
        self.pictures.push_front((key, picture));
        while self.size > MOST_KEPT
            && let Some((_, old)) = self.pictures.pop_back()
        {
            self.size -= old.len();
        }
    }

    fn remove_files(&mut self, gone: impl Fn(&str) -> bool) {
        self.pictures.retain(|((sha, _), _)| !gone(sha));
        self.size = self.pictures.iter().map(|(_, picture)| picture.len()).sum();
    }
}

/// Answers with the picture of one page.
pub async fn send_image(
    State(app): State<App>,
    Path((id, page)): Path<(String, u32)>,
    headers: HeaderMap,
) -> Response {
    answer_image(&app, &id, page, &headers).await.unwrap_or_else(IntoResponse::into_response)
}

async fn answer_image(app: &App, id: &str, page: u32, headers: &HeaderMap) -> Result<Response, FileError> {
    let (text, sha) = match find_file(&app.library, id, FilePart::Page(page)).await {
        Ok(found) => found,
        Err(lost) => {
            app.painter.drop_gone(&app.library).await;
            return Err(lost);
        }
    };
    if page == 0 || page > text.pages_total {
        return Err(FileError::Unknown("the document has no such page"));
    }
    let tag = format!("\"{sha}-{page}\"");
    if is_known(headers, &tag) {
        return Ok(with_headers(StatusCode::NOT_MODIFIED.into_response(), &tag));
    }
    let picture = app.painter.paint_page(&app.library, &sha, page).await?;
    Ok(with_headers(([(header::CONTENT_TYPE, "image/png")], picture).into_response(), &tag))
}

impl PagePainter {
    /// Drops the cached pictures of files that no living document has any more.
    async fn drop_gone(&self, library: &Library) {
        let mut files: Vec<String> =
            self.lock_newest().pictures.iter().map(|((sha, _), _)| sha.clone()).collect();
        files.sort_unstable();
        files.dedup();
        if let Ok(held) = library.store.texts_of(&files).await {
            self.lock_newest().remove_files(|sha| !held.iter().any(|(file, _)| file == sha));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_pictures_go_first() {
        let mut newest = Newest::default();
        let half = Bytes::from(vec![0; MOST_KEPT / 2]);
        for page in 1..=2 {
            newest.insert(("a".into(), page), half.clone());
        }
        assert!(newest.get(&("a".into(), 1)).is_some());
        newest.insert(("b".into(), 1), half);
        assert!(newest.get(&("a".into(), 2)).is_none() && newest.get(&("a".into(), 1)).is_some());
        newest.remove_files(|sha| sha == "a");
        assert_eq!((newest.pictures.len(), newest.size), (1, MOST_KEPT / 2));
    }
}
