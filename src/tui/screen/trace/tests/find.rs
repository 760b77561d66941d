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
