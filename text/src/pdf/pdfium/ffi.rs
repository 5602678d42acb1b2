//! The only unsafe code of the program: the functions of pdfium that we call, and nothing else. What each promises stands
//! in `fpdfview.h`, `fpdf_text.h` and `fpdf_edit.h` of its public sources. A handle lives as long as its wrapper, a wrapper
//! never longer than what it was made from; the library is not safe for threads, so none of them leaves its own.
#![expect(unsafe_code, reason = "a library of C++ is called")]

use std::{
    ffi::{OsStr, c_char, c_float, c_int, c_uint, c_ulong, c_void},
    marker::PhantomData,
    ptr::NonNull,
};

use libloading::Library;

type Handle = *mut c_void;

/// A rectangle in points, from the bottom left of the page.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Rect {
    pub left: c_float,
    pub top: c_float,
    pub right: c_float,
    pub bottom: c_float,
}

macro_rules! functions {
    ($($name:ident: $kind:ty = $symbol:literal;)*) => {
        /// The functions, as they were found in the library.
        struct Functions { $($name: $kind,)* }

        impl Functions {
            fn find(library: &Library) -> Result<Self, libloading::Error> {
                // SAFETY: each symbol has the type that the header of the pinned version gives it.
                Ok(Self { $($name: *unsafe { library.get::<$kind>($symbol) }?,)* })
            }
        }
    };
}

functions! {
    init: unsafe extern "C" fn() = b"FPDF_InitLibrary\0";
    load: unsafe extern "C" fn(*const c_void, usize, *const c_char) -> Handle = b"FPDF_LoadMemDocument64\0";
    last_error: unsafe extern "C" fn() -> c_ulong = b"FPDF_GetLastError\0";
    close: unsafe extern "C" fn(Handle) = b"FPDF_CloseDocument\0";
    page_count: unsafe extern "C" fn(Handle) -> c_int = b"FPDF_GetPageCount\0";
    load_page: unsafe extern "C" fn(Handle, c_int) -> Handle = b"FPDF_LoadPage\0";
    close_page: unsafe extern "C" fn(Handle) = b"FPDF_ClosePage\0";
    page_width: unsafe extern "C" fn(Handle) -> c_float = b"FPDF_GetPageWidthF\0";
    page_height: unsafe extern "C" fn(Handle) -> c_float = b"FPDF_GetPageHeightF\0";
    page_rotation: unsafe extern "C" fn(Handle) -> c_int = b"FPDFPage_GetRotation\0";
    page_box: unsafe extern "C" fn(Handle, *mut Rect) -> c_int = b"FPDF_GetPageBoundingBox\0";
    count_annotations: unsafe extern "C" fn(Handle) -> c_int = b"FPDFPage_GetAnnotCount\0";
    flatten: unsafe extern "C" fn(Handle, c_int) -> c_int = b"FPDFPage_Flatten\0";
    count_objects: unsafe extern "C" fn(Handle) -> c_int = b"FPDFPage_CountObjects\0";
    get_object: unsafe extern "C" fn(Handle, c_int) -> Handle = b"FPDFPage_GetObject\0";
    object_kind: unsafe extern "C" fn(Handle) -> c_int = b"FPDFPageObj_GetType\0";
    object_bounds: unsafe extern "C" fn(Handle, *mut c_float, *mut c_float, *mut c_float, *mut c_float) -> c_int
        = b"FPDFPageObj_GetBounds\0";
    form_objects: unsafe extern "C" fn(Handle) -> c_int = b"FPDFFormObj_CountObjects\0";
    form_object: unsafe extern "C" fn(Handle, c_ulong) -> Handle = b"FPDFFormObj_GetObject\0";
    render_mode: unsafe extern "C" fn(Handle) -> c_int = b"FPDFTextObj_GetTextRenderMode\0";
    load_text: unsafe extern "C" fn(Handle) -> Handle = b"FPDFText_LoadPage\0";
    close_text: unsafe extern "C" fn(Handle) = b"FPDFText_ClosePage\0";
    count_chars: unsafe extern "C" fn(Handle) -> c_int = b"FPDFText_CountChars\0";
    unicode: unsafe extern "C" fn(Handle, c_int) -> c_uint = b"FPDFText_GetUnicode\0";
    get_text: unsafe extern "C" fn(Handle, c_int, c_int, *mut u16) -> c_int = b"FPDFText_GetText\0";
    loose_box: unsafe extern "C" fn(Handle, c_int, *mut Rect) -> c_int = b"FPDFText_GetLooseCharBox\0";
    font_weight: unsafe extern "C" fn(Handle, c_int) -> c_int = b"FPDFText_GetFontWeight\0";
    bitmap: unsafe extern "C" fn(c_int, c_int, c_int, *mut c_void, c_int) -> Handle = b"FPDFBitmap_CreateEx\0";
    render: unsafe extern "C" fn(Handle, Handle, c_int, c_int, c_int, c_int, c_int, c_int)
        = b"FPDF_RenderPageBitmap\0";
    close_bitmap: unsafe extern "C" fn(Handle) = b"FPDFBitmap_Destroy\0";
}

