//! A loaded page and its objects.

use std::{
    ffi::{c_float, c_int, c_uint, c_void},
    marker::PhantomData,
    ptr::NonNull,
};

use super::{Functions, GetColour, Handle, PageCharacters};
use crate::pdf::{
    geometry::{Matrix, Rect},
    pdfium::object::{Colour, ObjectKind},
};

/// An object of a page, or of a form on it.
#[derive(Clone, Copy)]
pub struct Object<'a> {
    pub kind: ObjectKind,
    pub place: Rect,
    handle: Handle,
    _page: PhantomData<&'a ()>,
}

impl Object<'_> {
    /// Returns an identifier, for comparison only.
    pub fn identifier(&self) -> usize {
        self.handle.addr()
    }
}

/// A part of a page picture, in pixels from the top left.
#[derive(Clone, Copy, Debug, Default)]
pub struct PicturePart {
    pub left: u32,
    pub top: u32,
    pub width: u32,
    pub height: u32,
}

pub struct PdfiumPage<'a> {
    call: &'a Functions,
    handle: NonNull<c_void>,
    covers: Vec<Rect>,
    _document: PhantomData<&'a ()>,
}

impl<'a> PdfiumPage<'a> {
    /// Wraps a page handle; the document must outlive the page.
    pub(super) fn from_handle(call: &'a Functions, handle: NonNull<c_void>, covers: Vec<Rect>) -> Self {
        Self { call, handle, covers, _document: PhantomData }
    }
}

