//! Archives: each file in them is an input of its own.

use std::io::{Cursor, Read};
use std::ops::ControlFlow;

use crate::format::problem::Reason;

use super::meter::Metered;
use super::{Container, Opener, Peeked, Visitor, problem};

impl Opener<'_> {
    /// A zip archive. Its directory is at its end, so the archive is held in memory.
    pub(super) fn zip(
        &self,
        name: &str,
        containers: &[Container],
        content: Peeked<'_>,
        visitor: &mut dyn Visitor,
    ) -> ControlFlow<()> {
        let mut bytes = Vec::new();
        let limit = self.limits.archive_bytes;
        let archive = match content.take(limit + 1).read_to_end(&mut bytes) {
            Ok(_) if bytes.len() as u64 > limit => {
                let message = format!("a zip archive of more than {limit} bytes");
                visitor.problem(problem(name, Reason::TooLarge, &message));
                return ControlFlow::Continue(());
            }
            Ok(_) => zip::ZipArchive::new(Cursor::new(bytes))
                .map_err(|error| (Reason::Malformed, error.to_string())),
            Err(error) => Err((Reason::of(&error), error.to_string())),
        };
        let mut archive = match archive {
            Ok(archive) => archive,
            Err((reason, error)) => {
                visitor.problem(problem(name, reason, &format!("zip: {error}")));
                return ControlFlow::Continue(());
            }
        };
        for index in 0..archive.len() {
            self.zip_file(name, containers, &mut archive, index, visitor)?;
        }
        ControlFlow::Continue(())
    }

    fn zip_file(
        &self,
        name: &str,
        containers: &[Container],
        archive: &mut zip::ZipArchive<Cursor<Vec<u8>>>,
        index: usize,
        visitor: &mut dyn Visitor,
    ) -> ControlFlow<()> {
        let file = match archive.name_for_index(index) {
            Some(Ok(file)) => file.into_owned(),
            _ => format!("file {index}"),
        };
        let path = format!("{name}/{file}");
        match archive.by_index(index) {
            Ok(file) if file.is_file() => {
                let content = Box::new(Metered::expanded(file, self.meter));
                self.open(path, containers.to_vec(), content, visitor)
            }
            Ok(_) => ControlFlow::Continue(()),
            Err(error) => {
                visitor.problem(problem(
                    &path,
                    Reason::Unsupported,
                    &format!("zip: {error}"),
                ));
                ControlFlow::Continue(())
            }
        }
    }

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
