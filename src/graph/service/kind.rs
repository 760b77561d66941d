//! What a node is beside a service, and whom a client without an instrumented peer calls.
//!
//! Decided by the semantic conventions (OpenTelemetry registry v1.44, with the older names that
//! still arrive), once for each distinct attribute of a block and not for each span.

use crate::model::{Block, Kind, PairIx, SpanRef};

/// What kind of thing a node stands for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKind {
    /// A service, nothing special.
    #[default]
    Service,
    /// A database.
    Db,
    /// A cache.
    Cache,
    /// A queue or topic of messages.
    Queue,
    /// Something outside, known by its address or name only.
    Ext,
    /// A browser or a mobile application: where users are.
    User,
}

impl NodeKind {
    /// The word in a node's frame; empty for a plain service.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Service => "",
            Self::Db => "db",
            Self::Cache => "cache",
            Self::Queue => "queue",
            Self::Ext => "ext",
            Self::User => "user",
        }
    }

    /// The kind of a word; a plain service for any other.
    pub fn of_word(word: &str) -> Self {
        let all = [Self::Db, Self::Cache, Self::Queue, Self::Ext, Self::User];
        all.into_iter()
            .find(|kind| kind.word() == word)
            .unwrap_or_default()
    }

    /// The kind of database that `db.system.name` (or `db.system`) names.
    fn of_database(system: &str) -> Self {
        let system = system.to_ascii_lowercase();
        let cache = [
            "redis",
            "memcached",
            "valkey",
            "dragonfly",
            "keydb",
            "hazelcast",
            "geode",
        ];
        if cache.iter().any(|name| system.contains(name)) {
            Self::Cache
        } else {
            Self::Db
        }
    }
}

/// What one attribute says of the other side of a call, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Says {
    /// The peer's own name.
    Peer,
    /// The database, and the system it runs on.
    Database,
    System,
    /// The queue or topic, and its system.
    Destination,
    Messaging,
    /// The called service of an RPC.
    Rpc,
    /// An address.
    Address,
    /// A URL, whose host is the name.
    Url,
}

impl Says {
    /// Whether it names the other side without saying what that is.
    fn is_address(self) -> bool {
        matches!(self, Self::Peer | Self::Rpc | Self::Address | Self::Url)
    }
}

/// Attribute keys in the order in which they are believed.
const KEYS: [(&str, Says); 17] = [
    ("service.peer.name", Says::Peer),
    ("peer.service", Says::Peer),
    ("db.namespace", Says::Database),
    ("db.name", Says::Database),
    ("db.system.name", Says::System),
    ("db.system", Says::System),
    ("messaging.destination.name", Says::Destination),
    ("messaging.destination", Says::Destination),
    ("messaging.system", Says::Messaging),
    ("rpc.service", Says::Rpc),
    ("server.address", Says::Address),
    ("net.peer.name", Says::Address),
    ("network.peer.address", Says::Address),
    ("net.peer.ip", Says::Address),
    ("url.full", Says::Url),
    ("http.url", Says::Url),
    ("aws.service", Says::Address),
];

/// The attributes of a block that say something of peers: read once, asked for each span.
#[derive(Debug, Default)]
pub(super) struct Hints {
    names_only: bool,
    /// Per key of the dictionary: its place in [`KEYS`], and one more; zero for all others. Empty
    /// if all are.
    of_key: Vec<u8>,
}

/// The key of a rank, which is its place in [`KEYS`] and one more.
fn says(rank: u8) -> Option<(&'static str, Says)> {
    KEYS.get(usize::from(rank).checked_sub(1)?).copied()
}

/// What the attributes of one span say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Peer<'a> {
    /// The name of the other side, empty if nothing names it.
    pub name: &'a str,
    /// What it is.
    pub kind: NodeKind,
}

impl Hints {
    pub fn new(block: &Block) -> Self {
        let dictionary = block.dictionary();
        let keys = dictionary.keys();
        let mut of_key = vec![0_u8; keys.len()];
        for ((name, _), rank) in KEYS.iter().zip(1..) {
            let sym = dictionary.find(name);
            let number = sym.and_then(|sym| keys.iter().position(|&key| key == sym));
            if let Some(slot) = number.and_then(|number| of_key.get_mut(number)) {
                *slot = rank;
            }
        }
        if of_key.iter().all(|&rank| rank == 0) {
            return Self::default();
        }
        let mut ranks = of_key.iter().filter_map(|&rank| says(rank));
        Self {
            names_only: ranks.all(|(_, says)| says.is_address()),
            of_key,
        }
    }

