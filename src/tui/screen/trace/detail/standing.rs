//! How the pane stands, told and found again.

use std::collections::BTreeSet;

use crate::tui::standing::Pane;

use super::{Detail, FOLDED, Section};

impl Detail {
    /// How it stands; whether it has the keys is known elsewhere.
    pub fn stands(&self, focused: bool) -> Pane {
        let at_first = BTreeSet::from(FOLDED);
        let turned = self.folded.symmetric_difference(&at_first);
        Pane {
            hidden: !self.shown,
            focused,
            find: self.filter.text().to_owned(),
            line: Some(self.list.cursor()).filter(|&line| focused && line > 0),
            sections: turned.map(|section| section.title().to_owned()).collect(),
        }
    }

    /// Stands so, but for the line, which is there only when all is told.
    pub fn stand(&mut self, pane: &Pane) {
        self.shown = !pane.hidden;
        self.filter.set(pane.find.clone(), pane.find.len());
        let named = |title: &str| Section::ALL.into_iter().find(|one| one.title() == title);
        let turned = pane.sections.iter().filter_map(|title| named(title));
        let turned: BTreeSet<Section> = turned.collect();
        let folded = BTreeSet::from(FOLDED);
        self.folded = folded.symmetric_difference(&turned).copied().collect();
        self.narrowed();
    }
}
