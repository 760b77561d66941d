//! Who may talk to a listener: the policy, in words and texts; the listeners apply it.
//!
//! A listener on loopback is reached by every local process and, through a browser, by every
//! web page. A page can point a name of its own at 127.0.0.1 (DNS rebinding): such a request
//! carries the foreign name in `Host`, which is why only known hosts are answered. A page
//! that posts across origins carries `Origin`, which is answered only where it was allowed.

use std::net::IpAddr;

use super::Secret;

/// What a listener demands of whoever connects.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// Bearer token that every request must carry (`--auth-token-file`).
    pub token: Option<Secret>,
    /// Whether addresses other than loopback may go without a token (`--allow-open`).
    pub open: bool,
    /// Host names answered beside loopback's own and plain addresses (`--allow-host`).
    pub hosts: Vec<String>,
    /// Origins of browsers that are answered (`--cors-origin`): exact, `*`, or with one `*`
    /// as in `https://*.example.org`.
    pub origins: Vec<String>,
}

/// Why a request is turned away at the door.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The `Host` header names a machine that this one does not go by.
    #[error("host {0:?} is not known here; start with --allow-host to answer it")]
    Host(String),
    /// The `Origin` header names a page that was not allowed.
    #[error("origin {0:?} is not allowed here; start with --cors-origin to answer it")]
    Origin(String),
    /// No token, or a wrong one.
    #[error("a bearer token is required: Authorization: Bearer TOKEN")]
    Token,
}

impl Access {
    /// Whether a listener may stand on `ip`: loopback always, others with a token or an
    /// explicit word.
    pub fn may_listen(&self, ip: IpAddr) -> bool {
        ip.is_loopback() || self.token.is_some() || self.open
    }

    /// Judges a request by its `Host` (or `:authority`), `Origin` and `Authorization`.
    ///
    /// # Errors
    /// What was missing or foreign.
    pub fn check(
        &self,
        host: Option<&str>,
        origin: Option<&str>,
        authorization: Option<&str>,
    ) -> Result<(), Denied> {
        if let Some(host) = host
            && !self.knows_host(host)
        {
            return Err(Denied::Host(host.to_owned()));
        }
        if let Some(origin) = origin
            && !self.allows_origin(origin)
            && !is_same_origin(origin, host)
        {
            return Err(Denied::Origin(origin.to_owned()));
        }
        self.check_token(authorization)
    }

    fn check_token(&self, authorization: Option<&str>) -> Result<(), Denied> {
        let Some(token) = &self.token else {
            return Ok(());
        };
        let given = authorization.and_then(|value| {
            let (scheme, given) = value.split_once(' ')?;
            scheme
                .eq_ignore_ascii_case("bearer")
                .then_some(given.trim())
        });
        if given.is_some_and(|given| token.matches(given)) {
            Ok(())
        } else {
            Err(Denied::Token)
        }
    }

    /// Whether a `Host` is ours: a plain address (rebinding needs a name), `localhost` and
    /// names below it, or one that was allowed. A token makes the question moot.
    fn knows_host(&self, host: &str) -> bool {
        let name = without_port(host);
        self.token.is_some()
            || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
            || is_local_name(name)
            || self
                .hosts
                .iter()
                .any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Whether a page of `origin` may read the answers.
    pub fn allows_origin(&self, origin: &str) -> bool {
        self.origins
            .iter()
            .any(|pattern| match pattern.split_once('*') {
                None => pattern.eq_ignore_ascii_case(origin),
                Some((head, tail)) => {
                    origin.len() >= head.len() + tail.len()
                        && origin.starts_with(head)
                        && origin.ends_with(tail)
                }
            })
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !name.ends_with(':') => {
            name
        }
        _ => host,
    }
}

fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

fn is_same_origin(origin: &str, host: Option<&str>) -> bool {
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    authority.is_some() && authority == host
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_hosts_are_answered() {
        let access = Access {
            hosts: vec!["traces.lan".into()],
            ..Access::default()
        };
        for host in [
            "localhost",
            "LOCALHOST:4318",
            "a.localhost:1",
            "127.0.0.1:4318",
            "[::1]:4318",
            "10.0.0.7",
            "traces.lan:80",
        ] {
            assert_eq!(access.check(Some(host), None, None), Ok(()), "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:4318",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "",
        ] {
            assert_eq!(
                access.check(Some(host), None, None),
                Err(Denied::Host(host.into()))
            );
        }
    }

    #[test]
    fn origins_need_a_word() {
        let access = Access {
            origins: vec!["https://*.shop.example".into()],
            ..Access::default()
        };
        let origin = |o| access.check(Some("localhost:4318"), Some(o), None).is_ok();
        assert!(origin("https://www.shop.example"));
        assert!(origin("http://localhost:4318"), "its own page");
        assert!(!origin("https://shop.example.evil"));
        assert!(!origin("http://www.shop.example"));
        assert!(!origin("null"));
    }

    #[test]
    fn a_token_is_asked_for_and_never_shown() {
        let access = Access {
            token: Some(Secret::new("s3cret\n")),
            ..Access::default()
        };
        let with = |value| access.check(Some("x.example"), None, value);
        assert_eq!(with(Some("Bearer s3cret")), Ok(()));
        for wrong in [
            None,
            Some("s3cret"),
            Some("Bearer s3creT"),
            Some("Bearer s3"),
            Some("Basic s3cret"),
        ] {
            assert_eq!(with(wrong), Err(Denied::Token), "{wrong:?}");
        }
        assert!(!format!("{access:?}").contains("s3cret"));
    }

    #[test]
    fn open_addresses_need_a_token_or_a_word() {
        let (lo, all) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([0, 0, 0, 0]));
        let mut access = Access::default();
        assert!(access.may_listen(lo) && !access.may_listen(all));
        access.open = true;
        assert!(access.may_listen(all));
    }
}
