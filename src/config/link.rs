//! Links to other pages, after Jaeger's `linkPatterns`: in the configuration's own words, and as
//! they stand in a configuration of Jaeger's page.

use std::fmt;
use std::path::Path;

use regex::Regex;

use super::Origin;

/// Where an attribute that a link starts from stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkPlace {
    /// Attributes of a span (Jaeger's `tags`).
    Span,
    /// Attributes of a resource (`process`).
    Resource,
    /// Attributes of an event (`logs`).
    Event,
    /// The trace itself (`traces`).
    Trace,
}

impl LinkPlace {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Span, Self::Resource, Self::Event, Self::Trace];

    /// Its word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Span => "span",
            Self::Resource => "resource",
            Self::Event => "event",
            Self::Trace => "trace",
        }
    }

    /// The place of that word, Jaeger's words included.
    pub fn named(word: &str) -> Option<Self> {
        Some(match word {
            "span" | "tags" | "attributes" => Self::Span,
            "resource" | "process" => Self::Resource,
            "event" | "logs" | "events" => Self::Event,
            "trace" | "traces" => Self::Trace,
            _ => return None,
        })
    }
}

/// Which keys or values a link is for.
#[derive(Clone, Debug, Default)]
pub enum Matcher {
    /// Any.
    #[default]
    Any,
    /// One of these.
    Of(Vec<String>),
    /// Those that a regular expression finds something in.
    Regex(Regex),
}

impl Matcher {
    /// That one alone.
    pub fn one(text: &str) -> Self {
        if text.is_empty() {
            Self::Any
        } else {
            Self::Of(vec![text.to_owned()])
        }
    }

    /// What stands in a file: text, or `/a regular expression/`.
    ///
    /// # Errors
    /// What is wrong with the expression.
    pub fn parse(text: &str) -> Result<Self, String> {
        let inner = text
            .strip_prefix('/')
            .and_then(|text| text.strip_suffix('/'));
        match inner.filter(|inner| !inner.is_empty()) {
            Some(pattern) => Regex::new(pattern)
                .map(Self::Regex)
                .map_err(|error| error.to_string().replace('\n', " ")),
            None => Ok(Self::one(text)),
        }
    }

    /// Whether it is for that text.
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Of(texts) => texts.iter().any(|other| other == text),
            Self::Regex(regex) => regex.is_match(text),
        }
    }
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for Matcher {}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::Of(texts) => f.write_str(&texts.join(", ")),
            Self::Regex(regex) => write!(f, "/{regex}/"),
        }
    }
}

/// A `[[link]]` to another page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkPattern {
    /// What it starts from.
    pub place: LinkPlace,
    /// The attribute's key; nothing is asked of a trace.
    pub key: Matcher,
    /// Its value.
    pub value: Matcher,
    /// The page, `http` or `https`, with `#{parameter}`s.
    pub url: String,
    /// What the link says, with `#{parameter}`s.
    pub text: String,
    /// Where it is configured.
    pub origin: Origin,
}

impl LinkPattern {
    /// Whether it is for an attribute.
    pub fn matches(&self, key: &str, value: &str) -> bool {
        self.key.matches(key) && self.value.matches(value)
    }
}

impl fmt::Display for LinkPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place.name();
        write!(f, "{place} {}: {} -> {}", self.key, self.text, self.url)
    }
}

/// A page's address: nothing but the web is opened.
pub(super) fn page(url: &str) -> Result<String, &'static str> {
    let known = url.starts_with("https://") || url.starts_with("http://");
    known
        .then(|| url.to_owned())
        .ok_or("a link starts with http:// or https://")
}

/// The `linkPatterns` of a configuration of Jaeger's page, and what is wrong with single ones.
///
/// # Errors
/// Why the file cannot be read at all.
pub fn of_jaeger(path: &Path, origin: &Origin) -> Result<(Vec<LinkPattern>, Vec<String>), String> {
    let told = |cause: &dyn fmt::Display| format!("{}: {cause}", path.display());
    let text = std::fs::read_to_string(path).map_err(|cause| told(&cause))?;
    let json: serde_json::Value = serde_json::from_str(&text).map_err(|cause| told(&cause))?;
    let list = json
        .get("linkPatterns")
        .and_then(serde_json::Value::as_array);
    let list = list.ok_or_else(|| told(&"has no list linkPatterns"))?;
    let (mut links, mut wrong) = (Vec::new(), Vec::new());
    for (number, entry) in list.iter().enumerate() {
        match one_of_jaeger(entry, origin) {
            Ok(link) => links.push(link),
            Err(why) => wrong.push(told(&format!("linkPatterns[{number}]: {why}"))),
        }
    }
    Ok((links, wrong))
}

fn one_of_jaeger(entry: &serde_json::Value, origin: &Origin) -> Result<LinkPattern, String> {
    let text = |key: &str| entry.get(key).and_then(serde_json::Value::as_str);
    let matcher = |key: &str| match entry.get(key) {
        None | Some(serde_json::Value::Null) => Ok(Matcher::Any),
        Some(serde_json::Value::String(text)) => Ok(Matcher::one(text)),
        Some(serde_json::Value::Array(list)) => {
            let texts = list.iter().filter_map(serde_json::Value::as_str);
            Ok(Matcher::Of(texts.map(str::to_owned).collect()))
        }
        Some(_) => Err(format!("{key}: text or a list of texts is expected")),
    };
    let place = text("type").ok_or("it has no type")?;
    let place = LinkPlace::named(place).ok_or_else(|| format!("unknown type {place}"))?;
    let url = page(text("url").ok_or("it has no url")?)?;
    Ok(LinkPattern {
        place,
        key: matcher("key")?,
        value: matcher("value")?,
        text: text("text").unwrap_or(&url).to_owned(),
        url,
        origin: origin.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_text_or_expressions() {
        assert!(Matcher::parse("user.id").is_ok_and(|m| m.matches("user.id") && !m.matches("x")));
        let all = Matcher::parse("/^user\\./").unwrap();
        assert!(all.matches("user.id") && !all.matches("the.user.id"));
        assert!(Matcher::parse("/(/").is_err());
        assert_eq!(Matcher::parse("/").unwrap(), Matcher::one("/"));
    }

    #[test]
    fn patterns_of_jaegers_page_are_read() {
        let path = std::env::temp_dir().join(format!("vizsla-links-{}.json", std::process::id()));
        let text = r#"{"menu": [], "linkPatterns": [
            {"type": "process", "key": "jaeger.version", "url": "https://x/#{jaeger.version}", "text": "release"},
            {"type": "tags", "key": ["a", "b"], "value": "v", "url": "https://x/"},
            {"type": "logs", "url": "javascript:alert(1)"},
            {"type": "other", "url": "https://x/"}
        ]}"#;
        std::fs::write(&path, text).unwrap();
        let read = of_jaeger(&path, &Origin::Default);
        std::fs::remove_file(&path).unwrap();
        let (links, wrong) = read.unwrap();
        assert_eq!((links.len(), wrong.len()), (2, 2), "{wrong:?}");
        assert_eq!(
            (links[0].place, links[0].text.as_str()),
            (LinkPlace::Resource, "release")
        );
        assert!(links[1].matches("b", "v") && !links[1].matches("b", "w"));
        assert!(of_jaeger(Path::new("/nowhere.json"), &Origin::Default).is_err());
    }
}