    /// Whether a peer is an address or a name and never known to be a database or a queue.
    pub fn names_only(&self) -> bool {
        self.names_only
    }

    /// Whether any span of the block can say anything.
    pub fn is_silent(&self) -> bool {
        self.of_key.is_empty()
    }

    /// Whom a client or producer calls, by its attributes.
    pub fn peer<'a>(&self, block: &'a Block, pairs: &[PairIx]) -> Peer<'a> {
        let mut best: Option<(u8, &str)> = None;
        let mut kind = NodeKind::Ext;
        for &pair in pairs {
            let key = block.dictionary().key_number(pair);
            let rank = self.of_key.get(key).copied().unwrap_or(0);
            let Some((_, says)) = says(rank) else {
                continue;
            };
            let value = block.dictionary().value(pair).as_str().unwrap_or_default();
            match says {
                Says::System => kind = NodeKind::of_database(value),
                Says::Database if kind == NodeKind::Ext => kind = NodeKind::Db,
                Says::Destination | Says::Messaging => kind = NodeKind::Queue,
                _ => {}
            }
            let name = if says == Says::Url {
                host(value)
            } else {
                value
            };
            if !name.is_empty() && best.is_none_or(|(known, _)| rank < known) {
                best = Some((rank, name));
            }
        }
        Peer {
            name: best.map_or("", |(_, name)| name),
            kind,
        }
    }
}

/// Whether a span is a database's own: it speaks of a database, and is recorded by it, or by a
/// client under its name.
pub(super) fn is_database(peer: Peer<'_>, span: SpanRef<'_>) -> bool {
    let database = matches!(peer.kind, NodeKind::Db | NodeKind::Cache);
    let client = matches!(span.kind(), Kind::Client | Kind::Producer);
    database && (!client || peer.name == span.service())
}

/// Whether a resource is an application in a user's hands.
pub(super) fn is_user(block: &Block, pairs: &[PairIx]) -> bool {
    let dictionary = block.dictionary();
    pairs.iter().any(|&pair| {
        let key = dictionary.text(dictionary.key(pair));
        match key {
            "telemetry.sdk.language" => {
                matches!(
                    dictionary.value(pair).as_str(),
                    Some("webjs" | "swift" | "android")
                )
            }
            "browser.brands"
            | "browser.platform"
            | "browser.language"
            | "user_agent.original"
            | "device.model.identifier"
            | "device.model.name"
            | "device.manufacturer" => true,
            _ => false,
        }
    })
}

/// The host of a URL: what stands between `//` and the next `/`, `?`, `#` or port.
fn host(url: &str) -> &str {
    let rest = url.split_once("//").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    fn peer(words: &str) -> (String, NodeKind) {
        let block = scenario::block(&format!("a: x 0..1 client {words}\n"));
        let peer = Hints::new(&block).peer(&block, block.attribute_pairs(0));
        (peer.name.to_owned(), peer.kind)
    }

    #[test]
    fn the_best_name_and_the_kind_are_taken() {
        assert_eq!(
            peer("server.address=10.0.0.7 db.system=redis"),
            ("redis".into(), NodeKind::Cache)
        );
        assert_eq!(
            peer("db.system.name=mysql db.namespace=shop"),
            ("shop".into(), NodeKind::Db)
        );
        assert_eq!(
            peer("peer.service=pay url.full=http://x"),
            ("pay".into(), NodeKind::Ext)
        );
        assert_eq!(
            peer("messaging.destination.name=rides"),
            ("rides".into(), NodeKind::Queue)
        );
        assert_eq!(
            peer("url.full=https://u:p@api.example:8443/v1?q"),
            ("api.example".into(), NodeKind::Ext)
        );
        assert_eq!(peer("http.method=GET"), (String::new(), NodeKind::Ext));
    }
}
