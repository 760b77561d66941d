//! Step 7: a place for each label, above a stretch of line that belongs to its edge alone.

use std::collections::HashMap;

use super::super::drawing::{Drawing, EdgePath, Heading, Point, Rect};

/// What occupies a stretch of a row: the edge on whose row it lies, or something no edge owns.
type Stretch = (i32, i32, Option<usize>);

/// Sets the label of every path whose width is not 0 and for which there is room.
pub(super) fn place(drawing: &mut Drawing, widths: &[i32]) {
    let mut rows = Rows::of(drawing);
    for index in 0..drawing.paths.len() {
        let width = widths.get(index).copied().unwrap_or(0);
        let path = &drawing.paths[index];
        let label = (width > 0).then(|| rows.room(index, path, width)).flatten();
        if let Some(at) = label {
            rows.take(at.y, at.x, at.x + width - 1, None);
            drawing.paths[index].label = Some(Rect {
                x: at.x,
                y: at.y,
                width,
                height: 1,
            });
        }
    }
}

struct Rows {
    taken: HashMap<i32, Vec<Stretch>>,
}

impl Rows {
    fn of(drawing: &Drawing) -> Self {
        let mut rows = Self {
            taken: HashMap::new(),
        };
        for node in &drawing.boxes {
            for y in node.rect.y..node.rect.bottom() {
                rows.take(y, node.rect.x, node.rect.right() - 1, None);
            }
        }
        for (index, path) in drawing.paths.iter().enumerate() {
            for pair in path.points.windows(2) {
                let &[a, b] = pair else { continue };
                if a.y == b.y {
                    rows.take(a.y, a.x.min(b.x), a.x.max(b.x), Some(index));
                } else {
                    for y in a.y.min(b.y)..=a.y.max(b.y) {
                        rows.take(y, a.x, a.x, Some(index));
                    }
                }
            }
        }
        rows
    }

    fn take(&mut self, y: i32, from: i32, to: i32, owner: Option<usize>) {
        self.taken.entry(y).or_default().push((from, to, owner));
    }

    /// The first cell of a label above the path: near its target first, then backwards.
    fn room(&self, index: usize, path: &EdgePath, width: i32) -> Option<Point> {
        let last = path.points.len().checked_sub(2)?;
        let stretches = path.points.windows(2).enumerate().rev();
        stretches
            .filter_map(|(at, pair)| Some((at, pair.first()?, pair.get(1)?)))
            .find_map(|(at, a, b)| {
                // Not above the arrow head, and not above the corners where the line comes from.
                let head = i32::from(at == last);
                let (from, to) = match (a.y == b.y, path.heading) {
                    (false, _) => return None,
                    (true, Heading::Right) => (a.x.min(b.x), a.x.max(b.x) - head),
                    (true, Heading::Left) => (a.x.min(b.x) + head, a.x.max(b.x)),
                };
                (from..=to - width + 1)
                    .find(|&x| self.is_free(index, a.y, x, width))
                    .map(|x| Point { x, y: a.y - 1 })
            })
    }

    fn is_free(&self, index: usize, y: i32, x: i32, width: i32) -> bool {
        let clear = |y: i32, own: bool, margin: i32| {
            self.taken.get(&y).is_none_or(|row| {
                row.iter().all(|&(from, to, owner)| {
                    (own && owner == Some(index))
                        || to < x - margin
                        || x + width - 1 + margin < from
                })
            })
        };
        y > 0 && clear(y, true, 0) && clear(y - 1, false, 1)
    }
}
