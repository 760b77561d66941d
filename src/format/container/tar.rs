//! Archives of tar: each file in them is an input of its own.

use std::ops::ControlFlow;

use crate::format::problem::Reason;

use super::{Container, Opener, Peeked, Visitor, problem};

impl Opener<'_> {
    /// A tar archive, read as it comes. A broken header ends it: nothing tells where the next
    /// file would begin.
    pub(super) fn tar(
        &self,
        name: &str,
        containers: &[Container],
        content: Peeked<'_>,
        visitor: &mut dyn Visitor,
    ) -> ControlFlow<()> {
        let mut archive = tar::Archive::new(content);
        let files = match archive.entries() {
            Ok(files) => files,
            Err(error) => {
                visitor.problem(problem(name, Reason::of(&error), &format!("tar: {error}")));
                return ControlFlow::Continue(());
            }
        };
        for file in files {
            match file {
                Ok(file) if file.header().entry_type().is_file() => {
                    let path = format!("{name}/{}", String::from_utf8_lossy(&file.path_bytes()));
                    self.open(path, containers.to_vec(), Box::new(file), visitor)?;
                }
                Ok(_) => {}
                Err(error) => {
                    visitor.problem(problem(name, Reason::of(&error), &format!("tar: {error}")));
                    break;
                }
            }
        }
        ControlFlow::Continue(())
    }
}