/// The library, ready for use. It stays loaded for the life of the process.
pub struct Pdfium {
    call: Functions,
    // What was found lies in it.
    _library: Library,
    /// Bound to its thread.
    _here: PhantomData<*mut ()>,
}

impl Pdfium {
    /// Loads the library from a file.
    pub fn load(path: &OsStr) -> Result<Self, libloading::Error> {
        // SAFETY: the operator named or installed this file as pdfium; loading it runs its initialisers.
        let library = unsafe { Library::new(path) }?;
        let call = Functions::find(&library)?;
        // SAFETY: called once for each process, before any other function of the library.
        unsafe { (call.init)() };
        Ok(Self { call, _library: library, _here: PhantomData })
    }

    /// Opens a PDF that stays in memory; else the library's number for why not.
    pub fn document<'a>(&'a self, bytes: &'a [u8]) -> Result<Document<'a>, c_ulong> {
        // SAFETY: the bytes outlive the document, as its lifetime says; no password is a null pointer.
        let handle = unsafe { (self.call.load)(bytes.as_ptr().cast(), bytes.len(), std::ptr::null()) };
        let Some(handle) = NonNull::new(handle) else {
            // SAFETY: takes nothing.
            return Err(unsafe { (self.call.last_error)() });
        };
        Ok(Document { call: &self.call, handle, _bytes: PhantomData })
    }
}

/// A PDF that is open.
pub struct Document<'a> {
    call: &'a Functions,
    handle: NonNull<c_void>,
    _bytes: PhantomData<&'a [u8]>,
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
            if (self.call.count_annotations)(page) > 0 && (self.call.flatten)(page, FOR_DISPLAY) == DONE {
                (self.call.close_page)(page);
                let handle = load()?;
                return Some(Page { call: self.call, handle, _document: PhantomData });
            }
        }
        Some(Page { call: self.call, handle, _document: PhantomData })
    }
}

impl Drop for Document<'_> {
    fn drop(&mut self) {
        // SAFETY: the handle is open, and every page of it is closed.
        unsafe { (self.call.close)(self.handle.as_ptr()) };
    }
}

/// What an object of a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectKind {
    /// Text, painted or not.
    Text {
        /// Whether it shows.
        is_painted: bool,
    },
    /// A picture, or a form with one in it.
    Picture,
    /// Anything else.
    Other,
}

/// A page that is loaded.
pub struct Page<'a> {
    call: &'a Functions,
    handle: NonNull<c_void>,
    _document: PhantomData<&'a ()>,
}

