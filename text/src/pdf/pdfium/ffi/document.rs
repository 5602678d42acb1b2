//! An open PDF, and the annotations on its pages.

use std::{
    ffi::{CStr, c_int, c_uint, c_void},
    marker::PhantomData,
    ptr::NonNull,
};

use super::{Functions, Handle, PdfiumPage};
use crate::pdf::geometry::Rect;

pub struct PdfiumDocument<'a> {
    call: &'a Functions,
    handle: NonNull<c_void>,
    _bytes: PhantomData<&'a [u8]>,
}

impl<'a> PdfiumDocument<'a> {
    /// Wraps a document handle; the bytes must outlive the document.
    pub(super) fn from_handle(call: &'a Functions, handle: NonNull<c_void>) -> Self {
        Self { call, handle, _bytes: PhantomData }
    }
}

impl PdfiumDocument<'_> {
    pub fn page_count(&self) -> u32 {
        // SAFETY: the handle is open.
        let count = unsafe { (self.call.page_count)(self.handle.as_ptr()) };
        u32::try_from(count).unwrap_or(0)
    }

    /// Loads the page at an index from 0, its annotations drawn into its content.
    pub fn load_page(&self, index: u32) -> Option<PdfiumPage<'_>> {
        let index = c_int::try_from(index).ok()?;
        let handle = self.load_handle(index)?;
        // Filled-in forms and stamps are text of the page: flattening draws them into it, in memory only.
        // SAFETY: the page is loaded; it is closed once, before it is loaded again with what was drawn.
        unsafe {
            const FOR_DISPLAY: c_int = 0;
            const DONE: c_int = 1;
            let page = handle.as_ptr();
            let count = (self.call.count_annotations)(page);
            let covers = self.find_covers(page, count);
            if count > 0 && (self.call.flatten)(page, FOR_DISPLAY) == DONE {
                (self.call.close_page)(page);
                let handle = self.load_handle(index)?;
                return Some(PdfiumPage::from_handle(self.call, handle, covers));
            }
            Some(PdfiumPage::from_handle(self.call, handle, covers))
        }
    }

    fn load_handle(&self, index: c_int) -> Option<NonNull<c_void>> {
        // SAFETY: the handle is open; an index that is out of range gives a null pointer.
        NonNull::new(unsafe { (self.call.load_page)(self.handle.as_ptr(), index) })
    }

    /// Returns the rectangles of annotations that mark a redaction, or that are boxes without a drawing of
    /// their own.
    fn find_covers(&self, page: Handle, count: c_int) -> Vec<Rect> {
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
        const BLACK: c_uint = 60;
        const COLOUR: c_int = 0;
        const FILLING: c_int = 1;
        // SAFETY: the annotation is open.
        let (kind, flags) =
            unsafe { ((self.call.annotation_kind)(annotation), (self.call.annotation_flags)(annotation)) };
        match kind {
            REDACTION => true,
            _ if flags & UNSHOWN != 0 => false,
            SQUARE | CIRCLE => {
                self.has_key(annotation, c"IC") && self.opaque_colour(annotation, FILLING).is_some()
            }
            HIGHLIGHT => {
                self.has_key(annotation, c"C")
                    && self
                        .opaque_colour(annotation, COLOUR)
                        .is_some_and(|it| it.iter().all(|part| *part <= BLACK))
            }
            _ => false,
        }
    }
}

impl PdfiumDocument<'_> {
    fn has_key(&self, annotation: Handle, key: &CStr) -> bool {
        // SAFETY: the caller holds the annotation open; the key ends with a zero.
        unsafe { (self.call.annotation_has)(annotation, key.as_ptr()) != 0 }
    }

    /// Returns a colour of an annotation, if it is opaque. An annotation with a drawing of its own has none.
    fn opaque_colour(&self, annotation: Handle, which: c_int) -> Option<[c_uint; 3]> {
        const OPAQUE: c_uint = 250;
        let [mut red, mut green, mut blue, mut opaque] = [0; 4];
        // SAFETY: the caller holds the annotation open; each pointer is good for one number.
        let is_known = unsafe {
            let (red, green, blue) = (&raw mut red, &raw mut green, &raw mut blue);
            (self.call.annotation_colour)(annotation, which, red, green, blue, &raw mut opaque)
        };
        (is_known != 0 && opaque >= OPAQUE).then_some([red, green, blue])
    }
}

impl Drop for PdfiumDocument<'_> {
    fn drop(&mut self) {
        // SAFETY: the handle is open, and every page of it is closed.
        unsafe { (self.call.close)(self.handle.as_ptr()) };
    }
}
