import type { EngineId, FoundEngine } from "./engine.ts";
import { findDbos } from "./engines/dbos.ts";
import { findFlawless } from "./engines/flawless.ts";
import { findObelisk } from "./engines/obelisk.ts";
import { findRestate } from "./engines/restate.ts";
import { findTemporal } from "./engines/temporal.ts";

/** Finds the requested engines, and builds what must be built. */
export function findEngines(wanted: readonly EngineId[]): readonly FoundEngine[] {
  const wantsTemporal = wanted.some((id) => id.startsWith("temporal"));
  const found = [
    findFlawless(),
    findRestate(),
    findDbos(),
    ...(wantsTemporal ? findTemporal() : []),
    ...(wanted.includes("obelisk") ? [findObelisk()] : []),
  ];
  return found.filter((one) => wanted.includes("engine" in one ? one.engine.id : one.id));
}
