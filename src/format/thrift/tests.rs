use super::*;

/// Fields: 1 true, 2 false, 20 i32 -3, 21 double 0.5, 22 "ab", 23 list of 2 bools,
/// 24 map of i16 to string, 25 struct {}, 26 an empty map.
const COMPACT: &[u8] = &[
    0x11, 0x12, 0x05, 40, 5, 0x17, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f, 0x18, 2, b'a', b'b', 0x19, 0x21,
    1, 2, 0x1b, 1, 0x48, 14, 1, b'x', 0x1c, 0, 0x1b, 0, 0,
];
const BINARY: &[u8] = &[
    2, 0, 1, 1, 2, 0, 2, 0, 8, 0, 20, 0xff, 0xff, 0xff, 0xfd, 4, 0, 21, 0x3f, 0xe0, 0, 0, 0, 0, 0,
    0, 11, 0, 22, 0, 0, 0, 2, b'a', b'b', 15, 0, 23, 2, 0, 0, 0, 2, 1, 0, 13, 0, 24, 6, 11, 0, 0,
    0, 1, 0, 7, 0, 0, 0, 1, b'x', 12, 0, 25, 0, 13, 0, 26, 6, 11, 0, 0, 0, 0, 0,
];

#[test]
fn both_protocols_tell_the_same() {
    for (bytes, protocol) in [(COMPACT, Protocol::Compact), (BINARY, Protocol::Binary)] {
        let mut thrift = Thrift::new(bytes, protocol);
        let (mut fields, mut ids) = (Fields::default(), Vec::new());
        while let Some(field) = thrift.field(&mut fields).unwrap() {
            ids.push(field.id);
            match field.id {
                1 => assert!(thrift.bool().unwrap()),
                2 => assert!(!thrift.bool().unwrap()),
                20 => assert_eq!(thrift.integer(field.kind), Ok(-3)),
                21 => assert_eq!(thrift.double(), Ok(0.5)),
                22 => assert_eq!(thrift.bytes(), Ok(&b"ab"[..])),
                _ => thrift.skip(field.kind).unwrap(),
            }
        }
        assert_eq!(ids, [1, 2, 20, 21, 22, 23, 24, 25, 26], "{protocol:?}");
        assert_eq!(thrift.offset(), bytes.len());
        let mut whole = Thrift::new(bytes, protocol);
        assert_eq!(whole.skip(Kind::Struct), Ok(()));
        assert_eq!(whole.offset(), bytes.len());
        let mut by_and_by = Skip::of(Kind::Struct);
        for cut in 0..bytes.len() {
            let short = |error: ThriftError| error.is_short();
            let skipped = Thrift::new(&bytes[..cut], protocol).skip(Kind::Struct);
            assert!(skipped.is_err_and(short), "{cut}");
            assert!(by_and_by.go_on(&bytes[..cut], protocol).is_err_and(short));
        }
        assert_eq!(by_and_by.go_on(bytes, protocol), Ok(bytes.len()));
    }
}

#[test]
fn headers_of_messages_are_read_in_every_form() {
    let name = b"emitBatch";
    for (head, tail, protocol) in [
        (&[0x82, 0x81, 0, 9][..], &[][..], Protocol::Compact),
        (
            &[0x80, 1, 0, 4, 0, 0, 0, 9],
            &[0, 0, 0, 0],
            Protocol::Binary,
        ),
        (&[0, 0, 0, 9], &[4, 0, 0, 0, 0], Protocol::Binary),
    ] {
        let bytes = [head, name, tail].concat();
        let mut thrift = Thrift::new(&bytes, protocol);
        let message = thrift.message().unwrap();
        assert_eq!((message.name, message.is_oneway), (&name[..], true));
        assert_eq!(thrift.offset(), bytes.len());
    }
}

#[test]
fn what_lies_is_an_error() {
    let deep = [0x1c; 1000];
    for bytes in [
        &deep[..],
        &[0x18, 0xff, 0xff, 0xff, 0xff, 0x0f],
        &[0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f],
        &[0x1e],
        &[
            0x16, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1,
        ],
    ] {
        assert!(
            Thrift::new(bytes, Protocol::Compact)
                .skip(Kind::Struct)
                .is_err()
        );
    }
}
