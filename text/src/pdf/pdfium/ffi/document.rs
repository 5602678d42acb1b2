//! A PDF that is open.

use std::{
    ffi::{CStr, c_int, c_uint, c_void},
    marker::PhantomData,
    ptr::NonNull,
};

use super::{Functions, Handle, Page};
use crate::pdf::geometry::Rect;

/// A PDF that is open.
pub struct Document<'a> {
    call: &'a Functions,
    handle: NonNull<c_void>,
    _bytes: PhantomData<&'a [u8]>,
}

impl<'a> Document<'a> {
    /// A document whose bytes live as long as it does.
    pub(super) fn of(call: &'a Functions, handle: NonNull<c_void>) -> Self {
        Self { call, handle, _bytes: PhantomData }
    }
}

impl Document<'_> {
    /// How many pages it says it has.
    pub fn pages(&self) -> u32 {
        // SAFETY: the handle is open.
        let count = unsafe { (self.call.page_count)(self.handle.as_ptr()) };
        u32::try_from(count).unwrap_or(0)
    }

    /// One page, from 0.
    pub fn page(&self, index: u32) -> Option<Page<'_>> {
        let index = c_int::try_from(index).ok()?;
        // SAFETY: the handle is open; an index that is out of range gives a null pointer.
        let load = || NonNull::new(unsafe { (self.call.load_page)(self.handle.as_ptr(), index) });
        let handle = load()?;
        // What was filled in and stamped on a page is text of that page: it is drawn into it, in memory only.
        // SAFETY: the page is loaded; it is closed once, before it is loaded again with what was drawn.
        unsafe {
            const FOR_DISPLAY: c_int = 0;
            const DONE: c_int = 1;
            let page = handle.as_ptr();
            let count = (self.call.count_annotations)(page);
            let covers = self.covers(page, count);
            if count > 0 && (self.call.flatten)(page, FOR_DISPLAY) == DONE {
                (self.call.close_page)(page);
                let handle = load()?;
                return Some(Page::of(self.call, handle, covers));
            }
            Some(Page::of(self.call, handle, covers))
        }
    }

    /// Where annotations of a page say that something is to be redacted, or are boxes that viewers draw by themselves.
    fn covers(&self, page: Handle, count: c_int) -> Vec<Rect> {
        const MOST: c_int = 1_000;
        let mut found = Vec::new();
        for index in 0..count.clamp(0, MOST) {
            // SAFETY: the page is loaded, the index below the count; an annotation is closed once, the pointer good for one
            // rectangle.
            unsafe {
                let annotation = (self.call.get_annotation)(page, index);
                if annotation.is_null() {
                    continue;
                }
                let mut place = Rect::default();
                if self.is_cover(annotation) && (self.call.annotation_place)(annotation, &raw mut place) != 0
                {
                    found.push(place);
                }
                (self.call.close_annotation)(annotation);
            }
        }
        found
    }

    fn is_cover(&self, annotation: Handle) -> bool {
        const SQUARE: c_int = 5;
        const CIRCLE: c_int = 6;
        const HIGHLIGHT: c_int = 9;
        const REDACTION: c_int = 28;
        const UNSHOWN: c_int = 0b10_0010;
        const OPAQUE: c_uint = 250;
        const BLACK: c_uint = 60;
        const COLOUR: c_int = 0;
        const FILLING: c_int = 1;
        // SAFETY: the annotation is open, a key ends with a zero.
        let (kind, flags, has) = unsafe {
            let has = |key: &CStr| (self.call.annotation_has)(annotation, key.as_ptr()) != 0;
            ((self.call.annotation_kind)(annotation), (self.call.annotation_flags)(annotation), has)
        };
        let colour_of = |which| {
            let [mut red, mut green, mut blue, mut opaque] = [0; 4];
            // SAFETY: the annotation is open, each pointer good for one number. It tells none where there is a drawing.
            let is_known = unsafe {
                let (red, green, blue) = (&raw mut red, &raw mut green, &raw mut blue);
                (self.call.annotation_colour)(annotation, which, red, green, blue, &raw mut opaque)
            };
            (is_known != 0 && opaque >= OPAQUE).then_some([red, green, blue])
        };
        match kind {
            REDACTION => true,
            _ if flags & UNSHOWN != 0 => false,
            SQUARE | CIRCLE => has(c"IC") && colour_of(FILLING).is_some(),
            HIGHLIGHT => {
                has(c"C") && colour_of(COLOUR).is_some_and(|it| it.iter().all(|part| *part <= BLACK))
            }
            _ => false,
        }
    }
}

impl Drop for Document<'_> {
    fn drop(&mut self) {
        // SAFETY: the handle is open, and every page of it is closed.
        unsafe { (self.call.close)(self.handle.as_ptr()) };
    }
}
