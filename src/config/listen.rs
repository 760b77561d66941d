//! Which receivers and services listen, where, and who may come.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use super::{Access, SecretError, SecretSource, Setting};

/// Something that listens on an address of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Listener {
    /// OTLP over gRPC.
    OtlpGrpc,
    /// OTLP over HTTP.
    OtlpHttp,
    /// Jaeger's Thrift over HTTP.
    JaegerThriftHttp,
    /// Jaeger's agent, compact Thrift over UDP.
    JaegerCompact,
    /// Jaeger's agent, binary Thrift over UDP.
    JaegerBinary,
    /// Jaeger's collector over gRPC.
    JaegerGrpc,
    /// Zipkin.
    Zipkin,
    /// Jaeger's sampling strategies over HTTP.
    Sampling,
    /// The query service over HTTP.
    Query,
    /// The query service over gRPC.
    QueryGrpc,
}

impl Listener {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 10] = [
        Self::OtlpGrpc,
        Self::OtlpHttp,
        Self::JaegerThriftHttp,
        Self::JaegerCompact,
        Self::JaegerBinary,
        Self::JaegerGrpc,
        Self::Zipkin,
        Self::Sampling,
        Self::Query,
        Self::QueryGrpc,
    ];

    /// Its name: the flag without dashes, the key in the file, the word in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OtlpGrpc => "otlp-grpc",
            Self::OtlpHttp => "otlp-http",
            Self::JaegerThriftHttp => "jaeger-thrift-http",
            Self::JaegerCompact => "jaeger-compact",
            Self::JaegerBinary => "jaeger-binary",
            Self::JaegerGrpc => "jaeger-grpc",
            Self::Zipkin => "zipkin",
            Self::Sampling => "sampling",
            Self::Query => "query",
            Self::QueryGrpc => "query-grpc",
        }
    }

    /// Whether this program has it; one that it has not takes only `off`.
    pub const fn is_built(self) -> bool {
        matches!(self, Self::OtlpGrpc | Self::OtlpHttp | Self::Query)
    }

    /// Whether spans arrive there; the others answer questions.
    pub const fn is_receiver(self) -> bool {
        !matches!(self, Self::Query | Self::QueryGrpc | Self::Sampling)
    }

    /// Where it listens unless told otherwise: Jaeger's port, on loopback.
    pub const fn default_listen(self) -> Listen {
        let port = match self {
            Self::OtlpGrpc => 4317,
            Self::OtlpHttp => 4318,
            Self::Query => 16686,
            _ => return Listen::Off,
        };
        Listen::At(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port))
    }

    /// Reads where it is to listen, and refuses what is not built.
    pub fn parse(self, text: &str) -> Result<Listen, ListenError> {
        match text.parse()? {
            Listen::At(_) if !self.is_built() => Err(ListenError::NotBuilt(self)),
            listen => Ok(listen),
        }
    }
}

/// An address to listen on, or `off`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listen {
    /// Not at all.
    Off,
    /// There; port 0 lets the system choose.
    At(SocketAddr),
}

impl Listen {
    /// The address, if it listens.
    pub fn address(self) -> Option<SocketAddr> {
        match self {
            Self::Off => None,
            Self::At(address) => Some(address),
        }
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::At(address) => address.fmt(f),
        }
    }
}

/// Why an address cannot be listened on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListenError {
    /// Not an address.
    #[error("not an address: write it like 127.0.0.1:4318, localhost:0 or off")]
    Malformed,
    /// The receiver does not exist in this program.
    #[error("{} is not built into this version, it can only be off: {} are", .0.name(), built())]
    NotBuilt(Listener),
}

fn built() -> String {
    let names: Vec<_> = Listener::ALL
        .into_iter()
        .filter(|l| l.is_built())
        .map(Listener::name)
        .collect();
    names.join(", ")
}

impl FromStr for Listen {
    type Err = ListenError;

    fn from_str(text: &str) -> Result<Self, ListenError> {
        if text.eq_ignore_ascii_case("off") {
            return Ok(Self::Off);
        }
        if let Some(port) = text.strip_prefix("localhost:") {
            let port = port.parse().map_err(|_| ListenError::Malformed)?;
            return Ok(Self::At(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port)));
        }
        text.parse()
            .map(Self::At)
            .map_err(|_| ListenError::Malformed)
    }
}

/// Everything that listens, and the rules of who may come.
#[derive(Clone, Debug)]
pub struct Listeners {
    addresses: [Setting<Listen>; Listener::ALL.len()],
    /// The token that clients of a non-loopback address must send.
    pub auth_token: Setting<Option<SecretSource>>,
    /// Whether a non-loopback address may be open to everyone.
    pub allow_open: Setting<bool>,
    /// Origins of web pages that may send and ask, beside none.
    pub cors_origins: Setting<Vec<String>>,
    /// Names in `Host` that are taken, beside loopback's and the address's own.
    pub allow_hosts: Setting<Vec<String>>,
}

