use super::*;

fn problems(content: &str) -> Vec<String> {
    parse(Path::new("c.toml"), content)
        .1
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn each_mistake_has_its_place_and_the_rest_counts() {
    let content = "thme = \"x\"\ntheme = \"ember\"\ncolor = \"pink\"\n\n[listen]\notlp_http = 4318\nzipkin = \"127.0.0.1:1\"\n";
    let (file, problems) = parse(Path::new("c.toml"), content);
    assert_eq!(file.layer.theme.unwrap().value, "ember");
    let told: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(told[0], "c.toml:1:1: unknown key thme: did you mean theme?");
    assert!(
        told[1].starts_with("c.toml:3:9: color: not a depth of colour"),
        "{}",
        told[1]
    );
    assert_eq!(
        told[2],
        "c.toml:6:13: otlp_http: a string is expected, not an integer"
    );
    assert!(
        told[3].starts_with("c.toml:7:10: zipkin: zipkin is not built"),
        "{}",
        told[3]
    );
    assert_eq!(told.len(), 4);
}

#[test]
fn what_is_not_toml_costs_its_line() {
    let (file, problems) = parse(Path::new("c.toml"), "theme = \ncolor = \"16\"\n");
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].place.map(|place| place.0), Some(1));
    assert!(file.layer.color.is_some());
}

#[test]
fn backends_and_links_and_keys() {
    let content = r#"
        [backend.prod]
        url = "jaeger+https://traces.internal/jaeger"
        token_env = "JAEGER_TOKEN"
        timeout = "20s"
        headers = { X-Scope-OrgID = "shop", Authorization = { command = "pass show traces" } }
        [[link]]
        key = "user.id"
        url = "https://admin.internal/users/#{user.id}"
        [keys.global]
        "g g" = "top"
        "x" = "none"
    "#;
    let (file, problems) = parse(Path::new("c.toml"), content);
    assert_eq!(problems, []);
    let prod = &file.backends["prod"];
    assert_eq!(prod.token, Some(SecretSource::Env("JAEGER_TOKEN".into())));
    assert_eq!(
        (prod.timeout, prod.headers.len()),
        (Some(20_000_000_000), 2)
    );
    assert_eq!(
        file.links[0].text,
        "https://admin.internal/users/#{user.id}"
    );
    let actions: Vec<_> = file
        .keys
        .iter()
        .map(|key| (key.keys.as_str(), key.action.as_deref()))
        .collect();
    assert_eq!(actions, [("g g", Some("top")), ("x", None)]);
}

#[test]
fn secrets_do_not_stand_in_the_file() {
    for (content, word) in [
        ("[backend.a]\nurl = \"http://me:canary@host\"\n", "password"),
        (
            "[backend.a]\nurl = \"http://host\"\nheaders = { authorization = \"Bearer canary\" }\n",
            "env",
        ),
        (
            "[backend.a]\nurl = \"http://host\"\ntoken = \"canary\"\n",
            "unknown key token",
        ),
        ("[backend.a]\ntimeout = \"1s\"\n", "no url"),
    ] {
        let told = problems(content).join("\n");
        assert!(told.contains(word) && !told.contains("canary"), "{told}");
    }
}

#[test]
fn the_template_is_right_with_and_without_its_comment_marks() {
    assert_eq!(problems(TEMPLATE), Vec::<String>::new());
    let bare = |line: &str| {
        line.strip_prefix("# ")
            .filter(|l| l.contains(" = ") || l.starts_with('['))
            .map(str::to_owned)
    };
    let whole: Vec<_> = TEMPLATE
        .lines()
        .map(|line| bare(line).unwrap_or_else(|| line.to_owned()))
        .collect();
    assert_eq!(problems(&whole.join("\n")), Vec::<String>::new());
    for listener in Listener::ALL {
        assert!(TEMPLATE.contains(key_of(listener)), "{}", key_of(listener));
    }
}
