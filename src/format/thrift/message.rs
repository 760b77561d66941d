//! Messages: calls of methods.

use super::{Protocol, Result, Thrift};

/// The header of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// The method's name.
    pub name: &'a [u8],
    /// Whether nobody waits for a reply.
    pub is_oneway: bool,
}

impl<'a> Thrift<'a> {
    /// The header of a message: a call of a method, whose arguments, a struct, come next.
    pub fn message(&mut self) -> Result<Message<'a>> {
        let kind = match self.protocol {
            Protocol::Compact => {
                let [protocol, kind] = self.fixed()?;
                if protocol != 0x82 || kind & 0x1f != 1 {
                    return self.error("no message of the compact protocol");
                }
                self.varint()?;
                kind >> 5
            }
            Protocol::Binary => return self.binary_message(),
        };
        let length = self.length()?;
        let name = self.take(length)?;
        Ok(Message {
            name,
            is_oneway: kind == 4,
        })
    }

    /// With a version, or, of old clients, without one.
    fn binary_message(&mut self) -> Result<Message<'a>> {
        let first = u32::from_be_bytes(self.fixed()?);
        let strict = first & 0x8000_0000 != 0;
        if strict && first >> 16 != 0x8001 {
            return self.error("no message of the binary protocol");
        }
        let length = if strict {
            self.length()?
        } else {
            first as usize
        };
        let name = self.take(length)?;
        let kind = if strict {
            first as u8
        } else {
            self.fixed::<1>()?[0]
        };
        self.fixed::<4>()?;
        Ok(Message {
            name,
            is_oneway: kind == 4,
        })
    }
}
