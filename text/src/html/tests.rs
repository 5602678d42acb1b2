//! The parts of pages are those that html5ever tells.

use std::cell::RefCell;

use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, TagKind, Token as Theirs, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::RawKind,
    },
};
use proptest::prelude::*;

use super::*;

/// What html5ever tells, in our words: texts that follow each other are one.
#[derive(Default)]
struct Told(RefCell<Vec<String>>);

fn add_text(told: &mut Vec<String>, text: &str) {
    match told.last_mut().filter(|last| last.starts_with("text ")) {
        Some(last) => last.push_str(text),
        None => told.push(format!("text {text}")),
    }
}

impl TokenSink for Told {
    type Handle = ();

    fn process_token(&self, token: Theirs, _: u64) -> TokenSinkResult<()> {
        let mut told = self.0.borrow_mut();
        match token {
            Theirs::TagToken(tag) if tag.kind == TagKind::StartTag => {
                let attributes = tag.attrs.iter().map(|it| format!(" {}={:?}", it.name.local, &*it.value));
                told.push(format!("<{}{}>", tag.name, attributes.collect::<String>()));
                return match &*tag.name {
                    name if PLAIN.contains(&name) => TokenSinkResult::RawData(RawKind::Rcdata),
                    name if RAW.contains(&name) => TokenSinkResult::RawData(RawKind::Rawtext),
                    _ => TokenSinkResult::Continue,
                };
            }
            Theirs::TagToken(tag) => told.push(format!("</{}>", tag.name)),
            Theirs::CharacterTokens(text) => add_text(&mut told, &text),
            Theirs::NullCharacterToken => add_text(&mut told, "\u{FFFD}"),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn theirs(html: &str) -> Vec<String> {
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from(html));
    let tokenizer =
        Tokenizer::new(Told::default(), TokenizerOpts { discard_bom: false, ..TokenizerOpts::default() });
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

fn ours(html: &str) -> Vec<String> {
    let mut told = Vec::new();
    walk_tokens(html, |token| {
        match token {
            Token::Open(tag) => {
                // Of an attribute that stands twice the first counts.
                let mut attributes: Vec<&(String, Cow<'_, str>)> = Vec::new();
                for it in &tag.attributes {
                    if attributes.iter().all(|known| known.0 != it.0) {
                        attributes.push(it);
                    }
                }
                let attributes = attributes.iter().map(|(name, value)| format!(" {name}={value:?}"));
                told.push(format!("<{}{}>", tag.name, attributes.collect::<String>()));
            }
            Token::Close(name) => told.push(format!("</{name}>")),
            Token::Text(text) => add_text(&mut told, &text),
        }
        true
    });
    told
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_page_is_told_as_html5ever_tells_it(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "<", ">", "/", "!", "--", "-", "?", "=", "\"", "'", " ", "\n", "&", ";", "#", "x", "a", "b", "amp", "&amp;", "&eacute",
            "&notit;", "&#128;", "&#x41;", "&#0;", "&#99999999999;", "<p>", "</p>", "<br/>", "<!--", "-->", "--!>", "<!doctype html>",
            "<a href=", "<a title='x' b=\"y\" c>", "<script>", "</script", "</script >", "<style>", "</style>", "<title>", "</title>",
            "<textarea", "</textarea>", "é", "\u{1F600}", "<P CLASS=Ab>", "</", "<![CDATA[", "]]>", "\r\n", "\r",
        ]), 0..40)
    ) {
        let html = pieces.concat();
        prop_assert_eq!(ours(&html), theirs(&html), "{:?}", html);
    }
}

#[test]
fn a_page_of_any_shape_is_read_in_time_that_grows_with_its_length() {
    // Work is counted, not time: what is shown, and how many elements are open.
    let many = |piece: &str| piece.repeat(20_000);
    for html in [
        many("<div>"),
        many("<b x=1>"),
        format!("<a {}>", many("b ")),
        many("&amp"),
        many("<!--"),
        many("</x>"),
        many("<"),
    ] {
        let (mut tokens, mut open) = (0_usize, OpenElements::default());
        walk_tokens(&html, |token| {
            tokens += 1;
            if let Token::Open(tag) = token {
                assert!(tag.attributes.len() <= MOST_ATTRIBUTES);
                open.open(&tag, ());
            }
            true
        });
        assert!(tokens <= 20_001 && open.open_count() <= 512, "{html:.20} {tokens}");
    }
}

#[test]
fn elements_end_by_their_own_tag_or_by_what_begins() {
    let depths = |html: &str| {
        let (mut open, mut depths) = (OpenElements::default(), Vec::new());
        walk_tokens(html, |token| {
            match token {
                Token::Open(tag) => open.open(&tag, ()),
                Token::Close(name) => open.close_element(&name),
                Token::Text(_) => depths.push(open.open_count()),
            }
            true
        });
        depths
    };
    assert_eq!(depths("<p>a<p>b<div>c</div>d"), [1, 1, 1, 0]);
    assert_eq!(depths("<ul><li>a<li>b<ul><li>c</ul>d</ul>e"), [2, 2, 4, 2, 0]);
    assert_eq!(depths("<table><tr><td>a<td>b<tr><td>c</table>d"), [3, 3, 3, 0]);
    assert_eq!(depths("<b>a</i>b<br>c</b>d"), [1, 1, 1, 0]);
}
