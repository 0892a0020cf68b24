//! What is told of a panic: where it was, and what it says only if that was written into the program. What was put together at
//! the time, as of an error that was not expected, may hold a secret.

use std::{
    any::Any,
    backtrace::{Backtrace, BacktraceStatus},
    panic::{self, PanicHookInfo},
    thread,
};

use tracing::error;

/// Has panics told of in the log from now on.
pub(crate) fn install() {
    panic::set_hook(Box::new(tell));
}

fn tell(panicked: &PanicHookInfo<'_>) {
    let location = panicked.location().map(ToString::to_string).unwrap_or_default();
    let thread = thread::current();
    let (thread, message) = (thread.name().unwrap_or("?"), shown(panicked.payload()));
    error!(location, thread, message, "a thread panicked");
    // It is taken only if RUST_BACKTRACE asks for it, and holds names and places alone.
    let backtrace = Backtrace::capture();
    if backtrace.status() == BacktraceStatus::Captured {
        error!("{backtrace}");
    }
}

/// What may be shown of what a panic says.
fn shown(payload: &(dyn Any + Send)) -> &'static str {
    payload.downcast_ref::<&'static str>().copied().unwrap_or("(not shown, as it may hold a secret)")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown_of(panic: fn()) -> &'static str {
        shown(&*panic::catch_unwind(panic).unwrap_err())
    }

    #[test]
    fn only_what_is_written_in_the_program_is_shown_of_a_panic() {
        assert_eq!(shown_of(|| panic!("as written")), "as written");
        let secret = shown_of(|| panic!("{}", std::hint::black_box("hunter2")));
        assert!(!secret.contains("hunter2"));
        let unexpected = shown_of(|| "hunter2".parse::<std::net::IpAddr>().map_err(|_| "hunter2").map(drop).unwrap());
        assert!(!unexpected.contains("hunter2"));
        assert!(shown_of(|| panic::panic_any(7)).starts_with("(not shown"));
    }
}
