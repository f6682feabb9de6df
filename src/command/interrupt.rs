//! Ctrl-C (and SIGTERM) for commands that run no async code: asked for, not acted on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Becomes true when somebody wants the run to end. The second time the process ends at once:
/// what was acknowledged is safe all the same.
#[derive(Clone)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens from now on. Where signals cannot be had, none will come.
    pub fn listen() -> Self {
        let interrupt = Interrupt(Arc::new(AtomicBool::new(false)));
        let flag = interrupt.0.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            if let Ok(runtime) = runtime {
                runtime.block_on(async {
                    partyline::crawl::interrupted().await;
                    flag.store(true, Ordering::Relaxed);
                    std::future::pending::<()>().await;
                });
            }
        });
        interrupt
    }

    pub fn wanted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
