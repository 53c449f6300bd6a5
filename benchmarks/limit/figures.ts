/** What one stretch of one contender showed, for each workflow, or for each piece of work that stands for one. */
export interface Stretch {
  readonly perSecond: number;
  /** Milliseconds from request to response. */
  readonly p50Ms: number;
  /** Milliseconds of CPU of the process, all threads together; undefined where nobody can tell. */
  readonly cpuMs: number | undefined;
  /** Milliseconds of CPU of the thread that used most; undefined where nobody can tell. */
  readonly busiestMs: number | undefined;
}

/** What is measured: the server, an older build of it, what bounds it, or a peer. */
export type ContenderId =
  | "ours"
  | "before"
  | "commit server"
  | "bare guests"
  | "bare requests"
  | "Restate";

/** The kinds of workflow by what they are called in the report. */
export type Work = "do nothing" | "10 steps" | "10 HTTP requests";

/** The medians of all rounds of one combination. */
export interface Figure extends Stretch {
  readonly contender: ContenderId;
  readonly work: Work;
  readonly callers: number;
}

/** What a kind of workflow takes on disk. */
export interface DiskFigure {
  readonly work: Work;
  readonly bytes: number;
}

/** All figures of one run. */
export interface Figures {
  readonly stretches: readonly Figure[];
  /** Milliseconds that a write of 4 KiB and its fsync take, the median of all rounds. */
  readonly fsyncMs: number;
  /** Bytes that the server has resident after the load; undefined where nobody can tell. */
  readonly memoryAfterLoad: number | undefined;
  readonly disk: readonly DiskFigure[];
}

/** Undefined where it was not measured. */
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
