//! PPTX: the slides in their order, a page for each. Hidden slides and shapes, notes and comments are not read.

use super::{
    Ended, Paper,
    docx::in_row,
    package::Package,
    toggle::says_yes,
    xml::{Attributes, Node, walk},
};
use crate::pdf::Refusal;

/// Reads the presentation.
pub fn read(package: &mut Package<'_>, paper: &mut Paper) -> Ended {
    let relations = "ppt/_rels/presentation.xml.rels";
    let order = parts(package, "ppt/presentation.xml", relations, "sldId", |_| true)?;
    for (_, target) in order {
        if paper.is_full() {
            break;
        }
        if let Some(xml) = package.part(&format!("ppt/{target}"))? {
            slide(&xml, paper)?;
            paper.turn();
        }
    }
    Ok(())
}

/// The parts that a document lists in elements of a name, as far as they are wanted, in their order: what they are called, and
/// where they lie.
pub fn parts(
    package: &mut Package<'_>,
    document: &str,
    relations: &str,
    element: &str,
    is_wanted: fn(&Attributes<'_>) -> bool,
) -> Result<Vec<(String, String)>, Refusal> {
    let mut targets = Vec::new();
    walk(&package.need(relations)?, |node| {
        if let Node::Open("Relationship", attributes) = node {
            targets.extend(attributes.get("Id").zip(attributes.get("Target")));
        }
        true
    })?;
    let mut found = Vec::new();
    walk(&package.need(document)?, |node| {
        if let Node::Open(name, attributes) = node
            && name == element
            && is_wanted(&attributes)
        {
            // Of the two that are called `id` without their prefix, the relation is the one that is known.
            let target = attributes.each("id").find_map(|id| targets.iter().find(|(known, _)| *known == id));
            if let Some((_, target)) = target {
                // Where a part lies is said from the folder of the document, or from the root.
                let from_root = target.strip_prefix("/ppt/").or_else(|| target.strip_prefix("/xl/"));
                let target = from_root.unwrap_or(target).to_owned();
                found.push((attributes.get("name").unwrap_or_default(), target));
            }
        }
        true
    })?;
    Ok(found)
}

fn slide(xml: &[u8], paper: &mut Paper) -> Ended {
    let (mut text, mut is_text, mut is_title) = (String::new(), false, false);
    let (mut row, mut in_table) = (Vec::<String>::new(), false);
    // Whether each shape that is open is hidden.
    let (mut shapes, mut is_hidden) = (Vec::<bool>::new(), false);
    walk(xml, |node| {
        match node {
            Node::Open("sld", attributes) => {
                is_hidden = attributes.get("show").is_some_and(|show| matches!(show.as_str(), "0" | "false"));
            }
            Node::Open("sp" | "grpSp" | "graphicFrame" | "pic" | "cxnSp", _) if is_hidden => {}
            Node::Open(name @ ("sp" | "grpSp" | "graphicFrame" | "pic" | "cxnSp"), _) => {
                shapes.push(false);
                is_title &= name != "sp";
            }
            Node::Close("sp" | "grpSp" | "graphicFrame" | "pic" | "cxnSp") => {
                shapes.pop();
            }
            Node::Open("cNvPr", attributes) if says_yes(&attributes, "hidden") => {
                if let Some(shape) = shapes.last_mut() {
                    *shape = true;
                }
            }
            Node::Text(_) if is_hidden || shapes.contains(&true) => {}
            Node::Open("ph", attributes) => {
                is_title = matches!(attributes.get("type").as_deref(), Some("title" | "ctrTitle"));
            }
            Node::Open("t", _) => is_text = true,
            Node::Close("t") => is_text = false,
            Node::Open("br", _) => text.push('\n'),
            Node::Open("tbl", _) => in_table = true,
            Node::Close("tbl") => in_table = false,
            Node::Open("tc", _) => row.push(String::new()),
            Node::Close("tr") => paper.line(&in_row(std::mem::take(&mut row)), None),
            Node::Close("p") => {
                let paragraph = std::mem::take(&mut text);
                match row.last_mut().filter(|_| in_table) {
                    Some(cell) => {
                        cell.push_str(&paragraph.replace('\n', " "));
                        cell.push(' ');
                    }
                    None => paragraph.lines().for_each(|line| paper.line(line, is_title.then_some(1))),
                }
            }
            Node::Text(words) if is_text => text.push_str(words),
            _ => {}
        }
        !paper.is_full()
    })
}
