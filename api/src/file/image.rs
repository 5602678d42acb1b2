//! A picture of one page, painted when somebody asks, by the same confined workers that read files. The newest pictures are
//! kept in memory; whether one may be shown is looked up each time.

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

use super::{Lost, Wanted, bytes, find, with_manners};
use crate::{App, Library, etag::is_known};

/// How fine a page is painted: readable on a screen.
const DOTS_PER_INCH: u16 = 110;

/// Pictures that may be waited for; who comes then is told to come back.
const MOST_WAITING: usize = 16;

/// The most that is kept in memory, in bytes.
const MOST_KEPT: usize = 64 << 20;

/// What paints pages, and the newest pictures.
#[derive(Clone, Debug)]
pub struct Painter {
    extractor: Extractor,
    waiting: Arc<Semaphore>,
    painting: Arc<Semaphore>,
    newest: Arc<Mutex<Newest>>,
}

impl Painter {
    /// One page at a time, by this program's worker.
    pub fn new(extractor: Extractor) -> Self {
        let waiting = Arc::new(Semaphore::new(MOST_WAITING));
        Self {
            extractor: extractor.with_workers(1),
            waiting,
            painting: Arc::new(Semaphore::new(1)),
            newest: Arc::default(),
        }
    }

    async fn paint(&self, library: &Library, sha: &str, page: u32) -> Result<Bytes, Lost> {
        let key = (sha.to_owned(), page);
        if let Some(picture) = self.newest().get(&key) {
            return Ok(picture);
        }
        let _place = self.waiting.try_acquire().map_err(|_| Lost::Busy)?;
        // Files are large: whoever waits holds none.
        let _turn = self.painting.acquire().await.map_err(|_| Lost::Busy)?;
        let file = bytes(library, sha).await?;
        let painted = self.extractor.picture(&file, page, DOTS_PER_INCH).await;
        let picture = painted.map_err(|_| Lost::Unknown("no picture of this page can be made"))?;
        let picture = Bytes::from(picture);
        self.newest().put(key, picture.clone());
        Ok(picture)
    }

    fn newest(&self) -> std::sync::MutexGuard<'_, Newest> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Key = (String, u32);

/// Pictures in the order in which they were last asked for, the newest first.
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

    fn put(&mut self, key: Key, picture: Bytes) {
        self.size += picture.len();
        self.pictures.push_front((key, picture));
        while self.size > MOST_KEPT
            && let Some((_, old)) = self.pictures.pop_back()
        {
            self.size -= old.len();
        }
    }

    /// Forgets all pages of a file.
    fn forget(&mut self, gone: impl Fn(&str) -> bool) {
        self.pictures.retain(|((sha, _), _)| !gone(sha));
        self.size = self.pictures.iter().map(|(_, picture)| picture.len()).sum();
    }
}

/// The picture.
pub async fn image(
    State(app): State<App>,
    Path((id, page)): Path<(String, u32)>,
    headers: HeaderMap,
) -> Response {
    answer(&app, &id, page, &headers).await.unwrap_or_else(IntoResponse::into_response)
}

async fn answer(app: &App, id: &str, page: u32, headers: &HeaderMap) -> Result<Response, Lost> {
    let (text, sha) = match find(&app.library, id, Wanted::Page(page)).await {
        Ok(found) => found,
        Err(lost) => {
            app.painter.drop_gone(&app.library).await;
            return Err(lost);
        }
    };
    if page == 0 || page > text.pages_total {
        return Err(Lost::Unknown("the document has no such page"));
    }
    let tag = format!("\"{sha}-{page}\"");
    if is_known(headers, &tag) {
        return Ok(with_manners(StatusCode::NOT_MODIFIED.into_response(), &tag));
    }
    let picture = app.painter.paint(&app.library, &sha, page).await?;
    Ok(with_manners(([(header::CONTENT_TYPE, "image/png")], picture).into_response(), &tag))
}

impl Painter {
    /// Forgets the pictures of files that nobody holds any more.
    async fn drop_gone(&self, library: &Library) {
        let mut files: Vec<String> = self.newest().pictures.iter().map(|((sha, _), _)| sha.clone()).collect();
        files.sort_unstable();
        files.dedup();
        if let Ok(held) = library.store.texts_of(&files).await {
            self.newest().forget(|sha| !held.iter().any(|(file, _)| file == sha));
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
            newest.put(("a".into(), page), half.clone());
        }
        assert!(newest.get(&("a".into(), 1)).is_some());
        newest.put(("b".into(), 1), half);
        assert!(newest.get(&("a".into(), 2)).is_none() && newest.get(&("a".into(), 1)).is_some());
        newest.forget(|sha| sha == "a");
        assert_eq!((newest.pictures.len(), newest.size), (1, MOST_KEPT / 2));
    }
}