/// An address that others can reach, without a rule for who may.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{} would listen on {address}, where others can reach it: give --auth-token-file FILE, or --allow-open", .listener.name()
)]
pub struct Exposure {
    /// Which one.
    pub listener: Listener,
    /// Where.
    pub address: SocketAddr,
}

impl Default for Listeners {
    fn default() -> Self {
        Self {
            addresses: Listener::ALL.map(|listener| Setting::default_of(listener.default_listen())),
            auth_token: Setting::default_of(None),
            allow_open: Setting::default_of(false),
            cors_origins: Setting::default_of(Vec::new()),
            allow_hosts: Setting::default_of(Vec::new()),
        }
    }
}

impl Listeners {
    /// Where one listens, and who said so.
    pub fn of(&self, listener: Listener) -> &Setting<Listen> {
        &self.addresses[listener as usize]
    }

    /// Makes one listen elsewhere.
    pub fn set(&mut self, listener: Listener, listen: Setting<Listen>) {
        self.addresses[listener as usize] = listen;
    }

    /// Every listener with its address, in order, without those that are off.
    pub fn on(&self) -> impl Iterator<Item = (Listener, SocketAddr, &Setting<Listen>)> {
        Listener::ALL.into_iter().filter_map(|listener| {
            let setting = self.of(listener);
            setting
                .value
                .address()
                .map(|address| (listener, address, setting))
        })
    }

    /// What every listener demands of whoever connects; the token is fetched now.
    pub fn access(&self) -> Result<Access, SecretError> {
        let token = self.auth_token.value.as_ref().map(SecretSource::fetch);
        Ok(Access {
            token: token.transpose()?,
            open: self.allow_open.value,
            hosts: self.allow_hosts.value.clone(),
            origins: self.cors_origins.value.clone(),
        })
    }

    /// Refuses to open a door to the network by accident.
    pub fn check_exposure(&self) -> Result<(), Exposure> {
        if self.allow_open.value || self.auth_token.value.is_some() {
            return Ok(());
        }
        match self
            .on()
            .find(|(_, address, _)| !address.ip().to_canonical().is_loopback())
        {
            None => Ok(()),
            Some((listener, address, _)) => Err(Exposure { listener, address }),
        }
    }
}

/// Why a listener does not listen.
#[derive(Debug, thiserror::Error)]
pub enum NoListen {
    /// Open to the network, and no word said about who may come.
    #[error("open to the network: needs --auth-token-file, or --allow-open")]
    Open,
    /// Somebody else has the port.
    #[error("taken by another process; who: ss -ltnp 'sport = :{0}'")]
    Taken(u16),
    /// The system refused otherwise.
    #[error("{0}")]
    System(#[from] io::Error),
}

impl NoListen {
    /// What the system's refusal to bind `address` means.
    pub fn of(error: io::Error, address: SocketAddr) -> Self {
        match error.kind() {
            io::ErrorKind::AddrInUse => Self::Taken(address.port()),
            _ => Self::System(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Origin;

    #[test]
    fn addresses_are_read() {
        assert_eq!("off".parse(), Ok(Listen::Off));
        assert_eq!(
            "localhost:0".parse::<Listen>().unwrap().to_string(),
            "127.0.0.1:0"
        );
        assert_eq!(
            "[::1]:4317".parse::<Listen>().unwrap().to_string(),
            "[::1]:4317"
        );
        for bad in ["", ":4318", "4318", "127.0.0.1", "localhost:99999"] {
            assert_eq!(bad.parse::<Listen>(), Err(ListenError::Malformed), "{bad}");
        }
    }

    #[test]
    fn what_is_not_built_can_only_be_off() {
        assert_eq!(Listener::Zipkin.parse("off"), Ok(Listen::Off));
        let refused = Listener::Zipkin
            .parse("127.0.0.1:9411")
            .unwrap_err()
            .to_string();
        assert!(
            refused.contains("zipkin") && refused.contains("otlp-http"),
            "{refused}"
        );
    }

    #[test]
    fn a_door_to_the_network_needs_a_word() {
        let mut listeners = Listeners::default();
        assert_eq!(listeners.check_exposure(), Ok(()));
        let open = Setting {
            value: Listen::At(([0, 0, 0, 0], 4318).into()),
            origin: Origin::Flag("otlp-http"),
        };
        listeners.set(Listener::OtlpHttp, open);
        assert!(listeners.check_exposure().is_err());
        listeners.auth_token.value = Some(SecretSource::Env("TOKEN".into()));
        assert_eq!(listeners.check_exposure(), Ok(()));
    }
}
