//! Two traces beside each other: which they are, who has the keys, what moves together.

use crate::text::Shown;
use crate::tui::job::PageId;
use crate::tui::screen::Screen;

use super::State;

impl State {
    /// The two traces that stand beside each other, the one opened first on the left. The topmost
    /// has the keys.
    pub fn beside(&self) -> Option<[(PageId, &Screen); 2]> {
        let [.., (one, first), (other, second)] = self.screens.as_slice() else {
            return None;
        };
        let traces = matches!((first, second), (Screen::Trace(_), Screen::Trace(_)));
        let mut pair = [(*one, first), (*other, second)];
        pair.sort_by_key(|(id, _)| *id);
        (self.shared.beside && traces).then_some(pair)
    }

    /// The crumbs that both of them stand below.
    pub fn crumbs_below(&self) -> Vec<Shown<'static>> {
        let below = self.screens.len().saturating_sub(2);
        let names = self
            .screens()
            .take(below)
            .map(|screen| screen.page().crumb());
        std::iter::once(self.shared.source.name())
            .chain(names)
            .collect()
    }

    /// Gives the keys to the other of two traces that stand beside each other.
    pub fn swap(&mut self) {
        let len = self.screens.len();
        if self.beside().is_some() {
            self.screens.swap(len - 1, len - 2);
        }
    }

    /// The rows of the two move together, if they are different traces.
    pub fn along(&mut self, by: isize) {
        let Some([one, other]) = self.beside() else {
            return;
        };
        let trace = |screen: &Screen| screen.page().traces();
        if trace(one.1) == trace(other.1) {
            return;
        }
        let at = self.screens.len() - 2;
        if let Some((_, screen)) = self.screens.get_mut(at) {
            screen.page_mut().along(by);
        }
    }
}
