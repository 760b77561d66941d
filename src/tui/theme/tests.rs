//! Every built-in theme is whole, readable, and without colour where it must be.

use ratatui::style::Color;

use super::*;

const DEPTHS: [Depth; 4] = [Depth::Truecolor, Depth::Ansi256, Depth::Ansi16, Depth::Mono];

fn load(name: &str, depth: Depth) -> Theme {
    Theme::load(name, depth, Appearance::Dark, None).unwrap()
}

#[test]
fn every_theme_loads_at_every_depth() {
    for name in names(None) {
        for depth in DEPTHS {
            assert_eq!(load(&name, depth).name(), name);
        }
    }
}

#[test]
fn there_are_two_dark_and_two_light_ones() {
    let of = |appearance| {
        names(None)
            .iter()
            .filter(|n| load(n, Depth::Truecolor).appearance == appearance)
            .count()
    };
    assert!(of(Appearance::Dark) >= 2 && of(Appearance::Light) >= 2);
    assert_eq!(
        Theme::load(AUTO, Depth::Mono, Appearance::Light, None)
            .unwrap()
            .name(),
        LIGHT
    );
}

/// Text reads at 4.5:1 on the ground, in popups and on the cursor's row; rules and bars at 3:1.
#[test]
fn contrast_is_enough() {
    let mut poor: Vec<String> = Vec::new();
    for name in names(None) {
        for depth in [Depth::Truecolor, Depth::Ansi256] {
            let theme = load(&name, depth);
            let Some(ground) = theme.ground else { continue };
            let grounds = [Token::Panel, Token::Cursor]
                .into_iter()
                .filter_map(|token| theme.style(token).bg.and_then(colour::rgb))
                .chain([ground]);
            for under in grounds {
                for token in Token::all() {
                    let Some(over) = theme.style(token).fg.and_then(colour::rgb) else {
                        continue;
                    };
                    let least = match token {
                        Token::Faint | Token::Border | Token::Heat(6..) => 3.0,
                        Token::Ground | Token::Panel | Token::Heat(_) => continue,
                        _ => 4.5,
                    };
                    let under = theme.style(token).bg.and_then(colour::rgb).unwrap_or(under);
                    let found = colour::contrast(over, under);
                    if found < least {
                        let token = token.name();
                        poor.push(format!(
                            "{name} {depth:?}: {token} has {found:.2} on {under:?}"
                        ));
                    }
                }
            }
        }
    }
    assert!(poor.is_empty(), "{}", poor.join("\n"));
}

#[test]
fn mono_has_no_colour_and_shows_the_cursor() {
    for name in names(None) {
        let theme = load(&name, Depth::Mono);
        for token in Token::all() {
            let style = theme.style(token);
            let colourless = |c: Option<Color>| c.is_none_or(|c| c == Color::Reset);
            assert!(
                colourless(style.fg) && colourless(style.bg),
                "{name}: {}",
                token.name()
            );
        }
        assert!(
            theme
                .style(Token::Cursor)
                .add_modifier
                .contains(Modifier::REVERSED),
            "{name}"
        );
    }
}

#[test]
fn sixteen_colours_are_the_terminals_own() {
    for name in names(None) {
        let theme = load(&name, Depth::Ansi16);
        for token in Token::all() {
            let style = theme.style(token);
            let fixed = |c: Option<Color>| matches!(c, Some(Color::Rgb(..) | Color::Indexed(_)));
            assert!(
                !fixed(style.fg) && !fixed(style.bg),
                "{name}: {}",
                token.name()
            );
        }
    }
}

#[test]
fn services_differ_from_errors_and_from_each_other() {
    let mut alike: Vec<String> = Vec::new();
    for name in names(None).iter().filter(|name| *name != "mono") {
        let theme = load(name, Depth::Truecolor);
        let lab = |token: Token| {
            theme
                .style(token)
                .fg
                .and_then(colour::rgb)
                .map(colour::oklab)
                .unwrap()
        };
        let apart = |a: (f64, f64, f64), b: (f64, f64, f64)| {
            ((a.0 - b.0).powi(2) + (a.1 - b.1).powi(2) + (a.2 - b.2).powi(2)).sqrt()
        };
        for slot in 0..12 {
            let others = (0..slot).map(|other| (Token::Service(other), 0.03));
            for (other, least) in others.chain([(Token::Error, 0.06), (Token::Slow, 0.06)]) {
                if apart(lab(Token::Service(slot)), lab(other)) < least {
                    alike.push(format!("{name}: service.{slot} and {}", other.name()));
                }
            }
        }
    }
    assert!(alike.is_empty(), "{}", alike.join("\n"));
}

#[test]
fn a_theme_of_the_user_inherits_and_a_path_is_no_name() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("mine.toml"),
        "inherits = \"paper\"\n[tokens]\naccent = \"#000000 bold\"\n",
    )
    .unwrap();
    let mine = Theme::load(
        "mine",
        Depth::Truecolor,
        Appearance::Dark,
        Some(folder.path()),
    )
    .unwrap();
    assert_eq!(mine.style(Token::Accent).fg, Some(Color::Rgb(0, 0, 0)));
    assert_eq!(mine.appearance, Appearance::Light);
    assert!(names(Some(folder.path())).contains(&"mine".to_owned()));
    let escape = Theme::load(
        "../mine",
        Depth::Mono,
        Appearance::Dark,
        Some(folder.path()),
    );
    assert_eq!(escape.unwrap_err().mistake, Mistake::Unknown);
    std::fs::write(folder.path().join("paper.toml"), "inherits = \"mine\"").unwrap();
    let circle = Theme::load("mine", Depth::Mono, Appearance::Dark, Some(folder.path()));
    assert!(matches!(circle.unwrap_err().mistake, Mistake::Circle(_)));
}
