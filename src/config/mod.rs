//! Files, environment and flags, merged, with the origin of each value.
//!
//! A flag wins over an environment variable, that over `config.toml`, that over the default;
//! [`Setting`] remembers which it was. The file is read key by key ([`mod@file`]), so that one
//! mistake in it costs one setting and a [`Problem`] with its place, never the rest. Flags
//! and their environment twins are read by the command line and come in as a [`Layer`].
//!
//! Secrets stand neither here nor in the file: a [`SecretSource`] says where one is to be
//! fetched (environment, file, command). Who uses a setting decides what it means; this room
//! knows no theme, no key and no backend, only how they are written down.

mod access;
mod backend;
pub mod file;
mod layer;
mod link;
mod listen;
mod paths;
mod preset;
mod problem;
mod reader;
mod rows;
mod secret;
mod setting;
pub mod terminal;

pub use access::{Access, Denied};
pub use backend::{BackendConfig, Header, HeaderValue};
pub use file::TEMPLATE;
pub use layer::{Config, KeyBinding, Layer};
pub use link::{LinkPattern, LinkPlace, Matcher};
pub use listen::{Exposure, Listen, ListenError, Listener, Listeners, NoListen};
pub use paths::Paths;
pub use preset::Preset;
pub use problem::{Problem, nearest};
pub use secret::{Secret, SecretError, SecretSource};
pub use setting::{Origin, Setting};
pub use terminal::{Color, Depth};
