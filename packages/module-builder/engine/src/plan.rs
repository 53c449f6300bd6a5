//! Which of the things that a script's evaluation allocates are still there at its end.
//!
//! The build evaluates a script twice, which allocates the same in the same order. The first time it notes what is
//! allocated and freed; the second time, what is known to be freed lies beyond all that is kept, in memory that the
//! build cuts off. Else it would leave holes everywhere, and each page with something else in it would be kept.
//!
//! That the second time is like the first is not relied on: what is still there at the end is found where it is.

use std::cell::Cell;
use std::ptr;

const WASM_PAGE_BYTES: usize = 64 * 1024;
const ALIGNMENT: usize = 8;
/// Before each thing in the area: its size.
const HEADER_BYTES: usize = ALIGNMENT;
/// In the notes, in place of a size.
const FREED: u32 = u32::MAX;

/// An event: where, and the size of what was allocated, or else `FREED`.
type Event = [u32; 2];

thread_local! {
    static LOADING: Cell<bool> = const { Cell::new(true) };
    /// Where the next event is noted, and up to where there is room.
    static NOTES: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
    /// A bit for each allocation, set for those that are freed, and how many there are.
    static FREED_LATER: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
    /// How many things were allocated.
    static TAKEN: Cell<usize> = const { Cell::new(0) };
    /// For what is freed: from where to where.
    static AREA: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
    static NEXT: Cell<usize> = const { Cell::new(0) };
    /// How many things are in the area.
    static LIVE: Cell<usize> = const { Cell::new(0) };
}

pub fn is_loading() -> bool {
    LOADING.get()
}

/// Begins to note events, of which there is room for so many bytes. Returns where, or 0 where memory does not suffice.
pub fn record(bytes: usize) -> usize {
    let start = grow(bytes);
    if start != 0 {
        NOTES.set((start, start + bytes));
    }
    start
}

/// Where the next event would be noted.
pub fn record_end() -> usize {
    NOTES.get().0
}

/// Makes an area of so many bytes, of which the first are one bit for each of `allocations`, for the build to fill:
/// set where the thing is freed. Returns where the area is, or 0 where memory does not suffice.
pub fn follow(allocations: usize, bytes: usize) -> usize {
    let start = grow(bytes);
    if start != 0 {
        FREED_LATER.set((start, allocations));
        NEXT.set((start + allocations.div_ceil(8)).next_multiple_of(ALIGNMENT));
        AREA.set((start, start + bytes));
    }
    start
}

/// Ends it all. Returns whether nothing is left in the area.
pub fn finish() -> bool {
    LOADING.set(false);
    NOTES.set((0, 0));
    FREED_LATER.set((0, 0));
    NEXT.set(0);
    let is_empty = LIVE.get() == 0;
    if is_empty {
        AREA.set((0, 0));
    }
    TAKEN.set(0);
    is_empty
}

/// A place in the area, for what is known to be freed.
pub unsafe fn take(size: usize) -> Option<*mut u8> {
    if !LOADING.get() {
        return None;
    }
    let index = TAKEN.get();
    TAKEN.set(index + 1);
    let (bits, allocations) = FREED_LATER.get();
    if index >= allocations || *((bits + index / 8) as *const u8) & (1 << (index % 8)) == 0 {
        return None;
    }
    let place = NEXT.get() + HEADER_BYTES;
    let next = (place + size).next_multiple_of(ALIGNMENT);
    if next > AREA.get().1 {
        return None;
    }
    ((place - HEADER_BYTES) as *mut usize).write(size);
    NEXT.set(next);
    LIVE.set(LIVE.get() + 1);
    Some(place as *mut u8)
}

pub unsafe fn note_taken(place: *mut u8, size: usize) {
    note([place as u32, size as u32]);
}

/// Whether it was in the area.
pub unsafe fn release(place: *mut u8) -> bool {
    note([place as u32, FREED]);
    let is_here = size_of(place).is_some();
    if is_here {
        LIVE.set(LIVE.get() - 1);
    }
    is_here
}

/// How large the thing is, if it is in the area.
pub unsafe fn size_of(place: *mut u8) -> Option<usize> {
    let (start, end) = AREA.get();
    let address = place as usize;
    (start..end).contains(&address).then(|| ((address - HEADER_BYTES) as *const usize).read())
}

unsafe fn note(event: Event) {
    let (next, end) = NOTES.get();
    if next + size_of_val(&event) <= end {
        ptr::write(next as *mut Event, event);
        NOTES.set((next + size_of_val(&event), end));
    }
}

/// More memory, at its end; the C library does not mind who else asks for some. 0 where there is none.
fn grow(bytes: usize) -> usize {
    let before = core::arch::wasm32::memory_grow(0, bytes.div_ceil(WASM_PAGE_BYTES));
    if before == usize::MAX {
        return 0;
    }
    before * WASM_PAGE_BYTES
}
