//! How the pane stands, told and found again.

use crate::tui::session::standing::Pane;

use super::{Detail, FOLDED, Section};

/// What is told where somebody folded all sections that are folded at first, and none else.
const NONE: &str = "none";

impl Detail {
    /// How it stands; whether it has the keys is known elsewhere.
    pub fn stands(&self, focused: bool) -> Pane {
        let turned = self.chosen.iter();
        let turned = turned.filter(|(section, folded)| FOLDED.contains(section) != **folded);
        let mut turned: Vec<String> = turned
            .map(|(section, _)| section.title().to_owned())
            .collect();
        if turned.is_empty() && !self.chosen.is_empty() {
            turned.push(NONE.to_owned());
        }
        Pane {
            hidden: !self.shown,
            focused,
            find: self.filter.text().to_owned(),
            line: Some(self.list.cursor()).filter(|&line| focused && line > 0),
            sections: turned,
        }
    }

    /// Stands so, but for the line, which is there only when all is told.
    pub fn stand(&mut self, pane: &Pane) {
        self.shown = !pane.hidden;
        self.filter.set(pane.find.clone(), pane.find.len());
        let named = |title: &str| Section::ALL.into_iter().find(|one| one.title() == title);
        let turned = pane.sections.iter().filter_map(|title| named(title));
        let turned = turned.map(|section| (section, !FOLDED.contains(&section)));
        let usual = FOLDED.iter().filter(|_| !pane.sections.is_empty());
        self.chosen = usual.map(|section| (*section, true)).collect();
        self.chosen.extend(turned);
        self.narrowed();
    }
}
