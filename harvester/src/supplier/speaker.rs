//! Speakers from sources that do not tell members from citizens: only a speaker with the name of a person of the
//! authority is named.

use std::collections::{BTreeMap, BTreeSet};

use raadhuis_schema::{Content, Entity, EntityId, Part};

/// Names the speakers of the chapters in `said`, when `known` contains the name. Other names are dropped; their
/// chapters remain.
pub fn name_speakers(parts: &mut [Part], said: &BTreeMap<EntityId, String>, known: &BTreeSet<String>) {
    for part in parts {
        let Content::Says(entity) = &mut part.content else { continue };
        let Entity::Chapter(chapter) = &mut **entity else { continue };
        if let Some(name) = said.get(chapter.id.as_entity()).filter(|name| known.contains(&fold_name(name))) {
            chapter.speaker = Some(name.clone());
        }
    }
}

/// The form in which names are compared: lower case, single spaces.
pub fn fold_name(name: &str) -> String {
    name.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use raadhuis_schema::{Authority, Chapter, Id, Origin, Recording, Standing};

    use super::*;

    #[test]
    fn a_citizen_is_not_named_and_a_member_is() {
        let authority = Id::<Authority>::new("tooi", "gemeente", "gm0001");
        let recording = Id::<Recording>::new("parlaeus", "waterdam", "1");
        let chapter = |key: &str| {
            let id = Id::within(recording.as_entity(), key);
            Chapter::bare(id, authority.clone(), recording.clone(), 7)
        };
        let part = |key: &str| Part {
            origin: Origin::Detail(recording.as_entity().clone()),
            standing: Standing::Detail,
            content: Content::Says(Box::new(Entity::Chapter(chapter(key)))),
        };
        let mut parts = [part("member"), part("citizen"), part("nobody")];
        let said = [("member", "Mina  PLUIMRIET"), ("citizen", "Mina Pluim")]
            .map(|(key, name)| (chapter(key).id.as_entity().clone(), name.to_owned()));
        let known = BTreeSet::from([fold_name("Mina Pluimriet")]);
        name_speakers(&mut parts, &said.into(), &known);
        let speakers: Vec<_> = parts
            .iter()
            .map(|part| match &part.content {
                Content::Says(entity) => match &**entity {
                    Entity::Chapter(chapter) => chapter.speaker.as_deref(),
                    _ => None,
                },
                _ => None,
            })
            .collect();
        assert_eq!(speakers, [Some("Mina  PLUIMRIET"), None, None]);
    }
}
