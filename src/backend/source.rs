//! What a `SOURCE` on a command line means: files, the demo's data, or a system to ask.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Backend, BackendError, Files, Input, Jaeger, Memory, Probed, Reading, Vizsla};
use crate::config::{BackendConfig, nearest};
use crate::model::Block;
use crate::storage::{Limits, Origin, Store};

/// A system whose API is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum System {
    /// Another vizsla.
    Vizsla,
    /// Jaeger's query service.
    Jaeger,
    /// Grafana Tempo.
    Tempo,
    /// Zipkin.
    Zipkin,
}

impl System {
    /// All of them, in the order in which a server is probed.
    pub const ALL: [Self; 4] = [Self::Vizsla, Self::Jaeger, Self::Tempo, Self::Zipkin];

    /// The name before the `+` of a URL.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vizsla => "vizsla",
            Self::Jaeger => "jaeger",
            Self::Tempo => "tempo",
            Self::Zipkin => "zipkin",
        }
    }
}

/// What a source means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Files, folders and standard input, as one data set.
    Files(Vec<Input>),
    /// `demo:SEED`: the demo's data with a frozen clock.
    Demo(u64),
    /// A system to ask.
    Remote(Remote),
}

/// A system to ask over the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// The name it is configured under.
    pub name: Option<String>,
    /// Which system it is, if its URL says so; else it is probed.
    pub system: Option<System>,
    /// Where and how; the URL without the name of the system.
    pub config: BackendConfig,
}

/// How sources are to be opened.
#[derive(Debug, Clone, Copy)]
pub struct Opening {
    /// How files are read.
    pub reading: Reading,
    /// The demo's data for a seed.
    pub demo: fn(u64) -> Vec<Block>,
}

impl Source {
    /// Opens it. A system on the network is not asked anything yet.
    ///
    /// # Errors
    /// What is wrong with it, as far as that can be told without asking.
    pub fn open(self, opening: Opening) -> Result<Arc<dyn Backend>, BackendError> {
        Ok(match self {
            Self::Files(inputs) => Arc::new(Files::open(inputs, opening.reading)?),
            Self::Demo(seed) => {
                let store = Store::new(Limits::of(opening.reading.budget));
                for block in (opening.demo)(seed) {
                    store.commit(block, Origin::default());
                }
                Arc::new(Memory::frozen(store, format!("demo:{seed}")))
            }
            Self::Remote(remote) => remote.open()?,
        })
    }

    /// What some words mean, given the backends that are configured. A configured name goes
    /// before a file of that name: `./name` is the file.
    ///
    /// # Errors
    /// What is none of all this, with what may have been meant.
    pub fn read(
        words: &[String],
        configured: &BTreeMap<String, BackendConfig>,
    ) -> Result<Self, BackendError> {
        let mut inputs = Vec::new();
        for word in words {
            match Self::of(word, configured)? {
                Self::Files(files) => inputs.extend(files),
                single if words.len() == 1 => return Ok(single),
                _ => {
                    let why = format!(
                        "{word} cannot be read together with other sources: only files can"
                    );
                    return Err(BackendError::Input(why));
                }
            }
        }
        if inputs.is_empty() {
            return Err(BackendError::Input("no source is named".to_owned()));
        }
        if inputs
            .iter()
            .filter(|input| **input == Input::Stdin)
            .count()
            > 1
        {
            return Err(BackendError::Input(
                "standard input (-) can be read only once".to_owned(),
            ));
        }
        Ok(Self::Files(inputs))
    }

    /// What one word means.
    fn of(word: &str, configured: &BTreeMap<String, BackendConfig>) -> Result<Self, BackendError> {
        if word == "-" {
            return Ok(Self::Files(vec![Input::Stdin]));
        }
        if let Some(seed) = word.strip_prefix("demo:") {
            let seed = seed.parse();
            return seed.map(Self::Demo).map_err(|_| {
                BackendError::Input(format!("{word}: the demo's seed is a number, as in demo:7"))
            });
        }
        if let Some(config) = configured.get(word) {
            let (system, url) = split(&config.url)?;
            let config = BackendConfig {
                url,
                ..config.clone()
            };
            return Ok(Self::Remote(Remote {
                name: Some(word.to_owned()),
                system,
                config,
            }));
        }
        if word.contains("://") {
            let (system, url) = split(word)?;
            let config = BackendConfig {
                url,
                ..BackendConfig::default()
            };
            return Ok(Self::Remote(Remote {
                name: None,
                system,
                config,
            }));
        }
        if Path::new(word).exists() {
            return Ok(Self::Files(vec![Input::Path(PathBuf::from(word))]));
        }
        Err(BackendError::Input(nothing(word, configured)))
    }
}

