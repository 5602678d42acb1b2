//! The text of a page, character by character.

use std::{ffi::c_void, marker::PhantomData, ptr::NonNull};

use super::Functions;
use crate::pdf::geometry::Rect;

/// The text of a page.
pub struct Text<'a> {
    call: &'a Functions,
    handle: NonNull<c_void>,
    _page: PhantomData<&'a ()>,
}

impl<'a> Text<'a> {
    /// The text of a page that is loaded as long as it is.
    pub(super) fn of(call: &'a Functions, handle: NonNull<c_void>) -> Self {
        Self { call, handle, _page: PhantomData }
    }
}

impl Text<'_> {
    /// How many characters it has.
    pub fn count(&self) -> i32 {
        // SAFETY: the text is loaded.
        unsafe { (self.call.count_chars)(self.handle.as_ptr()) }.max(0)
    }

    /// All of it at once, in UTF-16.
    pub fn all(&self) -> Vec<u16> {
        let count = self.count();
        let mut text = vec![0_u16; usize::try_from(count).unwrap_or(0) + 1];
        // SAFETY: the text is loaded; the buffer holds what is asked for and the zero behind it.
        unsafe { (self.call.get_text)(self.handle.as_ptr(), 0, count, text.as_mut_ptr()) };
        text
    }

    /// The character at an index.
    pub fn char(&self, index: i32) -> u32 {
        // SAFETY: the text is loaded; an index that is out of range gives 0.
        unsafe { (self.call.unicode)(self.handle.as_ptr(), index) }
    }

    /// Where a character stands.
    pub fn place(&self, index: i32) -> Option<Rect> {
        let mut rect = Rect::default();
        // SAFETY: the text is loaded, the pointer good for one rectangle; a wrong index gives false.
        let is_known = unsafe { (self.call.loose_box)(self.handle.as_ptr(), index, &raw mut rect) };
        (is_known != 0).then_some(rect)
    }

    /// Where the ink of a character stands.
    pub fn ink(&self, index: i32) -> Option<Rect> {
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

    /// The object that writes a character, as a number that is only good for comparing.
    pub fn object(&self, index: i32) -> usize {
        // SAFETY: the text is loaded; a wrong index gives a null pointer.
        unsafe { (self.call.text_object)(self.handle.as_ptr(), index) }.addr()
    }

    /// How heavy a character is: 400 is normal, 700 bold; -1 where nobody knows.
    pub fn weight(&self, index: i32) -> i32 {
        // SAFETY: the text is loaded; a wrong index gives -1.
        unsafe { (self.call.font_weight)(self.handle.as_ptr(), index) }
    }
}

impl Drop for Text<'_> {
    fn drop(&mut self) {
        // SAFETY: the text is loaded.
        unsafe { (self.call.close_text)(self.handle.as_ptr()) };
    }
}
