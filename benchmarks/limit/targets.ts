import { type ContenderId, figureOf, type Figures, type Stretch, type Work } from "./figures.ts";

/** A limit that the server must keep, and the result. */
export interface LimitTarget {
  readonly what: string;
  /** `least`: at least that value; `most`: at most. */
  readonly bound: "least" | "most";
  readonly value: number;
  /** The unit of the figures; empty for ratios. */
  readonly unit: string;
  /** Undefined if a figure that it needs was not measured. */
  readonly measured: number | undefined;
}

const requestsOfWorkflow = 10;

/** @returns whether it is met; undefined if it was not measured */
export function isMet({ bound, value, measured }: LimitTarget): boolean | undefined {
  if (measured === undefined) {
    return undefined;
  }
  return bound === "least" ? measured >= value : measured <= value;
}

/** The targets, each with its result. */
export function targetsOf(figures: Figures): readonly LimitTarget[] {
  const of = (
    contender: ContenderId,
    work: Work,
    callers: number,
    figure: keyof Stretch,
  ): number | undefined => figureOf(figures, contender, work, callers)?.[figure];
  const toRestate = (work: Work, value: number): LimitTarget => ({
    what: `${work}, workflows/s at 64 callers, to Restate`,
    bound: "least",
    value,
    unit: "",
    measured: ratio(of("ours", work, 64, "perSecond"), of("Restate", work, 64, "perSecond")),
  });
  const p50 = of("ours", "do nothing", 1, "p50Ms");
  const onDisk = (work: Work): number | undefined =>
    figures.disk.find((each) => each.work === work)?.bytes;
  const { memoryAfterLoad } = figures;
  return [
    {
      what: "do nothing, workflows/s at 64 callers, to the commit server",
      bound: "least",
      value: 0.4,
      unit: "",
      measured: ratio(
        of("ours", "do nothing", 64, "perSecond"),
        of("commit server", "do nothing", 64, "perSecond"),
      ),
    },
    toRestate("do nothing", 6),
    toRestate("10 steps", 20),
    toRestate("10 HTTP requests", 4),
    {
      what: "10 HTTP requests, CPU for each request at 64 callers, to undici's own",
      bound: "most",
      value: 2,
      unit: "",
      measured: ratio(
        of("ours", "10 HTTP requests", 64, "cpuMs"),
        of("bare requests", "10 HTTP requests", 64, "cpuMs"),
      ),
    },
    {
      what: "do nothing, p50 at one caller, above two fsyncs",
      bound: "most",
      value: 0.4,
      unit: "ms",
      measured: p50 === undefined ? undefined : Math.max(p50 - 2 * figures.fsyncMs, 0),
    },
    {
      what: "do nothing, CPU of the busiest thread, to the older build",
      bound: "most",
      value: 0.5,
      unit: "",
      measured: ratio(
        of("ours", "do nothing", 64, "busiestMs"),
        of("before", "do nothing", 64, "busiestMs"),
      ),
    },
    {
      what: "resident memory after load",
      bound: "most",
      value: 300,
      unit: "MiB",
      measured: memoryAfterLoad === undefined ? undefined : memoryAfterLoad / 2 ** 20,
    },
    {
      what: "10 steps, on disk",
      bound: "most",
      value: 900,
      unit: "bytes",
      measured: onDisk("10 steps"),
    },
    {
      what: "10 HTTP requests, on disk",
      bound: "most",
      value: 2_300,
      unit: "bytes",
      measured: onDisk("10 HTTP requests"),
    },
  ];
}

/** Milliseconds of CPU for one request, from a figure for ten. */
export function forOneRequest(cpuMs: number | undefined): number | undefined {
  return cpuMs === undefined ? undefined : cpuMs / requestsOfWorkflow;
}

/** Undefined if one of them is missing, or the divisor is zero. */
export function ratio(part: number | undefined, whole: number | undefined): number | undefined {
  return part === undefined || whole === undefined || whole === 0 ? undefined : part / whole;
}
