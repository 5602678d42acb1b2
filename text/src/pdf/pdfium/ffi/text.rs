//! The text of a page, character by character.

use std::{ffi::c_void, marker::PhantomData, ptr::NonNull};

use super::Functions;
use crate::pdf::geometry::Rect;

pub struct PageCharacters<'a> {
    call: &'a Functions,
    handle: NonNull<c_void>,
    _page: PhantomData<&'a ()>,
}

impl<'a> PageCharacters<'a> {
    /// Wraps a text handle; the page must outlive the text.
    pub(super) fn from_handle(call: &'a Functions, handle: NonNull<c_void>) -> Self {
        Self { call, handle, _page: PhantomData }
    }
}

impl PageCharacters<'_> {
    pub fn char_count(&self) -> i32 {
        // SAFETY: the text is loaded.
        unsafe { (self.call.count_chars)(self.handle.as_ptr()) }.max(0)
    }

    pub fn read_utf16(&self) -> Vec<u16> {
        let count = self.char_count();
        let mut text = vec![0_u16; usize::try_from(count).unwrap_or(0) + 1];
        // SAFETY: the text is loaded; the buffer holds what is asked for and the zero behind it.
        unsafe { (self.call.get_text)(self.handle.as_ptr(), 0, count, text.as_mut_ptr()) };
        text
    }

    /// Returns the Unicode code point at an index, or 0 if the index is out of range.
    pub fn char_at(&self, index: i32) -> u32 {
        // SAFETY: the text is loaded; an index that is out of range gives 0.
        unsafe { (self.call.unicode)(self.handle.as_ptr(), index) }
    }

    /// Returns the rectangle of a character's full height and advance.
    pub fn loose_box(&self, index: i32) -> Option<Rect> {
        let mut rect = Rect::default();
        // SAFETY: the text is loaded, the pointer good for one rectangle; a wrong index gives false.
        let is_known = unsafe { (self.call.loose_box)(self.handle.as_ptr(), index, &raw mut rect) };
        (is_known != 0).then_some(rect)
    }

    /// Returns the tight rectangle around the ink of a character.
    pub fn ink_box(&self, index: i32) -> Option<Rect> {
        let (mut left, mut right, mut bottom, mut top) = (0.0, 0.0, 0.0, 0.0);
        // SAFETY: the text is loaded, each pointer good for one number; a wrong index gives false.
        let is_known = unsafe {
            let (left, right, bottom, top) = (&raw mut left, &raw mut right, &raw mut bottom, &raw mut top);
            (self.call.tight_box)(self.handle.as_ptr(), index, left, right, bottom, top)
        };
        #[expect(clippy::cast_possible_truncation, reason = "points of a page")]
        let rect = Rect { left: left as f32, right: right as f32, bottom: bottom as f32, top: top as f32 };
        (is_known != 0).then_some(rect)
    }

    /// Returns an identifier of the object that contains a character, for comparison only.
    pub fn object_at(&self, index: i32) -> usize {
        // SAFETY: the text is loaded; a wrong index gives a null pointer.
        unsafe { (self.call.text_object)(self.handle.as_ptr(), index) }.addr()
    }

    /// Returns the font weight of a character: 400 is normal, 700 bold, -1 unknown.
    pub fn font_weight(&self, index: i32) -> i32 {
        // SAFETY: the text is loaded; a wrong index gives -1.
        unsafe { (self.call.font_weight)(self.handle.as_ptr(), index) }
    }
}

impl Drop for PageCharacters<'_> {
    fn drop(&mut self) {
        // SAFETY: the text is loaded.
        unsafe { (self.call.close_text)(self.handle.as_ptr()) };
    }
}
