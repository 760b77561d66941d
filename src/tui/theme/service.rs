//! Which hue a service has: the slot of its name's hash, or the next free one if another service
//! of the session has it. Kept for the session, the same on all screens.

use std::collections::BTreeMap;

use super::token::{SERVICES, Token};

/// The hues of the services met so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ServiceColours {
    slots: BTreeMap<String, u8>,
}

impl ServiceColours {
    /// Gives a service its slot, if it has none yet.
    pub fn meet(&mut self, service: &str) {
        if self.slots.contains_key(service) {
            return;
        }
        let home = slot_of(service);
        let taken = |slot: u8| self.slots.values().any(|&other| other == slot);
        let slot = (0..SERVICES as u8)
            .map(|step| (home + step) % SERVICES as u8)
            .find(|slot| !taken(*slot));
        self.slots.insert(service.to_owned(), slot.unwrap_or(home));
    }

    /// The hue of a service; one never met has that of its hash.
    pub fn token(&self, service: &str) -> Token {
        Token::Service(
            self.slots
                .get(service)
                .copied()
                .unwrap_or_else(|| slot_of(service)),
        )
    }

    /// Names and slots, to be saved with the session.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u8)> {
        self.slots.iter().map(|(name, slot)| (name.as_str(), *slot))
    }

    /// Puts back what a former session saved.
    pub fn restore(&mut self, service: String, slot: u8) {
        self.slots.insert(service, slot % SERVICES as u8);
    }
}

/// FNV-1a, 32 bits, folded: stable over versions and machines, unlike the standard hasher.
fn slot_of(service: &str) -> u8 {
    let hash = service.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    ((hash ^ (hash >> 16)) % SERVICES as u32) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_services_have_twelve_hues_and_keep_them() {
        let mut colours = ServiceColours::default();
        let names: Vec<String> = (0..20).map(|i| format!("service-{i}")).collect();
        names.iter().take(12).for_each(|name| colours.meet(name));
        let mut first: Vec<u8> = colours.iter().map(|(_, slot)| slot).collect();
        first.sort_unstable();
        first.dedup();
        assert_eq!(first.len(), 12);
        let before = colours.token("service-3");
        for name in &names {
            colours.meet(name);
        }
        assert_eq!(colours.token("service-3"), before);
    }
}
