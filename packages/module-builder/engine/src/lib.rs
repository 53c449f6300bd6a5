//! JavaScript for Flawless workflows.
//!
//! This crate is QuickJS-ng as a Flawless module that has no workflows yet. The build (in TypeScript, `src/build`)
//! instantiates it, makes it load a bundled script, stores its memory as the data of a new module, and adds exports for
//! that module's name, version and workflows.
//!
//! Exports that the build uses and removes: `engine_compile`, `engine_compile_library`, `engine_load`,
//! `engine_output_length`, `engine_record`, `engine_record_end`, `engine_follow`, `engine_finish` and the stack
//! pointer. Exports that the new module's own functions call: `engine_init`, `engine_run`. The bodies of
//! `engine_source_map` and `engine_library` are replaced; that of `engine_tables` was replaced when the engine was
//! built.

mod bytecode;
mod embedded;
mod engine;
mod hash;
mod heap;
mod host;
mod inflate;
mod natives;
mod plan;
mod stack;
mod tables;
mod web;

use engine::{Engine, Outcome};

#[global_allocator]
static HEAP: heap::Heap = heap::Heap;

extern "C" {
    /// Made by the linker; it runs the initializers of C code, of which there are none.
    fn __wasm_call_ctors();
}

/// Calling it makes the linker treat this as a library. Otherwise each export would count as a whole program, wrapped
/// in a function that ends with the destructors.
fn initialize() {
    // SAFETY: nothing else has run yet.
    unsafe { __wasm_call_ctors() }
}

/// Compiles the script of `length` UTF-8 bytes at `script`, which `wasabi::alloc` returned. Returns the address of the
/// output: a byte that is 1 for success and 0 for failure, then the bytecode, or JSON that says what is wrong.
#[no_mangle]
pub extern "C" fn engine_compile(script: *mut u8, length: usize) -> *const u8 {
    initialize();
    // SAFETY: the caller got the pointer from `alloc` for exactly this length and has filled it.
    let script = unsafe { Vec::from_raw_parts(script, length, length) };
    engine::keep_output(engine::compile(script, c"workflow.js"))
}

/// Like `engine_compile`, for a part of the guest side that is loaded when it is needed. Its name makes sure that its
/// files don't appear in stacks.
#[no_mangle]
pub extern "C" fn engine_compile_library(script: *mut u8, length: usize) -> *const u8 {
    initialize();
    // SAFETY: as in `engine_compile`.
    let script = unsafe { Vec::from_raw_parts(script, length, length) };
    engine::keep_output(engine::compile(script, c"flawless:library.js"))
}

/// Evaluates bytecode from `engine_compile`, with the same conventions; the output is JSON. These are two steps, for
/// two instances, so that the module doesn't contain what compiling leaves behind.
#[no_mangle]
pub extern "C" fn engine_load(bytecode: *mut u8, length: usize) -> *const u8 {
    initialize();
    // SAFETY: as in `engine_compile`.
    let bytecode = unsafe { Vec::from_raw_parts(bytecode, length, length) };
    engine::keep_output(engine::load(bytecode))
}

/// Records what `engine_load` allocates and frees, with this many bytes of room. Returns the address of the records:
/// for each event two 32-bit numbers, the address, and the size, or -1 for a free. Returns 0 if there is not enough
/// memory.
#[no_mangle]
pub extern "C" fn engine_record(bytes: usize) -> usize {
    plan::record(bytes)
}

/// The end of the records.
#[no_mangle]
pub extern "C" fn engine_record_end() -> usize {
    plan::record_end()
}

/// Makes room for this many bytes that `engine_load` allocates and doesn't free, and after it, at the end of memory, an
/// area for what it frees again. Returns the address of the area, or 0 if there is not enough memory. The area begins
/// with one bit for each allocation, which the caller sets if that is freed. If the area contains nothing else after
/// `engine_load`, memory may be cut off there.
#[no_mangle]
pub extern "C" fn engine_follow(allocations: usize, kept_bytes: usize, bytes: usize) -> usize {
    plan::follow(allocations, kept_bytes, bytes)
}

/// The last call of a build. Returns whether nothing is left in the area of `engine_follow`.
#[no_mangle]
pub extern "C" fn engine_finish() -> bool {
    tables::clear();
    let (is_area_empty, rest) = plan::finish();
    heap::adopt(rest);
    is_area_empty
}

/// The length of the output, including its first byte.
#[no_mangle]
pub extern "C" fn engine_output_length() -> usize {
    engine::output_length()
}

/// The first half of a workflow, by its index among the script's workflows.
#[no_mangle]
pub extern "C" fn engine_init(workflow: u32) -> i32 {
    // The response is sent by `engine_run`, as in a Rust workflow that takes a `Response`.
    const RESPONSE_FOLLOWS: i32 = 0;
    match Engine::get().init(workflow) {
        Outcome::Done => RESPONSE_FOLLOWS,
        Outcome::Failed => trap(),
    }
}

/// The second half of a workflow: runs it to its end.
#[no_mangle]
pub extern "C" fn engine_run(workflow: u32) {
    if let Outcome::Failed = Engine::get().run(workflow) {
        trap();
    }
}

/// A trap tells the host that a workflow failed; the reason has been logged before.
fn trap() -> ! {
    core::arch::wasm32::unreachable()
}
