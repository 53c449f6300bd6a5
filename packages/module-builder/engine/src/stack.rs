//! How much of the stack `JSON.parse` and `JSON.stringify` may use.
//!
//! A level of JSON takes little of the stack in linear memory, which QuickJS watches, and much of the host's own,
//! which nobody can watch from in here: the workflow would trap, where JavaScript has an error to catch.

use std::cell::Cell;
use std::hint::black_box;

use rquickjs::{qjs, Ctx};

use crate::engine::STACK_BYTES;

/// Which part of what is left JSON gets.
const SHARE: usize = 4;

thread_local! {
    static START: Cell<usize> = const { Cell::new(0) };
    static IS_NARROW: Cell<bool> = const { Cell::new(false) };
}

/// QuickJS counts from here.
#[inline(never)]
pub fn begins_here() {
    START.set(here());
}

/// Leaves only a part of the stack. Returns whether it did: within a call of JSON the part stays what it is.
pub fn narrow(ctx: Ctx<'_>) -> bool {
    if IS_NARROW.replace(true) {
        return false;
    }
    let used = START.get().saturating_sub(here()).min(STACK_BYTES);
    set(&ctx, used + (STACK_BYTES - used) / SHARE);
    true
}

/// Gives all of it back.
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
