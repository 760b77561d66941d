use super::{JsonError, JsonKind, JsonReader, Number};

#[test]
fn members_come_in_order_and_unknown_values_are_skipped() -> Result<(), JsonError> {
    let mut json = JsonReader::new(
        br#" { "a" : [1, {"x":"}\"]"}, [] ] , "b":"two", "c":{} , "d":[true,null]} "#,
    );
    let mut seen = Vec::new();
    json.enter_object()?;
    while let Some(key) = json.next_key()? {
        match &*key {
            "a" => assert_eq!(json.skip()?, br#"[1, {"x":"}\"]"}, [] ]"#),
            "b" => assert_eq!(json.string()?, "two"),
            "c" => {
                json.enter_object()?;
                assert_eq!(json.next_key()?, None);
            }
            _ => {
                json.enter_array()?;
                assert!(json.next_item()? && json.bool()?);
                assert!(json.next_item()? && json.take_null()?);
                assert!(!json.next_item()?);
            }
        }
        seen.push(key);
    }
    assert_eq!(seen, ["a", "b", "c", "d"]);
    assert!(json.at_end());
    Ok(())
}

#[test]
fn strings_unescape_and_repair() {
    let read = |bytes: &[u8]| {
        JsonReader::new(bytes)
            .string()
            .map(std::borrow::Cow::into_owned)
    };
    assert_eq!(
        read(br#""plain and longer than a word""#).as_deref(),
        Ok("plain and longer than a word")
    );
    assert_eq!(
        read(br#""\u001b]0;x\u0007\n\"\\\/\ud83d\udc15""#).as_deref(),
        Ok("\u{1b}]0;x\u{7}\n\"\\/🐕")
    );
    assert_eq!(
        read(br#""\ud800x\udc00""#).as_deref(),
        Ok("\u{fffd}x\u{fffd}")
    );
    assert_eq!(
        read(b"\"a\xffb\\n\xff\"").as_deref(),
        Ok("a\u{fffd}b\n\u{fffd}")
    );
    let mut json = JsonReader::new(b"\"a\xff\" \"\\ud800\"");
    assert!(json.string().is_ok() && json.string().is_ok());
    assert_eq!(json.flaws(), 2);
}

#[test]
fn numbers_keep_their_width() {
    let read = |text: &str| JsonReader::new(text.as_bytes()).number();
    assert_eq!(read("0"), Ok(Number::Int(0)));
    assert_eq!(read("-9223372036854775808"), Ok(Number::Int(i64::MIN)));
    assert_eq!(read("18446744073709551615"), Ok(Number::Uint(u64::MAX)));
    assert_eq!(read("9223372036854775808"), Ok(Number::Uint(1 << 63)));
    assert_eq!(read("1.5e3"), Ok(Number::Float(1500.0)));
    assert_eq!(read("-Infinity"), Ok(Number::Float(f64::NEG_INFINITY)));
    assert!(matches!(read("1e999999"), Ok(Number::Float(_))));
    assert!(read("-").is_err() && read("1.2.3").is_err());
    assert_eq!(
        JsonReader::new(b"\"1795357126000000\"").integer(),
        Ok(1_795_357_126_000_000)
    );
    assert_eq!(JsonReader::new(b"12.0").integer(), Ok(12));
}

#[test]
fn a_value_of_another_type_stays_and_can_be_skipped() {
    let mut json = JsonReader::new(br#"[{"deep":[]}, "x", 7]"#);
    assert!(json.enter_array().is_ok() && json.next_item() == Ok(true));
    let error = json.string();
    assert_eq!(
        error,
        Err(JsonError::Type {
            at: 1,
            expected: "a string",
            found: JsonKind::Object
        })
    );
    assert!(json.skip().is_ok() && json.next_item() == Ok(true));
    assert!(json.integer().is_err_and(JsonError::is_recoverable));
    assert!(json.skip().is_ok() && json.next_item() == Ok(true));
    assert_eq!(json.integer(), Ok(7));
    assert_eq!(json.next_item(), Ok(false));
}

#[test]
fn every_cut_is_an_error_and_depth_costs_nothing() {
    let text = br#"{"a":[1,"\u00e9",{"b":true}],"c":null}"#;
    for cut in 0..text.len() {
        let cut = text.get(..cut).unwrap_or_default();
        assert!(
            matches!(
                JsonReader::new(cut).skip(),
                Err(JsonError::Truncated { .. })
            ),
            "{cut:?}"
        );
    }
    let mut deep = vec![b'['; 1 << 20];
    assert!(JsonReader::new(&deep).skip().is_err());
    deep.extend(vec![b']'; 1 << 20]);
    assert_eq!(JsonReader::new(&deep).skip().map(<[u8]>::len), Ok(2 << 20));
}

#[test]
fn what_is_no_json_says_where() {
    let mut json = JsonReader::new(b"{\"a\" 1}");
    assert!(json.enter_object().is_ok());
    assert_eq!(
        json.next_key(),
        Err(JsonError::Syntax {
            at: 5,
            expected: "`:`"
        })
    );
    let mut json = JsonReader::new(b"[1 2]");
    assert!(json.enter_array().is_ok() && json.next_item() == Ok(true) && json.skip().is_ok());
    assert_eq!(
        json.next_item(),
        Err(JsonError::Syntax {
            at: 3,
            expected: "`,` or `]`"
        })
    );
}
