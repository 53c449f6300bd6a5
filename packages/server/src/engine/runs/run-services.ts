import type { GuestLog } from "../../executor/messages.ts";
import type { EngineLimits } from "../limits.ts";
import type { AtOnce } from "./at-once.ts";
import type { CallServices } from "./call-context.ts";
import type { GuestStarter } from "./guest-starter.ts";
import type { Residency, Resident } from "./residency.ts";
import type { Turns } from "./turns.ts";

/** What the runs of an engine share. */
export interface RunServices extends CallServices {
  readonly limits: EngineLimits;
  readonly residency: Residency<Resident>;
  readonly turns: Turns;
  /** Reads the journals of workflows that need no guest yet. */
  readonly reading: AtOnce;
  readonly guests: Pick<GuestStarter, "readJournal" | "start">;
  /** False once the engine is closing: no effect may begin from then on. */
  readonly acceptsEffects: () => boolean;
}

/** Called with the events of one run. */
export interface RunCallbacks {
  logged(logs: readonly GuestLog[]): void;
  /** The response is durable. */
  responded(): void;
  /** The end is durable. */
  ended(): void;
  /** The guest left memory, so the run can be forgotten too. */
  leftMemory(): void;
}