impl Remote {
    fn open(self) -> Result<Arc<dyn Backend>, BackendError> {
        let Self {
            name,
            system,
            config,
        } = self;
        let name = name.as_deref();
        match system {
            None => Ok(Arc::new(Probed::new(name, &config)?)),
            Some(System::Vizsla) => Ok(Arc::new(Vizsla::new(name, &config)?)),
            Some(System::Jaeger) => Ok(Arc::new(Jaeger::new(name, &config)?)),
            Some(system @ (System::Tempo | System::Zipkin)) => {
                let (system, url) = (system.name(), config.url);
                let why = format!(
                    "{system}+{url}: only the APIs of vizsla and Jaeger are asked over the network; download traces of {system} and open the file"
                );
                Err(BackendError::Input(why))
            }
        }
    }
}

/// The system that a URL names, and the URL as it is on the network.
fn split(url: &str) -> Result<(Option<System>, String), BackendError> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (system, transport) = match scheme.split_once('+') {
        None => (None, scheme),
        Some((name, transport)) => {
            let system = System::ALL.into_iter().find(|system| system.name() == name);
            let Some(system) = system else {
                let known = System::ALL.map(System::name).join(", ");
                return Err(BackendError::Input(format!(
                    "{url}: {name} is no system that can be asked: {known} are"
                )));
            };
            (Some(system), transport)
        }
    };
    match transport {
        "http" | "https" => Ok((system, format!("{transport}://{rest}"))),
        _ => Err(BackendError::Input(format!(
            "{url}: a backend's URL begins with http:// or https://, or with a system as in jaeger+http://"
        ))),
    }
}

/// What to say of a word that means nothing.
fn nothing(word: &str, configured: &BTreeMap<String, BackendConfig>) -> String {
    let names = || configured.keys().map(String::as_str);
    let hint = match nearest(word, names()) {
        Some(near) => format!("did you mean {near}?"),
        None if configured.is_empty() => "no backend is configured".to_owned(),
        None => format!(
            "configured backends: {}",
            names().collect::<Vec<_>>().join(", ")
        ),
    };
    format!("{word}: no such file, folder or backend ({hint})")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Source, BackendError> {
        let prod = BackendConfig {
            url: "jaeger+https://traces.example/base".into(),
            ..BackendConfig::default()
        };
        let configured = BTreeMap::from([("prod".to_owned(), prod)]);
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        Source::read(&words, &configured)
    }

    fn remote(word: &str) -> Remote {
        match read(&[word]) {
            Ok(Source::Remote(remote)) => remote,
            other => panic!("{word} is {other:?}"),
        }
    }

    #[test]
    fn urls_and_names_are_systems_to_ask() {
        assert_eq!(remote("http://h:16686").system, None);
        assert_eq!(remote("tempo+https://h/x").system, Some(System::Tempo));
        assert_eq!(remote("tempo+https://h/x").config.url, "https://h/x");
        let prod = remote("prod");
        assert_eq!(
            (prod.name.as_deref(), prod.system),
            (Some("prod"), Some(System::Jaeger))
        );
        assert_eq!(prod.config.url, "https://traces.example/base");
    }

    #[test]
    fn files_are_one_data_set_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        let files = vec![Input::Path(folder.path().to_owned()), Input::Stdin];
        assert_eq!(read(&[path, "-"]), Ok(Source::Files(files)));
        assert_eq!(read(&["demo:7"]), Ok(Source::Demo(7)));
        for wrong in [
            &["demo:7", path][..],
            &["-", "-"],
            &["demo:x"],
            &["ftp://h"],
            &["loki+http://h"],
            &[],
        ] {
            assert!(
                matches!(read(wrong), Err(BackendError::Input(_))),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn what_means_nothing_says_what_may_have_been_meant() {
        let error = read(&["prdo"]).unwrap_err().to_string();
        assert_eq!(
            error,
            "prdo: no such file, folder or backend (did you mean prod?)"
        );
    }
}
