//! Interprets the content operators of a page, forms included, to find what is painted where. Only operators
//! that matter for hidden text are followed.

use std::collections::HashMap;

use unpdf::parser::backend::{
    BlendMode, ContentOp, FormXObject, ObjectId, PageId, PaintedXObject, PdfBackend, PdfValue, ResourceScope,
    SoftMaskEntry,
};

use super::{
    annotation::{Annotation, Appearance, OPAQUE},
    canvas::Canvas,
    operands::{MOST_NUMBERS, numbers},
    outline::Outline,
    write::TextState,
};
use crate::pdf::{
    geometry::{Matrix, Rect},
    hidden::{PHOTOGRAPH, PaintKind, Painted},
};

/// The deepest nesting of forms, and the most operators of a page. More is abuse.
const DEEPEST: usize = 8;
const MOST_OPERATORS: usize = 2_000_000;

/// The width from which a line may hide letters, in points.
const MARKER: f32 = 4.0;

/// The minimum height and width of a cover that hides the smallest letters, in points.
const LOWEST: f32 = 1.5;

/// Greys up to this value, of 255, hide letters also when blended with them, as a black highlighter does.
const BLACK: f32 = 60.0;

/// Returns the painted objects in painting order, each with its number of letters and digits. Returns nothing
/// if no object could hide text.
pub fn paint_page(
    backend: &dyn PdfBackend,
    page: PageId,
    canvas: &Canvas,
    annotations: &[Annotation],
) -> Vec<(Painted, u32)> {
    let operators = backend.page_content(page).ok().and_then(|data| backend.decode_content(&data).ok());
    let operators = operators.unwrap_or_default();
    // A first pass looks for covers only: most pages have none, and locating their words would be wasted
    // work.
    let may_hide = annotations.iter().any(|it| matches!(it.appearance, Appearance::Redaction)) || {
        let covers = PaintInterpreter::new(backend, page, canvas, Stage::Covers);
        !covers.paint_page(&operators, annotations).is_empty()
    };
    if !may_hide {
        return Vec::new();
    }
    PaintInterpreter::new(backend, page, canvas, Stage::All).paint_page(&operators, annotations)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Only possible covers: objects painted after words, or not white.
    Covers,
    All,
}

/// Greys from this value, of 255, do not hide black words above them.
const WHITE: f32 = 250.0;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mixing {
    None,
    Darkening,
    Other,
}

/// The graphics state, which `q` saves and `Q` restores.
#[derive(Clone)]
struct GraphicsState {
    matrix: Matrix,
    clip: Option<Rect>,
    /// The lightness of the fill colour, up to 255; `None` for patterns and special inks.
    fill: Option<f32>,
    stroke: Option<f32>,
    fill_alpha: f32,
    stroke_alpha: f32,
    mixing: Mixing,
    is_masked: bool,
    line_width: f32,
    /// The fill colour space has components with known meaning: grey, RGB or CMYK.
    is_known: bool,
}

impl Default for GraphicsState {
    fn default() -> Self {
        Self {
            matrix: Matrix::IDENTITY,
            clip: None,
            fill: Some(0.0),
            stroke: Some(0.0),
            fill_alpha: 1.0,
            stroke_alpha: 1.0,
            mixing: Mixing::None,
            is_masked: false,
            line_width: 1.0,
            is_known: true,
        }
    }
}

struct PaintInterpreter<'a> {
    stage: Stage,
    has_words: bool,
    backend: &'a dyn PdfBackend,
    page: PageId,
    canvas: &'a Canvas,
    state: GraphicsState,
    kept: Vec<(GraphicsState, TextState)>,
    outline: Outline,
    /// The next painting operator also makes the path the clipping path.
    is_clip: bool,
    /// For each open marked content, whether it is a layer that viewers can switch off.
    layers: Vec<bool>,
    writing: TextState,
    forms: HashMap<ObjectId, Option<Vec<ContentOp>>>,
    path: Vec<ObjectId>,
    left: usize,
    painted: Vec<(Painted, u32)>,
}

