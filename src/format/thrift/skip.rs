//! Passing over what nobody asked for, however it nests.

use super::{DEEPEST, Fields, Kind, Protocol, Result, Thrift};

/// A container that is passed over.
enum Open {
    Struct(Fields),
    /// So many values, of these types in turn.
    Values(u64, [Kind; 2]),
}

/// A value that is passed over while its bytes come: where in it we are.
pub struct Skip {
    open: Vec<Open>,
    /// What comes next, if its type is told already.
    next: Option<Kind>,
    /// Bytes that were passed over.
    at: usize,
}

impl Skip {
    /// A value of this type.
    pub fn of(kind: Kind) -> Self {
        Self {
            open: Vec::new(),
            next: Some(kind),
            at: 0,
        }
    }

    /// Goes on in `bytes`, which begin where the value does and may be more than the last time: how
    /// long it is.
    ///
    /// # Errors
    /// What is wrong; if that is no more than that they are too few, it can go on with more.
    pub fn go_on(&mut self, bytes: &[u8], protocol: Protocol) -> Result<usize> {
        let mut thrift = Thrift::new(bytes, protocol);
        thrift.at = self.at;
        self.run(&mut thrift)?;
        Ok(self.at)
    }

    fn run(&mut self, thrift: &mut Thrift<'_>) -> Result<()> {
        loop {
            if let Some(kind) = self.next {
                thrift.pass(kind, &mut self.open)?;
                (self.next, self.at) = (None, thrift.at);
            }
            let Some(top) = self.open.last_mut() else {
                return Ok(());
            };
            self.next = match top {
                Open::Struct(fields) => thrift.field(fields)?.map(|field| field.kind),
                Open::Values(0, _) => None,
                Open::Values(left, kinds) => {
                    *left -= 1;
                    let [first, second] = *kinds;
                    Some(if *left % 2 == 1 { first } else { second })
                }
            };
            self.at = thrift.at;
            if self.next.is_none() {
                self.open.pop();
            }
        }
    }
}

impl Thrift<'_> {
    /// Passes over a value.
    pub fn skip(&mut self, kind: Kind) -> Result<()> {
        Skip::of(kind).run(self)
    }

    /// Passes over a value, or over the header of one that holds others.
    fn pass(&mut self, kind: Kind, open: &mut Vec<Open>) -> Result<()> {
        match kind {
            Kind::Bool => drop(self.bool()?),
            Kind::Byte | Kind::I16 | Kind::I32 | Kind::I64 => drop(self.integer(kind)?),
            Kind::Double => drop(self.double()?),
            Kind::Binary => drop(self.bytes()?),
            Kind::Uuid => drop(self.fixed::<16>()?),
            _ if open.len() >= DEEPEST => return self.error("nested too deep"),
            Kind::Struct => open.push(Open::Struct(Fields::default())),
            Kind::List => {
                let (kind, count) = self.list()?;
                open.push(Open::Values(count, [kind; 2]));
            }
            Kind::Map => {
                let (count, kinds) = self.map()?;
                open.push(Open::Values(count, kinds));
            }
        }
        Ok(())
    }

    fn map(&mut self) -> Result<(u64, [Kind; 2])> {
        let (count, kinds) = match self.protocol {
            Protocol::Binary => {
                let [key, value] = self.fixed()?;
                let count = u64::from(u32::from_be_bytes(self.fixed()?));
                (count, [Kind::of_binary(key), Kind::of_binary(value)])
            }
            Protocol::Compact => {
                let count = self.varint()?;
                if count == 0 {
                    return Ok((0, [Kind::Byte; 2]));
                }
                let [kinds] = self.fixed()?;
                (
                    count,
                    [Kind::of_compact(kinds >> 4), Kind::of_compact(kinds & 0x0f)],
                )
            }
        };
        self.told = None;
        match kinds {
            [Some(key), Some(value)] => Ok((count.saturating_mul(2), [key, value])),
            _ if count == 0 => Ok((0, [Kind::Byte; 2])),
            _ => self.error("a map of no known types"),
        }
    }
}
