import { type Html, markupOf } from "./html.ts";

/**
 * The contents of a page region that changes while the page is open: pieces of HTML by key, in order. Each piece is one
 * element that has its key as `data-key`.
 */
export type Region = ReadonlyMap<string, Html>;

/** All regions of a page; an element has its region's name as `data-region`. */
export type Regions<Name extends string = string> = Readonly<Record<Name, Region>>;

/** The HTML of a region, for the initial page. */
export function piecesOf<Name extends string>(regions: Regions<Name>, name: Name): readonly Html[] {
  return [...regions[name].values()];
}

/** A region with one element, whose key is `one`. */
export function single(element: Html): Region {
  return new Map([["one", element]]);
}

/** Rows by key, or a row that says there are none, whose key is `none`. */
export function rowsOr(region: Region, empty: Html): Region {
  return region.size > 0 ? region : new Map([["none", empty]]);
}

/** How a region changed: all its keys in order, and the HTML of new and different pieces. */
export interface RegionPatch {
  readonly region: string;
  readonly keys: readonly string[];
  readonly changed: Readonly<Record<string, string>>;
}

/** Turns a page that shows `before` into one that shows `after`; `before` is null if unknown. */
export function diffRegions(before: Regions | null, after: Regions): readonly RegionPatch[] {
  return Object.entries(after).flatMap(([region, pieces]) => {
    const patch = diffRegion(before?.[region], pieces);
    return patch === null ? [] : [{ region, ...patch }];
  });
}

function diffRegion(before: Region | undefined, after: Region): Omit<RegionPatch, "region"> | null {
  const keys = [...after.keys()];
  const changed = [...after]
    .map(([key, piece]) => [key, markupOf(piece)] as const)
    .filter(([key, text]) => {
      const old = before?.get(key);
      return old === undefined || markupOf(old) !== text;
    });
  const sameKeys = before !== undefined && keys.join("\n") === [...before.keys()].join("\n");
  return sameKeys && changed.length === 0 ? null : { keys, changed: Object.fromEntries(changed) };
}