impl<'a> PaintInterpreter<'a> {
    fn new(backend: &'a dyn PdfBackend, page: PageId, canvas: &'a Canvas, stage: Stage) -> Self {
        Self {
            stage,
            has_words: false,
            backend,
            page,
            canvas,
            state: GraphicsState::default(),
            kept: Vec::new(),
            outline: Outline::default(),
            is_clip: false,
            layers: Vec::new(),
            writing: TextState::default(),
            forms: HashMap::new(),
            path: Vec::new(),
            left: MOST_OPERATORS,
            painted: Vec::new(),
        }
    }
}

impl PaintInterpreter<'_> {
    fn paint_page(mut self, operators: &[ContentOp], annotations: &[Annotation]) -> Vec<(Painted, u32)> {
        self.run(operators, None);
        for annotation in annotations {
            self.paint_annotation(annotation);
        }
        self.painted
    }

    fn run(&mut self, operators: &[ContentOp], form: Option<ObjectId>) {
        let depth = self.kept.len();
        for operator in operators {
            if self.left == 0 {
                return;
            }
            self.left -= 1;
            self.apply_operator(operator, ResourceScope { page: self.page, form }, depth);
        }
        // A form restores the state that it saved.
        if self.kept.len() > depth {
            self.kept.truncate(depth + 1);
            self.restore();
        }
    }

    fn restore(&mut self) {
        if let Some((state, writing)) = self.kept.pop() {
            self.state = state;
            self.writing = writing;
        }
    }

    fn apply_operator(&mut self, op: &ContentOp, scope: ResourceScope, depth: usize) {
        let mut room = [0.0; MOST_NUMBERS];
        let numbers = numbers(op, &mut room);
        match (op.operator.as_str(), numbers) {
            ("q", _) if self.kept.len() < 1_000 => self.kept.push((self.state.clone(), self.writing.clone())),
            ("Q", _) if self.kept.len() > depth => self.restore(),
            ("cm", numbers) => {
                if let Ok(numbers) = <[f32; 6]>::try_from(numbers) {
                    self.state.matrix = Matrix::from(numbers).followed_by(self.state.matrix);
                }
            }
            ("w", &[width]) => self.state.line_width = width,
            ("gs", _) => self.set_state(op, scope),
            ("re", &[x, y, width, height]) => {
                self.outline.add_rectangle([x, y, width, height], self.state.matrix);
            }
            ("m", &[x, y]) => self.outline.start_subpath(x, y, self.state.matrix),
            ("l", &[x, y]) => self.outline.add_point(x, y, self.state.matrix),
            ("c", &[_, _, _, _, x, y]) | ("v" | "y", &[_, _, x, y]) => self.add_curve(numbers, x, y),
            ("W" | "W*", _) => self.is_clip = true,
            ("n" | "S" | "s" | "f" | "F" | "f*" | "B" | "b" | "B*" | "b*", _) => {
                self.end_outline(&op.operator);
            }
            ("g" | "rg" | "k", _) => {
                self.state.is_known = true;
                self.state.fill = lightness(numbers);
            }
            ("G" | "RG" | "K" | "SC" | "SCN", _) => self.state.stroke = lightness(numbers),
            ("cs", _) => self.set_space(op),
            ("sc" | "scn", _) => self.state.fill = lightness(numbers).filter(|_| self.state.is_known),
            ("sh", _) => {
                let place = self.state.clip.unwrap_or(self.canvas.0);
                self.add_cover(place, PaintKind::Shape { grey: None }, self.state.fill_alpha);
            }
            ("BDC" | "BMC", _) if self.layers.len() < 1_000 => {
                self.layers.push(matches!(op.operands.first(), Some(PdfValue::Name(name)) if name == b"OC"));
            }
            ("EMC", _) => {
                self.layers.pop();
            }
            ("BI", _) => self.add_picture(),
            ("Do", _) => self.paint_object(op, scope),
            _ => self.apply_text_operator(op, scope),
        }
    }

    fn add_curve(&mut self, numbers: &[f32], x: f32, y: f32) {
        // One control point and the end point approximate the curve well enough.
        if let Some([first, second]) = numbers.first_chunk() {
            self.outline.add_point(*first, *second, self.state.matrix);
        }
        self.outline.add_point(x, y, self.state.matrix);
    }

    fn set_space(&mut self, op: &ContentOp) {
        let name = if let Some(PdfValue::Name(name)) = op.operands.first() { name.as_slice() } else { b"" };
        self.state.is_known = name.starts_with(b"Device") || name.starts_with(b"Cal");
        self.state.fill = self.state.is_known.then_some(0.0);
    }

    fn set_state(&mut self, op: &ContentOp, scope: ResourceScope) {
        let Some(PdfValue::Name(name)) = op.operands.first() else { return };
        let Some(set) = self.backend.ext_gstate(scope, name) else { return };
        self.state.fill_alpha = set.fill_alpha.unwrap_or(self.state.fill_alpha);
        self.state.stroke_alpha = set.stroke_alpha.unwrap_or(self.state.stroke_alpha);
        self.state.line_width = set.line_width.unwrap_or(self.state.line_width);
        if let Some(blend) = set.blend_mode {
            self.state.mixing = match blend {
                BlendMode::Normal => Mixing::None,
                BlendMode::Multiply | BlendMode::Darken => Mixing::Darkening,
                _ => Mixing::Other,
            };
        }
        if let Some(mask) = set.soft_mask {
            self.state.is_masked = !matches!(mask, SoftMaskEntry::None);
        }
    }

    fn end_outline(&mut self, how: &str) {
        let outline = std::mem::take(&mut self.outline);
        if how.starts_with(['f', 'F', 'b', 'B']) {
            let fill = PaintKind::Shape { grey: self.state.fill };
            for place in outline.surfaces(how.ends_with('*')) {
                self.add_cover(place, fill, self.state.fill_alpha);
            }
        }
        let width = self.state.line_width * self.state.matrix.scale_factor();
        if how.starts_with(['s', 'S', 'b', 'B']) && width >= MARKER {
            let stroke = PaintKind::Shape { grey: self.state.stroke };
            outline.strokes(width).for_each(|place| self.add_cover(place, stroke, self.state.stroke_alpha));
        }
        if std::mem::take(&mut self.is_clip) {
            self.state.clip = outline.bounds().map(|bounds| self.clip_to_state(bounds));
        }
    }

    fn clip_to_state(&self, place: Rect) -> Rect {
        self.state.clip.map_or(place, |clip| place.intersection(clip))
    }

    /// Records a cover, if it is opaque.
    fn add_cover(&mut self, place: Rect, what: PaintKind, alpha: f32) {
        let is_black = matches!(what, PaintKind::Shape { grey: Some(grey) } if grey <= BLACK);
        let is_solid = match self.state.mixing {
            Mixing::None => true,
            Mixing::Darkening => is_black,
            Mixing::Other => false,
        };
        if is_solid && !self.state.is_masked && alpha >= OPAQUE && !self.is_in_layer() {
            let place = self.clip_to_state(place);
            let is_white = matches!(what, PaintKind::Shape { grey: Some(grey) } if grey >= WHITE);
            let hides_none = !self.has_words && (is_white || what == PaintKind::Picture);
            if place.width().min(place.height()) >= LOWEST && !(self.stage == Stage::Covers && hides_none) {
                self.painted.push((Painted { what, place: self.canvas.area_of(place) }, 0));
            }
        }
    }

    /// Records a picture, which fills the unit square.
    fn add_picture(&mut self) {
        self.add_cover(self.unit_square(), PaintKind::Picture, self.state.fill_alpha);
    }

    fn unit_square(&self) -> Rect {
        self.state.matrix.transform_rect(Rect::from_corner(0.0, 0.0, 1.0, 1.0))
    }

    /// Records a picture of the resources. Its transparency is examined only if it overlaps text.
    fn paint_picture(&mut self, scope: ResourceScope, name: &[u8]) {
        let area = self.canvas.area_of(self.clip_to_state(self.unit_square()));
        let mut texts = self.painted.iter().filter(|(it, _)| matches!(it.what, PaintKind::Text { .. }));
        if area.size() < PHOTOGRAPH && texts.any(|(text, _)| area.covers(&text.place)) {
            let picture = self.backend.image_xobject(scope, name);
            if picture.is_none_or(|it| it.image_mask || it.smask.is_some() || it.color_key.is_some()) {
                return;
            }
        }
        self.add_picture();
    }

    fn paint_annotation(&mut self, annotation: &Annotation) {
        self.state = GraphicsState::default();
        match &annotation.appearance {
            Appearance::Redaction => {}
            Appearance::Drawing(form, matrix) => {
                self.state.matrix = *matrix;
                self.paint_form(form);
            }
            Appearance::Filled(colour, is_darkening) => {
                self.state.mixing = if *is_darkening { Mixing::Darkening } else { Mixing::None };
                self.add_cover(annotation.place, PaintKind::Shape { grey: lightness(colour) }, 1.0);
            }
        }
    }

    fn is_in_layer(&self) -> bool {
        self.layers.contains(&true)
    }

    fn paint_object(&mut self, op: &ContentOp, scope: ResourceScope) {
        let Some(PdfValue::Name(name)) = op.operands.first() else { return };
        match self.backend.xobject(scope, name) {
            Some(PaintedXObject::Image) => self.paint_picture(scope, name),
            Some(PaintedXObject::Form(form)) => self.paint_form(&form),
            Some(PaintedXObject::Other) | None => {}
        }
    }

    fn paint_form(&mut self, form: &FormXObject) {
        if self.path.len() >= DEEPEST || self.path.contains(&form.id) {
            return;
        }
        let decoded = self.forms.remove(&form.id).unwrap_or_else(|| {
            form.content.as_deref().and_then(|data| self.backend.decode_content(data).ok())
        });
        if let Some(operators) = &decoded {
            let outside = (self.state.clone(), self.writing.clone());
            self.state.matrix = Matrix::from(form.matrix).followed_by(self.state.matrix);
            if let Some(bounds) = form.bbox {
                let bounds = Rect::from_corner(bounds.llx, bounds.lly, bounds.width(), bounds.height());
                self.state.clip = Some(self.clip_to_state(self.state.matrix.transform_rect(bounds)));
            }
            self.path.push(form.id);
            self.run(operators, Some(form.id));
            self.path.pop();
            (self.state, self.writing) = outside;
        }
        self.forms.insert(form.id, decoded);
    }

    fn apply_text_operator(&mut self, op: &ContentOp, scope: ResourceScope) {
        if self.stage == Stage::Covers {
            self.has_words |= matches!(op.operator.as_str(), "Tj" | "TJ" | "'" | "\"");
            return;
        }
        let (in_layer, state) = (self.is_in_layer(), &self.state);
        for word in self.writing.apply_operator(op, scope, self.backend, state.matrix) {
            let what = PaintKind::Text { is_painted: word.is_painted, grey: state.fill, in_layer };
            let what = if word.is_clip { PaintKind::Other } else { what };
            self.painted.push((Painted { what, place: self.canvas.area_of(word.place) }, word.letters));
        }
    }
}

/// Returns the lightness of a colour, up to 255: one component is grey, three are RGB, four are CMYK.
fn lightness(numbers: &[f32]) -> Option<f32> {
    let light = match *numbers {
        [grey] => grey,
        [red, green, blue] => 0.3 * red + 0.59 * green + 0.11 * blue,
        [cyan, magenta, yellow, black] => {
            let [red, green, blue] = [cyan, magenta, yellow].map(|ink| 1.0 - (ink + black).min(1.0));
            0.3 * red + 0.59 * green + 0.11 * blue
        }
        _ => return None,
    };
    Some(light.clamp(0.0, 1.0) * 255.0)
}
