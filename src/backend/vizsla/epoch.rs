//! When another vizsla has something new: its epoch, asked for as long as somebody listens.

use std::time::Duration;

use serde::Deserialize;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Vizsla;

/// How often it is asked: screens refresh once a second.
const OFTEN: Duration = Duration::from_secs(1);
/// And while it does not answer, or is too old to know.
const SELDOM: Duration = Duration::from_secs(15);

/// `/api/vizsla/epoch`.
#[derive(Deserialize)]
struct Epoch {
    epoch: u64,
}

/// Tells each new epoch until nobody listens any more.
pub(super) async fn follow(vizsla: Vizsla, to: watch::Sender<u64>) {
    let cancel = CancellationToken::new();
    loop {
        let (path, none) = (["api", "vizsla", "epoch"], Vec::new());
        let asked = vizsla.ask::<Epoch>(&path, &none, &cancel);
        let answer = tokio::select! {
            () = to.closed() => return,
            answer = asked => answer,
        };
        let pause = match answer {
            Ok(Epoch { epoch }) => {
                to.send_if_modified(|known| std::mem::replace(known, epoch) != epoch);
                OFTEN
            }
            Err(_) => SELDOM,
        };
        tokio::select! {
            () = to.closed() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}
