import { shared } from "../shared.ts";
import type { Wait } from "../waits.ts";
import { Deadlines } from "./deadlines.ts";

/** Waits with a known deadline. */
export const deadlines: Deadlines<Wait> = new Deadlines();

/** Computes the deadline of each wait that doesn't have one yet. @returns the current time. */
export function addDeadlines(): number {
  const now = Date.now();
  for (const wait of shared.fresh) {
    wait.deadline = now + (wait.milliseconds ?? 0);
    deadlines.add(wait);
  }
  shared.fresh.clear();
  return now;
}

/** The wait with the earliest deadline, and in how many milliseconds it ends. */
export function firstToEnd(): { readonly wait: Wait; readonly left: number } | undefined {
  const asked = shared.fixDeadlines();
  const wait = deadlines.first;
  if (wait?.deadline === undefined) return undefined;
  return { wait, left: Math.max(0, wait.deadline - (asked ?? Date.now())) };
}

/** How many milliseconds are left of a wait. */
export function timeLeft({ deadline, milliseconds = 0 }: Wait): number {
  return deadline === undefined ? milliseconds : Math.max(0, deadline - Date.now());
}
