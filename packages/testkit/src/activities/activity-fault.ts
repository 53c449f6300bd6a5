import { InvalidOptionError, type DurationLike } from "@flawless-ts/wasm-module";
import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal";
import { toMilliseconds } from "../duration.ts";

interface FaultedAttempts {
  /** The activity's name. */
  readonly activity: string;
  /** The number of attempts of each call that it affects, from the first on. Default 1; `Infinity` for all. */
  readonly attempts?: number;
}

/** A fault of an activity's attempts, by the activity's name. */
export type ActivityFault =
  /** They fail without being run, with this error or an `Error` with this message. */
  | (FaultedAttempts & { readonly fail: string | Error })
  /** They run, and their result takes this much of the environment's time to arrive. */
  | (FaultedAttempts & { readonly delay: DurationLike })
  /** They get no result: they are not run, or their result is lost. A timeout ends them. */
  | (FaultedAttempts & { readonly drop: "task" | "answer" })
  /**
   * Their worker is lost, before they run, or after but before it reports: another one gets them when the lease ends.
   */
  | (FaultedAttempts & { readonly lose: "before" | "after" })
  /** The server crashes: before they run, or after but before their result arrives. */
  | (FaultedAttempts & { readonly crash: "before" | "after" });

const kinds = ["fail", "delay", "drop", "lose", "crash"] as const;
const words: Readonly<Record<string, readonly string[]>> = {
  drop: ["task", "answer"],
  lose: ["before", "after"],
  crash: ["before", "after"],
};

const names = optionNames<Record<keyof FaultedAttempts | (typeof kinds)[number], unknown>>({
  activity: true,
  attempts: true,
  fail: true,
  delay: true,
  drop: true,
  lose: true,
  crash: true,
});

/** @throws InvalidOptionError */
export function checkActivityFault(fault: ActivityFault, path = "fault"): void {
  refuseUnknownOptions(fault, names, path);
  const { activity, attempts = 1, ...rest } = fault;
  if (typeof activity !== "string" || activity === "") {
    throw new InvalidOptionError(
      `${path}.activity`,
      `expected an activity's name, but got ${String(activity)}.`,
    );
  }
  if (!(attempts >= 1 && (Number.isInteger(attempts) || attempts === Infinity))) {
    throw new InvalidOptionError(
      `${path}.attempts`,
      `expected a whole number from 1 on, or Infinity, but got ${String(attempts)}.`,
    );
  }
  const [[kind, value] = ["nothing", undefined], ...more] = Object.entries<unknown>(rest);
  if (kind === "nothing" || more.length > 0) {
    throw new InvalidOptionError(path, `expected one of ${kinds.join(", ")} beside \`activity\`.`);
  }
  if (kind === "delay") {
    toMilliseconds(value as DurationLike);
  }
  const isFine =
    kind === "fail"
      ? typeof value === "string" || value instanceof Error
      : (words[kind]?.includes(String(value)) ?? true);
  if (!isFine) {
    const expected = words[kind]?.map((word) => `"${word}"`).join(" or ") ?? "text or an Error";
    throw new InvalidOptionError(
      `${path}.${kind}`,
      `expected ${expected}, but got ${String(value)}.`,
    );
  }
}
