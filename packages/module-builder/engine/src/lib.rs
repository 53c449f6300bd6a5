//! JavaScript for Flawless workflows.
//!
//! This crate is QuickJS-ng as a Flawless module that has no workflows yet. The build (in TypeScript,
//! `src/build`) instantiates it, has it load a bundled script, keeps its memory as the data of a new
//! module, and adds exports for that module's name, version and workflows.
//!
//! Exports that the build uses and takes away: `engine_compile`, `engine_compile_library`, `engine_load`,
//! `engine_output_length`, `engine_record`, `engine_record_end`, `engine_follow`, `engine_finish` and the stack pointer.
//! Exports that the new module's own functions call: `engine_init`, `engine_run`. The bodies of `engine_source_map` and
//! `engine_library` are replaced; that of `engine_tables` was, when the engine was built.

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
    /// The linker makes it; it runs the initializers of C code, of which there are none.
    fn __wasm_call_ctors();
}

/// Because it is called, the linker takes this for a library. Else each export would be a whole
/// program's run, wrapped in a function of its own that ends with the destructors.
fn initialize() {
    // SAFETY: nothing else has run yet.
    unsafe { __wasm_call_ctors() }
}

/// Compiles the script of `length` UTF-8 bytes at `script`, which `wasabi::alloc` gave. Returns where the
/// output is: a byte that is 1 if that worked and 0 if not, then the bytecode or else JSON that tells
/// what is wrong.
#[no_mangle]
pub extern "C" fn engine_compile(script: *mut u8, length: usize) -> *const u8 {
    initialize();
    // SAFETY: the caller got the place from `alloc` for exactly that length and wrote it full.
    let script = unsafe { Vec::from_raw_parts(script, length, length) };
    engine::keep_output(engine::compile(script, c"workflow.js"))
}

/// As `engine_compile` for the part of the script's own side that is loaded when it is needed. No file of it is to be
/// seen in a stack, and its name says so.
#[no_mangle]
pub extern "C" fn engine_compile_library(script: *mut u8, length: usize) -> *const u8 {
    initialize();
    // SAFETY: as in `engine_compile`.
    let script = unsafe { Vec::from_raw_parts(script, length, length) };
    engine::keep_output(engine::compile(script, c"flawless:library.js"))
}

/// Evaluates bytecode as `engine_compile` made it, given and answered the same way; the output is JSON.
/// That these are two steps, for two instances, keeps what compiling leaves behind out of the module.
#[no_mangle]
pub extern "C" fn engine_load(bytecode: *mut u8, length: usize) -> *const u8 {
    initialize();
    // SAFETY: as in `engine_compile`.
    let bytecode = unsafe { Vec::from_raw_parts(bytecode, length, length) };
    engine::keep_output(engine::load(bytecode))
}

/// Notes what `engine_load` allocates and frees, in so many bytes of room. Returns where: for each event two numbers
/// of 32 bits, its place, and its size or else -1 where that is freed. 0 where memory does not suffice.
#[no_mangle]
pub extern "C" fn engine_record(bytes: usize) -> usize {
    plan::record(bytes)
}

/// Where the notes end.
#[no_mangle]
pub extern "C" fn engine_record_end() -> usize {
    plan::record_end()
}

/// Makes room for what `engine_load` allocates and keeps, in so many bytes, and after it, at the end of memory, an area
/// for what it frees again. Returns where the area is, or 0 where memory does not suffice. First in it is one bit for each allocation, for the caller to set where that is freed.
/// If nothing else is in it after `engine_load`, memory may be cut off there.
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

/// Length of the output, with its first byte.
#[no_mangle]
pub extern "C" fn engine_output_length() -> usize {
    engine::output_length()
}

/// The first half of a workflow, by its place among the script's workflows.
#[no_mangle]
pub extern "C" fn engine_init(workflow: u32) -> i32 {
    // The response is left to `engine_run`, as with a Rust workflow that takes a `Response`.
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

/// A trap is how a module tells its host that a workflow failed; why, it has logged before.
fn trap() -> ! {
    core::arch::wasm32::unreachable()
}
