/** The results of one stretch of one contender, for each workflow or unit of work that stands for one. */
export interface Stretch {
  readonly perSecond: number;
  /** Milliseconds from request to response. */
  readonly p50Ms: number;
  /** Milliseconds of CPU of the process, in all threads together; undefined if unknown. */
  readonly cpuMs: number | undefined;
  /** Milliseconds of CPU in the busiest thread; undefined if unknown. */
  readonly busiestMs: number | undefined;
}

/** What is measured: the server, an older build of it, a limit, or a peer. */
export type ContenderId =
  | "ours"
  | "before"
  | "commit server"
  | "bare guests"
  | "new guests"
  | "bare requests"
  | "Restate";

/** The kinds of workflows, as named in the report. */
export type Work = "do nothing" | "10 steps" | "10 HTTP requests";

/** The medians of all rounds for one combination. */
export interface Figure extends Stretch {
  readonly contender: ContenderId;
  readonly work: Work;
  readonly callers: number;
}

/** The disk space for a kind of workflow. */
export interface DiskFigure {
  readonly work: Work;
  readonly bytes: number;
}

/** All results of one run. */
export interface Figures {
  readonly stretches: readonly Figure[];
  /** Milliseconds for a write of 4 KiB and its fsync, the median of all rounds. */
  readonly fsyncMs: number;
  /** The server's resident bytes after the load; undefined if unknown. */
  readonly memoryAfterLoad: number | undefined;
  readonly disk: readonly DiskFigure[];
}

/** Undefined if it was not measured. */
export function figureOf(
  { stretches }: Figures,
  contender: ContenderId,
  work: Work,
  callers: number,
): Figure | undefined {
  return stretches.find(
    (each) => each.contender === contender && each.work === work && each.callers === callers,
  );
}
