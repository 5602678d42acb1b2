//! Restores reading order. The order of the file is right for nearly all papers, also in columns. Only where
//! it jumps up and down is the order rebuilt, by cutting the page into columns and bands.

use crate::raw::{LinePlace, TextLine};

/// Pages with fewer lines are left alone.
const FEWEST: usize = 6;

/// A page is out of order when more than one in this many lines is above its predecessor.
const ONE_IN: usize = 5;

/// The minimum white space between columns, as a share of the page's width.
const GUTTER: f32 = 0.015;

const DEEPEST: usize = 12;

/// Sorts lines into reading order, if the file does not have it.
pub fn restore_order(lines: &mut Vec<TextLine>) {
    let places: Option<Vec<LinePlace>> = lines.iter().map(|line| line.place).collect();
    let Some(places) = places.filter(|places| places.len() >= FEWEST) else { return };
    let jumps = places
        .windows(2)
        .filter(|pair| pair[1].bottom <= pair[0].top && pair[1].is_in_line_with(&pair[0]))
        .count();
    if jumps * ONE_IN <= places.len() {
        return;
    }
    let mut order = Vec::with_capacity(places.len());
    cut_page((0..places.len()).collect(), &places, 0, &mut order);
    let mut old: Vec<Option<TextLine>> = std::mem::take(lines).into_iter().map(Some).collect();
    lines.extend(order.into_iter().filter_map(|at| old[at].take()));
}

/// Cuts a part of the page in two, between columns or else between bands, and then each half.
fn cut_page(mut part: Vec<usize>, places: &[LinePlace], depth: usize, order: &mut Vec<usize>) {
    if part.len() > 2 && depth < DEEPEST {
        let across = widest_gap(&part, GUTTER, |at| (places[at].left, places[at].right));
        let tall = part.iter().map(|at| places[*at].letter_height()).fold(0.0, f32::max);
        let down = widest_gap(&part, tall, |at| (places[at].top, places[at].bottom));
        let halves = match (across, down) {
            (Some(x), _) => Some(part.iter().partition(|at| places[**at].right <= x)),
            (None, Some(y)) => Some(part.iter().partition(|at| places[**at].bottom <= y)),
            (None, None) => None,
        };
        if let Some((first, second)) = halves {
            let (first, second): (Vec<usize>, Vec<usize>) = (first, second);
            if !first.is_empty() && !second.is_empty() {
                cut_page(first, places, depth + 1, order);
                cut_page(second, places, depth + 1, order);
                return;
            }
        }
    }
    part.sort_by(|a, b| {
        let (a, b) = (places[*a], places[*b]);
        a.top.total_cmp(&b.top).then(a.left.total_cmp(&b.left))
    });
    order.append(&mut part);
}

/// Returns the middle of the widest gap, wider than `least`, that no line crosses.
fn widest_gap(part: &[usize], least: f32, span: impl Fn(usize) -> (f32, f32)) -> Option<f32> {
    let mut spans: Vec<(f32, f32)> = part.iter().map(|at| span(*at)).collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut end, mut widest, mut found) = (f32::MIN, least, None);
    for (from, to) in spans {
        if end > f32::MIN && from - end > widest {
            (widest, found) = (from - end, Some(f32::midpoint(from, end)));
        }
        end = end.max(to);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, left: f32, top: f32) -> TextLine {
        let place = LinePlace { left, right: left + 0.35, top, bottom: top + 0.015, is_bold: false };
        TextLine { text: text.to_owned(), place: Some(place), heading: None }
    }

    #[test]
    fn columns_that_were_written_upside_down_are_read_in_order() {
        let mut lines = vec![];
        for (at, word) in ["c", "b", "a"].iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "three lines")]
            let top = 0.5 - at as f32 * 0.1;
            lines.push(line(&format!("links {word}"), 0.1, top));
        }
        for (at, word) in ["c", "b", "a"].iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "three lines")]
            let top = 0.5 - at as f32 * 0.1;
            lines.push(line(&format!("rechts {word}"), 0.55, top));
        }
        restore_order(&mut lines);
        let texts: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["links a", "links b", "links c", "rechts a", "rechts b", "rechts c"]);
    }

    #[test]
    fn the_order_of_the_file_is_kept_where_it_is_sound() {
        let mut lines: Vec<TextLine> =
            (0_u8..6).map(|at| line(&at.to_string(), 0.1, f32::from(at) * 0.1)).collect();
        lines.push(line("kantlijn", 0.6, 0.05));
        let before = lines.clone();
        restore_order(&mut lines);
        assert_eq!(lines, before);
    }
}
