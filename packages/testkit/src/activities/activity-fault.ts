import { InvalidOptionError, type DurationLike } from "@flawless-ts/wasm-module";
import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal";
import { toMilliseconds } from "../duration.ts";

interface FaultedAttempts {
  /** The activity's name. */
  readonly activity: string;
  /** To how many attempts of each call it happens, from the first on. Default 1; `Infinity`: to all. */
  readonly attempts?: number;
}

/** What happens to attempts of an activity, by its name. */
export type ActivityFault =
  /** They fail without being run: with this error, or with an `Error` of this message. */
  | (FaultedAttempts & { readonly fail: string | Error })
  /** They run, and what they give takes that much of the environment's time to arrive. */
  | (FaultedAttempts & { readonly delay: DurationLike })
  /** They get no result: they are not run, or their result is lost. A timeout ends them. */
  | (FaultedAttempts & { readonly drop: "task" | "answer" })
  /** Their worker is lost, before they are run or after, before it could tell: another one gets them when its lease is over. */
  | (FaultedAttempts & { readonly lose: "before" | "after" })
  /** The server crashes: before they are run, or after, before their answer arrives. */
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
