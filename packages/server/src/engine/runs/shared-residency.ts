import type { EngineLimits } from "../limits.ts";
import { Residency, type Resident } from "./residency.ts";

/** The places in memory of one engine, or of several together. */
export type SharedResidency = Residency<Resident>;

export function createResidency(limits: EngineLimits): SharedResidency {
  return new Residency({
    places: limits.residentGuests,
    maxQueue: limits.queuedWorkflows,
    idleMs: limits.idleGuestMs,
  });
}
