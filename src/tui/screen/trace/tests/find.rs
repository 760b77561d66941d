//! The find line under the keys: completion as it is typed.

use super::*;

#[tokio::test]
async fn finding_completes_as_it_is_typed() {
    let mut harness = ride((120, 40)).await;
    harness.keys("/kind=cl").await.unwrap();
    assert!(harness.text().contains(" choose"), "{}", harness.text());
    harness.keys("<Tab>").await.unwrap();
    assert!(row(&harness, "/ kind=client").contains("span"));
    assert!(!harness.text().contains(" choose"));
    harness.keys("<S-Tab>").await.unwrap();
    assert!(harness.text().contains(" choose"));
    harness
        .keys("<Tab><Space>service=<Down><Tab><Enter>")
        .await
        .unwrap();
    row(&harness, "/ kind=client service=");
    assert!(!harness.text().contains(" choose"), "{}", harness.text());
}

#[tokio::test]
async fn what_was_found_before_is_found_again() {
    let mut harness = ride((120, 40)).await;
    harness
        .keys("/GetDriver<Enter>/<C-u>SQL<Enter>")
        .await
        .unwrap();
    harness.keys("/<C-u><Up><Up>").await.unwrap();
    row(&harness, "/ GetDriver");
    harness.keys("<Down>").await.unwrap();
    row(&harness, "/ SQL");
    harness.keys("<C-u><C-r>Get<Enter><Enter>").await.unwrap();
    row(&harness, "/ GetDriver");
    assert!(here(&harness).contains("GetDriver"), "{}", here(&harness));
}
