//! Which of the blocks that a script's evaluation allocates still exist at its end.
//!
//! The build evaluates a script twice, with the same allocations in the same order. The first time it records what is
//! allocated and freed. The second time, blocks known to be permanent are placed side by side without gaps, and blocks
//! known to be freed after them, in memory that the build cuts off. Otherwise they would leave holes everywhere, and
//! each page with anything else in it would be stored.
//!
//! This works even if the second evaluation differs from the first: blocks that still exist at the end stay where they
//! are.

use std::cell::Cell;
use std::ptr;

const WASM_PAGE_BYTES: usize = 64 * 1024;
const ALIGNMENT: usize = 8;
/// The header of each block in the area: its size.
const HEADER_BYTES: usize = ALIGNMENT;
/// Stands for the size in the records.
const FREED: u32 = u32::MAX;

/// An event: the address, and the size of what was allocated, or `FREED`.
type Event = [u32; 2];

thread_local! {
    static LOADING: Cell<bool> = const { Cell::new(true) };
    /// Where to record the next event, and the end of the room for it.
    static NOTES: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
    /// The address of the bits, one for each allocation, set for those that are freed, and the number of allocations.
    static FREED_LATER: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
    /// The number of allocations so far.
    static TAKEN: Cell<usize> = const { Cell::new(0) };
    /// Where to place the next permanent block, and the end of the room for it.
    static KEPT_NEXT: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
    /// The start and end of the permanent blocks.
    static KEPT: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
    /// The address of the marks: one bit for each `ALIGNMENT` bytes of permanent blocks, set where a block begins or
    /// the last one ends.
    static MARKS: Cell<usize> = const { Cell::new(0) };
    /// The start and end of the area for blocks that are freed.
    static AREA: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
    static NEXT: Cell<usize> = const { Cell::new(0) };
    /// How many blocks are in the area.
    static LIVE: Cell<usize> = const { Cell::new(0) };
}

pub fn is_loading() -> bool {
    LOADING.get()
}

/// Starts recording events, with this many bytes of room. Returns the address, or 0 if there is not enough memory.
pub fn record(bytes: usize) -> usize {
    let start = grow(bytes);
    if start != 0 {
        NOTES.set((start, start + bytes));
    }
    start
}

/// Where the next event would be recorded.
pub fn record_end() -> usize {
    NOTES.get().0
}

/// Makes room for permanent blocks, followed by an area of this many bytes. The area begins with one bit for each of
/// `allocations`, for the build to set if the block is freed. Returns the address of the area, or 0 if there is not
/// enough memory.
pub fn follow(allocations: usize, kept_bytes: usize, bytes: usize) -> usize {
    let room = kept_bytes.next_multiple_of(ALIGNMENT);
    let mark_bytes = (room / ALIGNMENT + 1).div_ceil(8).next_multiple_of(ALIGNMENT);
    let marks = grow(mark_bytes + room);
    let start = grow(bytes);
    if marks == 0 || start == 0 {
        return 0;
    }
    let kept = (marks + mark_bytes, marks + mark_bytes + room);
    MARKS.set(marks);
    KEPT.set(kept);
    KEPT_NEXT.set(kept);
    FREED_LATER.set((start, allocations));
    NEXT.set((start + allocations.div_ceil(8)).next_multiple_of(ALIGNMENT));
    AREA.set((start, start + bytes));
    start
}

/// Ends recording and placing. Returns whether nothing is left in the area, and the unused room for permanent blocks.
pub fn finish() -> (bool, (usize, usize)) {
    LOADING.set(false);
    NOTES.set((0, 0));
    FREED_LATER.set((0, 0));
    NEXT.set(0);
    let rest = KEPT_NEXT.replace((0, 0));
    KEPT.set((KEPT.get().0, rest.0));
    let is_empty = LIVE.get() == 0;
    if is_empty {
        AREA.set((0, 0));
    }
    TAKEN.set(0);
    (is_empty, rest)
}

/// Places a block that is known to be permanent, or to be freed.
pub unsafe fn take(size: usize) -> Option<*mut u8> {
    if !LOADING.get() {
        return None;
    }
    let index = TAKEN.get();
    TAKEN.set(index + 1);
    let (bits, allocations) = FREED_LATER.get();
    if index >= allocations {
        return None;
    }
    if *((bits + index / 8) as *const u8) & (1 << (index % 8)) == 0 {
        return keep(size);
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

unsafe fn keep(size: usize) -> Option<*mut u8> {
    let (place, end) = KEPT_NEXT.get();
    let next = (place + size).next_multiple_of(ALIGNMENT);
    if next >= end {
        return None;
    }
    mark(place);
    mark(next);
    KEPT_NEXT.set((next, end));
    Some(place as *mut u8)
}

/// Where the mark of an address is: its byte, and the bit in it.
fn mark_of(place: usize) -> (*mut u8, u8) {
    let index = (place - KEPT.get().0) / ALIGNMENT;
    ((MARKS.get() + index / 8) as *mut u8, 1 << (index % 8))
}

unsafe fn mark(place: usize) {
    let (byte, bit) = mark_of(place);
    *byte |= bit;
}

/// The size of a block, if it is a permanent one.
pub unsafe fn kept_size_of(place: *mut u8) -> Option<usize> {
    let (start, end) = KEPT.get();
    let address = place as usize;
    if !(start..end).contains(&address) {
        return None;
    }
    let mut next = address + ALIGNMENT;
    loop {
        let (byte, bit) = mark_of(next);
        if *byte & bit != 0 {
            return Some(next - address);
        }
        next += ALIGNMENT;
    }
}

pub unsafe fn note_taken(place: *mut u8, size: usize) {
    note([place as u32, size as u32]);
}

/// Returns whether the block was in the area.
pub unsafe fn release(place: *mut u8) -> bool {
    note([place as u32, FREED]);
    let is_here = area_size_of(place).is_some();
    if is_here {
        LIVE.set(LIVE.get() - 1);
    }
    is_here
}

/// The size of a block, if it is in the area.
pub unsafe fn area_size_of(place: *mut u8) -> Option<usize> {
    let (start, end) = AREA.get();
    let address = place as usize;
    (start..end).contains(&address).then(|| ((address - HEADER_BYTES) as *const usize).read())
}

/// Whether the block was placed here.
pub fn has(place: *mut u8) -> bool {
    [KEPT.get(), AREA.get()].iter().any(|(start, end)| (*start..*end).contains(&(place as usize)))
}

unsafe fn note(event: Event) {
    let (next, end) = NOTES.get();
    if next + size_of_val(&event) <= end {
        ptr::write(next as *mut Event, event);
        NOTES.set((next + size_of_val(&event), end));
    }
}

/// Adds memory at the end; the C library tolerates that others do this. 0 if there is none.
fn grow(bytes: usize) -> usize {
    let before = core::arch::wasm32::memory_grow(0, bytes.div_ceil(WASM_PAGE_BYTES));
    if before == usize::MAX {
        return 0;
    }
    before * WASM_PAGE_BYTES
}
