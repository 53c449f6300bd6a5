import { markupOf } from "./html.ts";
import type { Region, RegionName, Regions } from "./regions.ts";

/** How a region changed: all its keys in order, and the HTML of those that are new or different. */
export interface RegionPatch {
  readonly region: RegionName;
  readonly keys: readonly string[];
  readonly changed: Readonly<Record<string, string>>;
}

/** What turns a page that shows `before` into one that shows `after`; `before` is null where that is not known. */
export function diffRegions(before: Regions | null, after: Regions): readonly RegionPatch[] {
  return (Object.keys(after) as RegionName[]).flatMap((region) => {
    const patch = diffRegion(before?.[region], after[region]);
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
