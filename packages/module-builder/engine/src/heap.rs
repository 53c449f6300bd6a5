//! One heap for QuickJS and Rust, optimized for the many small blocks that are in every workflow's memory.
//!
//! Blocks that the build knows to be permanent are adjacent (`plan.rs`). Any other block of up to 512 bytes is in a
//! page of blocks of the same size, without a header. QuickJS has thousands of them; its own pools are left out,
//! because most of their larger pages would be half empty. Larger blocks come from the C library's `malloc`.
//!
//! While a module is built, freed blocks are also zeroed: zeros are not stored in the module's data, and a page with
//! nothing else takes no memory in a workflow. Blocks that will be freed are then placed apart from the rest, as far as
//! the build knows them (`plan.rs`).

use std::alloc::{GlobalAlloc, Layout};
use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::ptr;

use rquickjs::allocator::Allocator;

use crate::plan;

// From the C library that comes with the crate rquickjs-sys.
extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn realloc(pointer: *mut c_void, size: usize) -> *mut c_void;
    fn free(pointer: *mut c_void);
    fn aligned_alloc(alignment: usize, size: usize) -> *mut c_void;
    fn malloc_usable_size(pointer: *mut c_void) -> usize;
}

/// Small, because one page of each size is only partly used.
const PAGE_BYTES: usize = 512;
/// How many pages are requested from `malloc` at once.
const PAGES_AT_ONCE: usize = 16;
/// The pages that can hold small blocks: the first 64 MiB of the heap.
const PAGES: usize = 128 * 1024;
/// The alignment that QuickJS and, nearly always, Rust need, in bytes.
const ALIGNMENT: usize = 8;
/// The alignment of `malloc`. Source: `MALLOC_ALIGNMENT` of wasi-libc.
const MALLOC_ALIGNMENT: usize = 16;

/// The sizes that blocks are rounded up to, in bytes.
const SIZES: [usize; 31] = [
    16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320,
    352, 384, 416, 448, 480, 512,
];
const LARGEST: usize = SIZES[SIZES.len() - 1];
/// The index of the smallest size that holds this many times 8 bytes.
const CLASSES: [u8; LARGEST / ALIGNMENT + 1] = classes();

const fn classes() -> [u8; LARGEST / ALIGNMENT + 1] {
    let mut classes = [0; LARGEST / ALIGNMENT + 1];
    let mut class = 0;
    let mut words = 0;
    while words < classes.len() {
        if words * ALIGNMENT > SIZES[class] {
            class += 1;
        }
        classes[words] = class as u8;
        words += 1;
    }
    classes
}

/// A free block: it begins with a pointer to the next one.
type Free = *mut u8;

struct Pools {
    free: [Free; SIZES.len()],
    /// The unused rest of each size's newest page.
    rest: [(usize, usize); SIZES.len()],
    /// The start and end of pages that have no size yet.
    pages: (usize, usize),
    /// The size of each page's blocks, as an index counted from 1; 0 for pages that are not managed here.
    class_of_page: [u8; PAGES],
}

struct Shared(UnsafeCell<Pools>);
// SAFETY: a workflow has one thread.
unsafe impl Sync for Shared {}

static POOLS: Shared = Shared(UnsafeCell::new(Pools {
    free: [ptr::null_mut(); SIZES.len()],
    rest: [(0, 0); SIZES.len()],
    pages: (0, 0),
    class_of_page: [0; PAGES],
}));

impl Pools {
    unsafe fn take(&mut self, size: usize) -> *mut u8 {
        let class = CLASSES[size.div_ceil(ALIGNMENT)] as usize;
        let found = self.free[class];
        if !found.is_null() {
            self.free[class] = found.cast::<Free>().read();
            return found;
        }
        let (start, end) = self.rest[class];
        if start + SIZES[class] <= end {
            self.rest[class].0 = start + SIZES[class];
            return start as *mut u8;
        }
        let Some(page) = self.new_page() else { return malloc(size).cast() };
        self.class_of_page[page_number(page)] = class as u8 + 1;
        self.rest[class] = (page + SIZES[class], page + PAGE_BYTES);
        page as *mut u8
    }

    /// None if memory is full, or has more pages than `class_of_page`.
    unsafe fn new_page(&mut self) -> Option<usize> {
        if self.pages.0 == self.pages.1 {
            let pages = aligned_alloc(PAGE_BYTES, PAGES_AT_ONCE * PAGE_BYTES) as usize;
            if pages == 0 {
                return None;
            }
            let end = pages + PAGES_AT_ONCE * PAGE_BYTES;
            if page_number(end) > PAGES {
                free(pages as *mut c_void);
                return None;
            }
            self.pages = (pages, end);
        }
        let page = self.pages.0;
        self.pages.0 += PAGE_BYTES;
        Some(page)
    }

    /// The index of a block's size; None for blocks from `malloc`.
    fn class_of(&self, pointer: *mut u8) -> Option<usize> {
        let class = *self.class_of_page.get(page_number(pointer as usize))?;
        (class as usize).checked_sub(1)
    }
}

