//! Tables that few workflows need: for Unicode and for some functions of `Math`, and the names that QuickJS has from
//! the start, which only the build needs.
//!
//! They take a sixth of the memory of a workflow that does nothing. So this engine's build moves them into a passive
//! data segment (`scripts/defer-tables.ts`), and the linker redirects each call of a function that uses them to the
//! functions here (its option `--wrap`): the first of these calls copies all tables to their addresses.

use std::cell::Cell;
use std::ffi::{c_char, c_void};
use std::hint::black_box;

thread_local! {
    static FILLED: Cell<bool> = const { Cell::new(false) };
}

/// Copies the tables to their addresses, or fills them with zeros.
///
/// This body is for an engine that has the tables in memory from the start; the build replaces it.
#[no_mangle]
#[inline(never)]
pub extern "C" fn engine_tables(fill: bool) {
    // The compiler must not conclude that a call does nothing.
    black_box(fill);
}

/// Makes sure that the tables are in memory.
pub fn fill() {
    if !FILLED.replace(true) {
        engine_tables(true);
    }
}

/// Removes the tables from memory again, at the end of a build.
pub fn clear() {
    if FILLED.replace(false) {
        engine_tables(false);
    }
}

/// ASCII needs no tables.
const fn beyond_ascii(character: u32) -> bool {
    character >= 128
}

macro_rules! deferred {
    ($($wrapper:ident calls $real:ident($($name:ident: $type:ty),*) -> $result:ty $(, if $needed:expr)?;)*) => {
        extern "C" {
            $(fn $real($($name: $type),*) -> $result;)*
        }
        $(
            #[no_mangle]
            unsafe extern "C" fn $wrapper($($name: $type),*) -> $result {
                if true $(&& $needed)? {
                    fill();
                }
                $real($($name),*)
            }
        )*
    };
}

// Source of the types: libunicode.h of QuickJS-ng 0.11, where C's `bool` and `int` are 32 bits wide as parameters.
deferred! {
    __wrap_lre_case_conv calls __real_lre_case_conv(result: *mut u32, c: u32, conversion: i32) -> i32, if beyond_ascii(c);
    __wrap_lre_canonicalize calls __real_lre_canonicalize(c: u32, is_unicode: i32) -> i32, if beyond_ascii(c);
    __wrap_lre_is_cased calls __real_lre_is_cased(c: u32) -> i32;
    __wrap_lre_is_case_ignorable calls __real_lre_is_case_ignorable(c: u32) -> i32;
    __wrap_cr_regexp_canonicalize calls __real_cr_regexp_canonicalize(range: *mut c_void, is_unicode: i32) -> i32;
    __wrap_lre_is_id_start calls __real_lre_is_id_start(c: u32) -> i32;
    __wrap_lre_is_id_continue calls __real_lre_is_id_continue(c: u32) -> i32;
    __wrap_lre_is_white_space calls __real_lre_is_white_space(c: u32) -> i32;
    __wrap_unicode_normalize calls __real_unicode_normalize(
        target: *mut *mut u32, source: *const u32, length: i32, form: i32, opaque: *mut c_void, realloc: *mut c_void
    ) -> i32;
    __wrap_unicode_script calls __real_unicode_script(range: *mut c_void, name: *const c_char, is_extended: i32) -> i32;
    __wrap_unicode_general_category calls __real_unicode_general_category(range: *mut c_void, name: *const c_char) -> i32;
    __wrap_unicode_prop calls __real_unicode_prop(range: *mut c_void, name: *const c_char) -> i32;
    __wrap_unicode_sequence_prop calls __real_unicode_sequence_prop(
        name: *const c_char, callback: *mut c_void, opaque: *mut c_void, range: *mut c_void
    ) -> i32;
    __wrap_exp calls __real_exp(x: f64) -> f64;
    __wrap_exp2 calls __real_exp2(x: f64) -> f64;
    __wrap_log calls __real_log(x: f64) -> f64;
    __wrap_log2 calls __real_log2(x: f64) -> f64;
    __wrap_pow calls __real_pow(x: f64, y: f64) -> f64;
    __wrap___rem_pio2_large calls __real___rem_pio2_large(
        x: *mut f64, y: *mut f64, exponent: i32, count: i32, precision: i32
    ) -> i32;
    __wrap_strerror calls __real_strerror(number: i32) -> *mut c_char;
}
