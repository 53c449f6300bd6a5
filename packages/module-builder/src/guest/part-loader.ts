import { engine } from "./engine.ts";
import { partNames, type PartName } from "./part-names.ts";
import type { Offered, Parts } from "./shared.ts";

const loaded: { -readonly [Name in PartName]?: Parts[Name] } = {};
let offered: Offered | undefined;

/** Call it before using any part, with what the rest of the script offers to parts. */
export function offerToParts(content: Offered): void {
  offered = content;
}

/** A part of the library, which is evaluated on first use. */
export function part<Name extends PartName>(name: Name): Parts[Name] {
  if (loaded[name] === undefined) {
    if (offered === undefined) throw new Error("a part of the library is asked for too early");
    engine.loadLibrary(partNames.indexOf(name))(engine, {
      ...offered,
      part,
      publish: (published, content) => {
        loaded[published] = content;
      },
    });
  }
  const found = loaded[name];
  if (found === undefined)
    throw new Error(`the part ${name} of the library did not publish itself`);
  return found;
}

/** Whether a part is in memory. */
export function isLoaded(name: PartName): boolean {
  return loaded[name] !== undefined;
}