/// Counted from the heap's first page, so that the table's first entries are the used ones.
fn page_number(address: usize) -> usize {
    extern "C" {
        /// Defined by the linker.
        static __heap_base: u8;
    }
    (address / PAGE_BYTES).wrapping_sub(&raw const __heap_base as usize / PAGE_BYTES)
}

pub struct Heap;

/// Takes over a range of memory for future small blocks.
pub fn adopt((start, end): (usize, usize)) {
    let (start, end) = (start.next_multiple_of(PAGE_BYTES), end / PAGE_BYTES * PAGE_BYTES);
    let pools = pools();
    if pools.pages.0 == pools.pages.1 && start < end && page_number(end) <= PAGES {
        pools.pages = (start, end);
    }
}

fn pools() -> &'static mut Pools {
    // SAFETY: a workflow has one thread, and no caller holds on to the reference.
    unsafe { &mut *POOLS.0.get() }
}

/// The size of `malloc`'s header for each block, in bytes. Source: dlmalloc in wasi-libc.
const MALLOC_HEADER: usize = 4;

/// The result of `usable_size` for a block of this size: QuickJS uses all of it.
fn rounded(size: usize) -> usize {
    match CLASSES.get(size.div_ceil(ALIGNMENT)) {
        Some(class) => SIZES[*class as usize],
        None => (size + MALLOC_HEADER).next_multiple_of(MALLOC_ALIGNMENT) - MALLOC_HEADER,
    }
}

unsafe fn take(size: usize) -> *mut u8 {
    if let Some(place) = plan::take(rounded(size)) {
        return place;
    }
    let place = if size <= LARGEST { pools().take(size) } else { malloc(size).cast() };
    plan::note_taken(place, size);
    place
}

unsafe fn usable_size(pointer: *mut u8) -> usize {
    if let Some(size) = plan::kept_size_of(pointer) {
        // The same as in the first evaluation, so that allocations are the same again.
        return if size > LARGEST { size - MALLOC_HEADER } else { size };
    }
    if let Some(size) = plan::area_size_of(pointer) {
        return size;
    }
    match pools().class_of(pointer) {
        Some(class) => SIZES[class],
        None => malloc_usable_size(pointer.cast()),
    }
}

unsafe fn release(pointer: *mut u8) {
    if pointer.is_null() {
        return;
    }
    if plan::release(pointer) {
        return;
    }
    if plan::is_loading() {
        ptr::write_bytes(pointer, 0, usable_size(pointer));
    }
    let pools = pools();
    let kept_size = plan::kept_size_of(pointer);
    let class = match kept_size {
        Some(size) => CLASSES.get(size / ALIGNMENT).map(|class| *class as usize),
        None => pools.class_of(pointer),
    };
    match class {
        Some(class) => {
            pointer.cast::<Free>().write(pools.free[class]);
            pools.free[class] = pointer;
        }
        // Nothing else fits where a large permanent block was.
        None if kept_size.is_some() => {}
        None => free(pointer.cast()),
    }
}

unsafe fn resize(pointer: *mut u8, size: usize) -> *mut u8 {
    if pointer.is_null() {
        return take(size);
    }
    let old_size = usable_size(pointer);
    if old_size <= LARGEST && size <= old_size && size > old_size / 2 {
        return pointer;
    }
    // `realloc` would leave the old content behind when it moves a block, and modules should not contain that.
    let is_mallocs = !plan::has(pointer) && pools().class_of(pointer).is_none();
    if is_mallocs && size > LARGEST && !plan::is_loading() {
        return realloc(pointer.cast(), size).cast();
    }
    let target = take(size);
    if !target.is_null() {
        ptr::copy_nonoverlapping(pointer, target, old_size.min(size));
        release(pointer);
    }
    target
}

// SAFETY: blocks have the requested size and alignment, and don't overlap.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match layout.align() {
            ..=ALIGNMENT => take(layout.size()),
            ..=MALLOC_ALIGNMENT => malloc(layout.size()).cast(),
            align => aligned_alloc(align, layout.size().next_multiple_of(align)).cast(),
        }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, _: Layout) {
        release(pointer);
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if layout.align() <= ALIGNMENT {
            return resize(pointer, size);
        }
        let target = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
        if !target.is_null() {
            ptr::copy_nonoverlapping(pointer, target, layout.size().min(size));
            release(pointer);
        }
        target
    }
}

// SAFETY: as above.
unsafe impl Allocator for Heap {
    fn alloc(&mut self, size: usize) -> *mut u8 {
        // SAFETY: any size is allowed.
        unsafe { take(size) }
    }

    fn calloc(&mut self, count: usize, size: usize) -> *mut u8 {
        let Some(bytes) = count.checked_mul(size) else { return ptr::null_mut() };
        // SAFETY: the block has this many bytes.
        unsafe {
            let place = take(bytes);
            if !place.is_null() {
                ptr::write_bytes(place, 0, bytes);
            }
            place
        }
    }

    unsafe fn dealloc(&mut self, pointer: *mut u8) {
        release(pointer);
    }

    unsafe fn realloc(&mut self, pointer: *mut u8, size: usize) -> *mut u8 {
        resize(pointer, size)
    }

    unsafe fn usable_size(pointer: *mut u8) -> usize {
        usable_size(pointer)
    }
}
