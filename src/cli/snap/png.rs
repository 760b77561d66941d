//! A screen as pixels. The rasteriser is large, so it is built in on demand: feature `png`.

/// Draws an SVG at twice its size.
///
/// # Errors
/// There is no font to draw letters with, or no memory for the pixels.
#[cfg(feature = "png")]
pub fn rasterise(svg: &str) -> Result<Vec<u8>, String> {
    use resvg::tiny_skia::{Pixmap, Transform};
    use resvg::usvg::{Options, Tree};

    const SCALE: f32 = 2.0;
    let mut options = Options::default();
    let font = font::load(options.fontdb_mut())?;
    options.font_family = font;
    let tree = Tree::from_str(svg, &options).map_err(|wrong| wrong.to_string())?;
    let size = tree.size().to_int_size();
    let size = size.scale_by(SCALE).unwrap_or(size);
    let mut pixels = Pixmap::new(size.width(), size.height())
        .ok_or_else(|| "the picture is too large".to_owned())?;
    resvg::render(
        &tree,
        Transform::from_scale(SCALE, SCALE),
        &mut pixels.as_mut(),
    );
    pixels.encode_png().map_err(|wrong| wrong.to_string())
}

/// Says how to get there.
///
/// # Errors
/// Always.
#[cfg(not(feature = "png"))]
pub fn rasterise(_svg: &str) -> Result<Vec<u8>, String> {
    Err(
        "this vizsla is built without PNG: --format svg, or cargo install vizsla --features png"
            .to_owned(),
    )
}

/// A monospaced font of this machine.
#[cfg(feature = "png")]
mod font {
    use std::path::{Path, PathBuf};

    use resvg::usvg::fontdb::Database;

    /// Where systems keep their fonts.
    const FOLDERS: [&str; 5] = [
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        "/System/Library/Fonts",
        "/Library/Fonts",
        "C:/Windows/Fonts",
    ];
    /// Fonts with the glyphs of a terminal, the best first: the beginnings of their files' names.
    const NAMES: [&str; 7] = [
        "DejaVuSansMono",
        "JetBrainsMono-",
        "LiberationMono-",
        "NotoSansMono-",
        "UbuntuMono-",
        "Menlo",
        "consola",
    ];
    /// Folders below folders are looked into as deep as this.
    const DEPTH: usize = 4;

    /// Loads the best one with all its weights, and returns its family.
    pub fn load(fonts: &mut Database) -> Result<String, String> {
        let files = files();
        let name = |file: &Path| {
            let name = file.file_name().unwrap_or_default();
            name.to_string_lossy().into_owned()
        };
        for wanted in NAMES {
            for file in files.iter().filter(|file| name(file).starts_with(wanted)) {
                // One that cannot be read is as good as none.
                fonts.load_font_data(std::fs::read(file).unwrap_or_default());
            }
            let face = fonts.faces().next();
            if let Some((family, _)) = face.and_then(|face| face.families.first()) {
                return Ok(family.clone());
            }
        }
        Err(
            "no monospaced font was found, such as DejaVu Sans Mono: install one, or --format svg"
                .to_owned(),
        )
    }

    fn files() -> Vec<PathBuf> {
        let home = etcetera::home_dir().map(|home| home.join(".local/share/fonts"));
        let mut folders: Vec<PathBuf> = FOLDERS.map(PathBuf::from).into();
        folders.extend(home);
        let mut files = Vec::new();
        for _ in 0..=DEPTH {
            let entries = folders.iter().filter_map(|folder| folder.read_dir().ok());
            let paths = entries.flatten().flatten().map(|entry| entry.path());
            let (below, plain) = paths.partition(|path| path.is_dir());
            files.extend::<Vec<_>>(plain);
            folders = below;
        }
        // The plain weight of a family comes before the others.
        files.sort_by_key(|file| (file.as_os_str().len(), file.clone()));
        files
    }
}
