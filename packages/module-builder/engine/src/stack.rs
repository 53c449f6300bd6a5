//! How much of the stack `JSON.parse` and `JSON.stringify` may use.
//!
//! A level of JSON takes little of the stack in linear memory, which QuickJS limits, but much of the host's own, which
//! nothing in here can limit: the workflow would trap instead of getting an error that it can catch.

use std::cell::Cell;
use std::hint::black_box;

use rquickjs::{qjs, Ctx};

use crate::engine::STACK_BYTES;

/// The divisor for JSON's share of the remaining stack.
const SHARE: usize = 4;

thread_local! {
    static START: Cell<usize> = const { Cell::new(0) };
    static IS_NARROW: Cell<bool> = const { Cell::new(false) };
}

/// QuickJS measures its stack from here.
#[inline(never)]
pub fn begins_here() {
    START.set(here());
}

/// Restricts the stack to part of the rest. Returns whether it did: within a call of JSON the limit stays the same.
pub fn narrow(ctx: Ctx<'_>) -> bool {
    if IS_NARROW.replace(true) {
        return false;
    }
    let used = START.get().saturating_sub(here()).min(STACK_BYTES);
    set(&ctx, used + (STACK_BYTES - used) / SHARE);
    true
}

/// Allows all of it again.
pub fn widen(ctx: Ctx<'_>) {
    IS_NARROW.set(false);
    set(&ctx, STACK_BYTES);
}

fn set(ctx: &Ctx<'_>, bytes: usize) {
    // SAFETY: the context is alive, and so is its runtime.
    unsafe { qjs::JS_SetMaxStackSize(qjs::JS_GetRuntime(ctx.as_raw().as_ptr()), bytes as _) };
}

#[inline(never)]
fn here() -> usize {
    let place = 0u8;
    black_box(&raw const place) as usize
}