impl Page<'_> {
    /// Its width and height in points, as it is shown.
    pub fn size(&self) -> (f32, f32) {
        let page = self.handle.as_ptr();
        // SAFETY: the page is loaded.
        unsafe { ((self.call.page_width)(page), (self.call.page_height)(page)) }
    }

    /// By how many quarters it is turned clockwise when it is shown.
    pub fn quarters(&self) -> i32 {
        // SAFETY: the page is loaded.
        unsafe { (self.call.page_rotation)(self.handle.as_ptr()) }
    }

    /// What of its plane it shows.
    pub fn bounds(&self) -> Option<Rect> {
        let mut rect = Rect::default();
        // SAFETY: the page is loaded, the pointer good for one rectangle.
        let is_known = unsafe { (self.call.page_box)(self.handle.as_ptr(), &raw mut rect) };
        (is_known != 0).then_some(rect)
    }

    /// What it holds and where, at most so many objects.
    pub fn objects(&self, most: u32) -> Vec<(ObjectKind, Rect)> {
        let page = self.handle.as_ptr();
        // SAFETY: the page is loaded.
        let count = unsafe { (self.call.count_objects)(page) };
        let count = count.min(c_int::try_from(most).unwrap_or(c_int::MAX));
        // SAFETY: the index is below the count.
        let object = |index| unsafe { (self.call.get_object)(page, index) };
        (0..count).map(object).filter(|it| !it.is_null()).map(|it| (self.kind(it), self.place(it))).collect()
    }

    fn kind(&self, object: Handle) -> ObjectKind {
        const TEXT: c_int = 1;
        const IMAGE: c_int = 3;
        const FORM: c_int = 5;
        const UNPAINTED: c_int = 3;
        // SAFETY: the object belongs to this page, which is loaded; what is asked of it fits its kind.
        unsafe {
            match (self.call.object_kind)(object) {
                TEXT => ObjectKind::Text { is_painted: (self.call.render_mode)(object) != UNPAINTED },
                IMAGE => ObjectKind::Picture,
                FORM => {
                    let count = (self.call.form_objects)(object).clamp(0, 64);
                    let child = |index: c_int| (self.call.form_object)(object, index.unsigned_abs().into());
                    let is_picture = |it: Handle| !it.is_null() && (self.call.object_kind)(it) == IMAGE;
                    if (0..count).map(child).any(is_picture) {
                        ObjectKind::Picture
                    } else {
                        ObjectKind::Other
                    }
                }
                _ => ObjectKind::Other,
            }
        }
    }

    fn place(&self, object: Handle) -> Rect {
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

    /// Its text.
    pub fn text(&self) -> Option<Text<'_>> {
        // SAFETY: the page is loaded.
        let handle = NonNull::new(unsafe { (self.call.load_text)(self.handle.as_ptr()) })?;
        Some(Text { call: self.call, handle, _page: PhantomData })
    }

    /// Paints it in shades of grey on white, with its annotations.
    pub fn paint(&self, width: u32, height: u32) -> Option<Vec<u8>> {
        const GREY: c_int = 1;
        const ANNOTATIONS_AND_GREY: c_int = 0x01 | 0x08;
        let mut dots = vec![0xFF_u8; usize::try_from(u64::from(width) * u64::from(height)).ok()?];
        let (width, height) = (c_int::try_from(width).ok()?, c_int::try_from(height).ok()?);
        // SAFETY: the dots are ours, one byte each, `width` bytes a row, and live until the bitmap is closed.
        let bitmap = unsafe { (self.call.bitmap)(width, height, GREY, dots.as_mut_ptr().cast(), width) };
        let bitmap = NonNull::new(bitmap)?.as_ptr();
        // SAFETY: bitmap and page are open; the bitmap is closed once.
        unsafe {
            (self.call.render)(bitmap, self.handle.as_ptr(), 0, 0, width, height, 0, ANNOTATIONS_AND_GREY);
            (self.call.close_bitmap)(bitmap);
        }
        Some(dots)
    }
}

impl Drop for Page<'_> {
    fn drop(&mut self) {
        // SAFETY: the page is loaded, and its text is closed.
        unsafe { (self.call.close_page)(self.handle.as_ptr()) };
    }
}

/// The text of a page.
pub struct Text<'a> {
    call: &'a Functions,
    handle: NonNull<c_void>,
    _page: PhantomData<&'a ()>,
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
