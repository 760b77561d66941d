//! The find line under the keys: completion, history, the editor outside.

use super::*;
use crate::tui::msg::Msg;

#[tokio::test]
async fn finding_completes_and_remembers() {
    let mut harness = ride((120, 40)).await;
    harness.keys("/kind=cl").await.unwrap();
    assert!(harness.text().contains("Tab takes"), "{}", harness.text());
    harness.keys("<Tab>").await.unwrap();
    assert!(row(&harness, "/ kind=client").contains("span"));
    assert!(!harness.text().contains("Tab takes"));
    harness.keys("<S-Tab>").await.unwrap();
    assert!(harness.text().contains("Tab takes"));
    harness
        .keys("<Tab><Space>service=<Down><Tab><Enter>")
        .await
        .unwrap();
    let second = row(&harness, "/ kind=client service=");
    assert!(!harness.text().contains("Tab takes"), "{}", harness.text());
    harness
        .keys("<Esc>/redis<Enter>/<C-u><Up><Up>")
        .await
        .unwrap();
    assert_eq!(
        row(&harness, "/ kind=client service=").split("  ").next(),
        second.split("  ").next()
    );
    harness.keys("<Down>").await.unwrap();
    assert!(
        row(&harness, "/ redis").contains("span"),
        "{}",
        harness.text()
    );
    harness.keys("<C-r>kind<Enter>").await.unwrap();
    row(&harness, "/ kind=client service=");
    harness.send(Msg::Edited("getdriver\n".to_owned())).await;
    assert!(row(&harness, "/ getdriver").contains("3 span"));
}