impl PdfiumPage<'_> {
    /// Returns the width and height in points, as displayed.
    pub fn size(&self) -> (f32, f32) {
        let page = self.handle.as_ptr();
        // SAFETY: the page is loaded.
        unsafe { ((self.call.page_width)(page), (self.call.page_height)(page)) }
    }

    /// Returns the number of clockwise quarter turns when the page is displayed.
    pub fn quarters(&self) -> i32 {
        // SAFETY: the page is loaded.
        unsafe { (self.call.page_rotation)(self.handle.as_ptr()) }
    }

    pub fn bounds(&self) -> Option<Rect> {
        let mut rect = Rect::default();
        // SAFETY: the page is loaded, the pointer good for one rectangle.
        let is_known = unsafe { (self.call.page_box)(self.handle.as_ptr(), &raw mut rect) };
        (is_known != 0).then_some(rect)
    }

    /// Returns the relevant objects in painting order, including those in forms. Examines at most `most`
    /// objects.
    pub fn objects(&self, most: usize) -> Vec<Object<'_>> {
        const DEEPEST: u32 = 5;
        let page = self.handle.as_ptr();
        // SAFETY: the page is loaded.
        let count = unsafe { (self.call.count_objects)(page) };
        let (mut found, mut left) = (Vec::new(), most);
        for index in 0..count {
            // SAFETY: the index is below the count.
            let object = unsafe { (self.call.get_object)(page, index) };
            self.add_object(object, Matrix::IDENTITY, DEEPEST, &mut left, &mut found);
        }
        found
    }

    fn add_object(
        &self,
        object: Handle,
        outer: Matrix,
        depth: u32,
        left: &mut usize,
        found: &mut Vec<Object<'_>>,
    ) {
        const FORM: c_int = 5;
        if object.is_null() || *left == 0 {
            return;
        }
        *left -= 1;
        // SAFETY: the object belongs to this page, which is loaded.
        if unsafe { (self.call.object_kind)(object) } != FORM {
            if let Some(kind) = self.object_kind(object) {
                let place = outer.transform_rect(self.object_bounds(object));
                found.push(Object { kind, place, handle: object, _page: PhantomData });
            }
            return;
        }
        if depth == 0 {
            return;
        }
        let mut own = Matrix::IDENTITY;
        // SAFETY: the object is a form of this page; the pointer is good for one matrix, an index beyond the end gives null.
        let count = unsafe {
            (self.call.object_matrix)(object, &raw mut own);
            (self.call.form_objects)(object)
        };
        for index in 0..count {
            // SAFETY: the index is below the count.
            let child = unsafe { (self.call.form_object)(object, index.unsigned_abs().into()) };
            self.add_object(child, own.followed_by(outer), depth - 1, left, found);
        }
    }

    /// Returns the kind of an object, or `None` if it can neither hide nor be hidden.
    fn object_kind(&self, object: Handle) -> Option<ObjectKind> {
        const TEXT: c_int = 1;
        const PATH: c_int = 2;
        const IMAGE: c_int = 3;
        const SHADING: c_int = 4;
        const UNPAINTED: c_int = 3;
        const CLIPPING: c_int = 4;
        // SAFETY: the object belongs to this page, which is loaded; what is asked of it fits its kind.
        let kind = unsafe { (self.call.object_kind)(object) };
        match kind {
            TEXT => {
                // SAFETY: it is a text.
                let mode = unsafe { (self.call.render_mode)(object) };
                // Text that clips is skipped: later painting shows through its letters.
                (mode < CLIPPING).then(|| ObjectKind::Text {
                    is_painted: mode != UNPAINTED,
                    colour: object_colour(object, self.call.fill_colour),
                    in_layer: self.is_in_layer(object),
                })
            }
            PATH => self.path_kind(object),
            IMAGE => Some(ObjectKind::Picture),
            SHADING => Some(ObjectKind::Shape { colour: None }),
            _ => None,
        }
    }

    /// Returns the kind of a path that is filled, or stroked wide enough to hide letters.
    fn path_kind(&self, object: Handle) -> Option<ObjectKind> {
        const MARKER: c_float = 4.0;
        let (mut fill, mut stroke, mut width) = (0, 0, 0.0);
        // SAFETY: the object is a path of this page; each pointer is good for one number.
        unsafe {
            (self.call.draw_mode)(object, &raw mut fill, &raw mut stroke);
            (self.call.stroke_width)(object, &raw mut width);
        }
        if fill != 0 {
            Some(ObjectKind::Shape { colour: object_colour(object, self.call.fill_colour) })
        } else if stroke != 0 && width >= MARKER {
            Some(ObjectKind::Shape { colour: object_colour(object, self.call.stroke_colour) })
        } else {
            None
        }
    }

    /// Returns whether an object is optional content, which is not painted when its layer is off.
    fn is_in_layer(&self, object: Handle) -> bool {
        const LAYER: [u16; 3] = [0x4F, 0x43, 0];
        // SAFETY: the object belongs to this page; the buffer is as long as is said, and a longer name is not written.
        unsafe {
            let count = (self.call.count_marks)(object).clamp(0, 8);
            (0..count.unsigned_abs()).any(|index| {
                let mark = (self.call.get_mark)(object, index.into());
                let (mut name, mut size) = ([0_u16; 3], 0);
                !mark.is_null()
                    && (self.call.mark_name)(mark, name.as_mut_ptr(), 6, &raw mut size) != 0
                    && size == 6
                    && name == LAYER
            })
        }
    }

    pub fn show_objects<'a>(&self, objects: impl Iterator<Item = &'a Object<'a>>, is_shown: bool) {
        for object in objects {
            // SAFETY: the object belongs to a page that is loaded, as its lifetime says.
            unsafe { (self.call.set_active)(object.handle, is_shown.into()) };
        }
    }

    /// Returns the rectangles of annotations that mark a redaction, or cover the page without a drawing of
    /// their own.
    pub fn cover_rects(&self) -> &[Rect] {
        &self.covers
    }

    fn object_bounds(&self, object: Handle) -> Rect {
        let mut at = Rect::default();
        // SAFETY: the object belongs to this page; each pointer is good for one number.
        let _ = unsafe {
            (self.call.object_bounds)(
                object,
                &raw mut at.left,
                &raw mut at.bottom,
                &raw mut at.right,
                &raw mut at.top,
            )
        };
        at
    }

    pub fn load_text(&self) -> Option<PageCharacters<'_>> {
        // SAFETY: the page is loaded.
        let handle = NonNull::new(unsafe { (self.call.load_text)(self.handle.as_ptr()) })?;
        Some(PageCharacters::from_handle(self.call, handle))
    }

    /// Paints the page in shades of grey on white, with its annotations. The size is in pixels.
    pub fn paint_whole(&self, width: u32, height: u32) -> Option<Vec<u8>> {
        self.paint_part(width, height, &PicturePart { left: 0, top: 0, width, height })
    }

    /// Paints a part of the page. `width` and `height` are the size of the whole page, in pixels.
    pub fn paint_part(&self, width: u32, height: u32, part: &PicturePart) -> Option<Vec<u8>> {
        const GREY: c_int = 1;
        const ANNOTATIONS_AND_GREY: c_int = 0x01 | 0x08;
        let mut dots = vec![0xFF_u8; usize::try_from(u64::from(part.width) * u64::from(part.height)).ok()?];
        let (across, down) = (c_int::try_from(part.width).ok()?, c_int::try_from(part.height).ok()?);
        let (left, top) = (c_int::try_from(part.left).ok()?, c_int::try_from(part.top).ok()?);
        let (width, height) = (c_int::try_from(width).ok()?, c_int::try_from(height).ok()?);
        // SAFETY: the dots are ours, one byte each, `across` bytes a row, and live until the bitmap is closed.
        let bitmap = unsafe { (self.call.bitmap)(across, down, GREY, dots.as_mut_ptr().cast(), across) };
        let bitmap = NonNull::new(bitmap)?.as_ptr();
        let page = self.handle.as_ptr();
        // SAFETY: bitmap and page are open; the bitmap is closed once.
        unsafe {
            (self.call.render)(bitmap, page, -left, -top, width, height, 0, ANNOTATIONS_AND_GREY);
            (self.call.close_bitmap)(bitmap);
        }
        Some(dots)
    }
}

fn object_colour(object: Handle, get: GetColour) -> Option<Colour> {
    let mut parts: [c_uint; 4] = [0; 4];
    let [red, green, blue, opaque] = &mut parts;
    // SAFETY: the object belongs to this page; each pointer is good for one number.
    let is_known = unsafe { get(object, &raw mut *red, &raw mut *green, &raw mut *blue, &raw mut *opaque) };
    (is_known != 0).then(|| parts.map(|part| u8::try_from(part).unwrap_or(u8::MAX)))
}

impl Drop for PdfiumPage<'_> {
    fn drop(&mut self) {
        // SAFETY: the page is loaded, and its text is closed.
        unsafe { (self.call.close_page)(self.handle.as_ptr()) };
    }
}
