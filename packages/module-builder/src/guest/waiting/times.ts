import { shared } from "../shared.ts";
import type { Wait } from "../waits.ts";
import { Deadlines } from "./deadlines.ts";

/** Waits whose end somebody had to know. */
export const deadlines: Deadlines<Wait> = new Deadlines();

/** Finds out when each wait ends of which that is not known yet. @returns what time it is. */
export function addDeadlines(): number {
  const now = Date.now();
  for (const wait of shared.fresh) {
    wait.deadline = now + (wait.milliseconds ?? 0);
    deadlines.add(wait);
  }
  shared.fresh.clear();
  return now;
}

/** The first wait that time ends, and in how many milliseconds. */
export function firstToEnd(): { readonly wait: Wait; readonly left: number } | undefined {
  const asked = shared.fixDeadlines();
  const wait = deadlines.first;
  if (wait?.deadline === undefined) return undefined;
  return { wait, left: Math.max(0, wait.deadline - (asked ?? Date.now())) };
}

/** How many milliseconds a wait that time ends has left. */
export function timeLeft({ deadline, milliseconds = 0 }: Wait): number {
  return deadline === undefined ? milliseconds : Math.max(0, deadline - Date.now());
}
