//! PPTX: the slides in order, one page each. Skips hidden slides and shapes, notes and comments.

use super::{
    PageWriter, ReadResult,
    docx::in_row,
    package::Package,
    toggle::says_yes,
    xml::{XmlAttributes, XmlNode, walk_nodes},
};
use raadhuis_schema::CodedError;

pub fn read_presentation(package: &mut Package<'_>, writer: &mut PageWriter) -> ReadResult {
    let relations = "ppt/_rels/presentation.xml.rels";
    let order = listed_parts(package, "ppt/presentation.xml", relations, "sldId", |_| true)?;
    for (_, target) in order {
        if writer.is_full() {
            break;
        }
        if let Some(xml) = package.read_entry(&format!("ppt/{target}"))? {
            read_slide(&xml, writer)?;
            writer.end_page();
        }
    }
    Ok(())
}

/// Returns the parts that a document lists in elements named `element`, filtered by `is_wanted`, in order:
/// the name and the path of each.
pub fn listed_parts(
    package: &mut Package<'_>,
    document: &str,
    relations: &str,
    element: &str,
    is_wanted: fn(&XmlAttributes<'_>) -> bool,
) -> Result<Vec<(String, String)>, CodedError> {
    let mut targets = Vec::new();
    walk_nodes(&package.read_member(relations)?, |node| {
        if let XmlNode::Open("Relationship", attributes) = node {
            targets.extend(attributes.get("Id").zip(attributes.get("Target")));
        }
        true
    })?;
    let mut found = Vec::new();
    walk_nodes(&package.read_member(document)?, |node| {
        if let XmlNode::Open(name, attributes) = node
            && name == element
            && is_wanted(&attributes)
        {
            // Two attributes are called `id` without their prefix; the relation is the one with a known
            // target.
            let target =
                attributes.get_all("id").find_map(|id| targets.iter().find(|(known, _)| *known == id));
            if let Some((_, target)) = target {
                // The path of a part is relative to the folder of the document, or to the root.
                let from_root = target.strip_prefix("/ppt/").or_else(|| target.strip_prefix("/xl/"));
                let target = from_root.unwrap_or(target).to_owned();
                found.push((attributes.get("name").unwrap_or_default(), target));
            }
        }
        true
    })?;
    Ok(found)
}

fn read_slide(xml: &[u8], writer: &mut PageWriter) -> ReadResult {
    let (mut text, mut is_text, mut is_title) = (String::new(), false, false);
    let (mut row, mut in_table) = (Vec::<String>::new(), false);
    // For each open shape, whether it is hidden.
    let (mut shapes, mut is_hidden) = (Vec::<bool>::new(), false);
    walk_nodes(xml, |node| {
        match node {
            XmlNode::Open("sld", attributes) => {
                is_hidden = attributes.get("show").is_some_and(|show| matches!(show.as_str(), "0" | "false"));
            }
            XmlNode::Open("sp" | "grpSp" | "graphicFrame" | "pic" | "cxnSp", _) if is_hidden => {}
            XmlNode::Open(name @ ("sp" | "grpSp" | "graphicFrame" | "pic" | "cxnSp"), _) => {
                shapes.push(false);
                is_title &= name != "sp";
            }
            XmlNode::Close("sp" | "grpSp" | "graphicFrame" | "pic" | "cxnSp") => {
                shapes.pop();
            }
            XmlNode::Open("cNvPr", attributes) if says_yes(&attributes, "hidden") => {
                if let Some(shape) = shapes.last_mut() {
                    *shape = true;
                }
            }
            XmlNode::Text(_) if is_hidden || shapes.contains(&true) => {}
            XmlNode::Open("ph", attributes) => {
                is_title = matches!(attributes.get("type").as_deref(), Some("title" | "ctrTitle"));
            }
            XmlNode::Open("t", _) => is_text = true,
            XmlNode::Close("t") => is_text = false,
            XmlNode::Open("br", _) => text.push('\n'),
            XmlNode::Open("tbl", _) => in_table = true,
            XmlNode::Close("tbl") => in_table = false,
            XmlNode::Open("tc", _) => row.push(String::new()),
            XmlNode::Close("tr") => writer.write_line(&in_row(std::mem::take(&mut row)), None),
            XmlNode::Close("p") => {
                let paragraph = std::mem::take(&mut text);
                match row.last_mut().filter(|_| in_table) {
                    Some(cell) => {
                        cell.push_str(&paragraph.replace('\n', " "));
                        cell.push(' ');
                    }
                    None => paragraph.lines().for_each(|line| writer.write_line(line, is_title.then_some(1))),
                }
            }
            XmlNode::Text(words) if is_text => text.push_str(words),
            _ => {}
        }
        !writer.is_full()
    })
}
