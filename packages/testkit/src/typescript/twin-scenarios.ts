import type { InProcessScenario, Scenario } from "../conformance/scenario.ts";

/** Scenarios that a workflow in TypeScript can't show, and why. */
export const impossible: ReadonlyMap<string, string> = new Map([
  ["64-bit integers are exact in input and response", "JSON.parse rounds them, as JavaScript does"],
  ["an input of the wrong shape fails the workflow", "the words are those of Rust's serde"],
  [
    "a panic after the response fails the workflow, but the response stands",
    "the place is one in a .rs file",
  ],
  [
    "random numbers of all five types reach the guest exactly as they were recorded",
    "JavaScript has one type of number",
  ],
  ["the time is the one that was recorded", "a Date has no nanoseconds"],
]);

/** Those that the twin of the fixture in TypeScript can show. */
export function twinScenarios<S extends Scenario | InProcessScenario>(
  scenarios: readonly S[],
): readonly S[] {
  return scenarios.filter(
    ({ name, fixture = "conformance" }) =>
      // Other fixtures call the ABI directly, bypassing its crate, which no workflow in TypeScript can.
      fixture === "conformance" && !impossible.has(name),
  );
}

/** A scenario's observation, with a workflow's error as the panic that it would be in Rust. */
export function inRust(seen: unknown): unknown {
  if (Array.isArray(seen)) return seen.map(inRust);
  if (typeof seen !== "object" || seen === null) return seen;
  const entries = Object.entries(seen).map(([name, value]) => [name, inRust(value)]);
  const { thrown, ...rest } = Object.fromEntries(entries) as Record<string, unknown>;
  return thrown === undefined ? rest : { ...rest, code: "PANIC" };
}
