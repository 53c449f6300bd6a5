import { InvalidOptionError, type RetryOptions } from "@flawless-ts/wasm-module";
import {
  namesOfDefaults,
  refuseUnknownOptions,
  resolveRetryOptions,
  type ResolvedRetryOptions,
} from "@flawless-ts/wasm-module/internal";

/** What the engine allows guests and callers. Each limit has a default. */
export interface EngineLimits {
  /** Bytes of a module. Default 64 MiB. */
  readonly moduleBytes: number;
  /**
   * Bytes that one guest may use: its memory, its tables (32 bytes for each element), and what its instance takes for
   * each function, global, export and segment. Default 256 MiB.
   */
  readonly memoryBytes: number;
  /** Elements of all tables of a guest together. Default 1,000,000. */
  readonly tableElements: number;
  /** Modules that may be deployed, each version counted. Default 5,000. */
  readonly deployedModules: number;
  /** Bytes of all deployed modules. Default 4 GiB. */
  readonly deployedModuleBytes: number;
  /**
   * Bytes of the modules that are cached compiled: their files, and the max size of their machine code (some ten times
   * as much). The least recently used are compiled again when needed. Default 1 GiB.
   */
  readonly compiledModuleBytes: number;
  /**
   * Milliseconds of one processor that each of V8's compilers may take for the functions of a module that look
   * expensive. Default 10,000.
   */
  readonly compileMs: number;
  /** Bytes of memory that it may take for them. Default 256 MiB. */
  readonly compileBytes: number;
  /**
   * Workflows that run, asleep or awake; starts beyond are refused. Children count, but are not refused: their parents
   * were accepted, and `descendants` limits them. Default 2,000,000.
   */
  readonly runningWorkflows: number;
  /**
   * Running descendants of a workflow that a caller started: its children, their children and so on. One that starts
   * more fails with `CHILD_LIMIT`. Default 10,000.
   */
  readonly descendants: number;
  /**
   * Generations below a workflow that a caller started. One that starts a child beyond fails with `CHILD_LIMIT`.
   * Default 10,000.
   */
  readonly childDepth: number;
  /**
   * Starts of workflows per second, by a workflow that a caller started and all its descendants. Starts beyond wait for
   * their turn. Default 1,000.
   */
  readonly childrenPerSecond: number;
  /** Guests in memory at the same time; others wait for their turn. Default 1,000. */
  readonly residentGuests: number;
  /**
   * Milliseconds after which a guest that waits leaves memory. One that sleeps for longer leaves immediately. Default
   * 10,000.
   */
  readonly idleGuestMs: number;
  /**
   * Workflows started by callers that may wait for a place in memory; starts beyond are refused. Children do not count.
   * Default 100,000.
   */
  readonly queuedWorkflows: number;
  /** Bytes of one workflow's journal, in UTF-8. Default 64 MiB. */
  readonly journalBytes: number;
  /**
   * Steps (host calls) of one workflow. All of them are replayed when its guest has to be rebuilt, so this limits how
   * long that takes. Default 1,000,000.
   */
  readonly journalSteps: number;
  /** Operations of one workflow that may run beside it (docs/host-extensions.md). Default 1,000. */
  readonly openOperations: number;
  /** Bytes of the state that one workflow publishes, as JSON in UTF-8. Default 64 KiB. */
  readonly stateBytes: number;
  /**
   * Milliseconds that a workflow has to end by itself after it was asked to cancel. Then it is terminated. Default
   * 60,000.
   */
  readonly compensatingMs: number;
  /**
   * Updates of one workflow that are stored with their answers, for repeated requests. If there are more, the oldest is
   * forgotten. Default 10,000.
   */
  readonly keptUpdates: number;
  /** Messages that may wait in one mailbox. Default 10,000. */
  readonly mailboxMessages: number;
  /**
   * Bytes of the messages that wait in one mailbox, including their types, in UTF-8. A workflow in memory has its whole
   * mailbox there. Default 64 MiB.
   */
  readonly mailboxBytes: number;
  /** Characters of one input (including a child's), message or response. Default 8 Mi. */
  readonly textCharacters: number;
  /** Characters of one host call as the guest writes it, such as a request with its body. Default 48 Mi. */
  readonly callCharacters: number;
  /**
   * Connections that the requests of guests may have open at once; others wait for one to close. Lowered if the process
   * may not have that many descriptors. Default 2,000.
   */
  readonly guestConnections: number;
  /**
   * Bytes of the bodies that the requests of guests receive at once, all together. Beyond that, the largest one ends
   * with a transport error. Default 256 MiB.
   */
  readonly responseBytes: number;
  /**
   * Milliseconds that a worker may have an activity's attempt without a heartbeat. Then it goes to another worker.
   * Default 30,000.
   */
  readonly activityLeaseMs: number;
  /** Workers of activities, in all queues. Default 10,000. */
  readonly activityWorkers: number;
  /** Max number of schedules; in a cluster, in each partition. Default 10,000. */
  readonly schedules: number;
  /** Minimum number of milliseconds between two times of a schedule. Default 1,000. */
  readonly scheduleIntervalMs: number;
  /** Times of a schedule that one request may start again (its backfill). Default 1,000. */
  readonly backfilledTimes: number;
  /** How idempotent requests are retried. Default: 5 attempts, 200 ms before the second, never more than 10,000 ms. */
  readonly retry: ResolvedRetryOptions;
}

/** Limits of an engine that differ from the defaults. */
export type EngineLimitOptions = Partial<Omit<EngineLimits, "retry">> & {
  readonly retry?: RetryOptions | undefined;
};

export const defaultLimits: EngineLimits = {
  moduleBytes: 64 * 2 ** 20,
  memoryBytes: 256 * 2 ** 20,
  tableElements: 1_000_000,
  deployedModules: 5_000,
  deployedModuleBytes: 4 * 2 ** 30,
  compiledModuleBytes: 2 ** 30,
  compileMs: 10_000,
  compileBytes: 256 * 2 ** 20,
  runningWorkflows: 2_000_000,
  descendants: 10_000,
  childDepth: 10_000,
  childrenPerSecond: 1_000,
  residentGuests: 1_000,
  idleGuestMs: 10_000,
  queuedWorkflows: 100_000,
  journalBytes: 64 * 2 ** 20,
  journalSteps: 1_000_000,
  openOperations: 1_000,
  stateBytes: 64 * 2 ** 10,
  keptUpdates: 10_000,
  compensatingMs: 60_000,
  mailboxMessages: 10_000,
  mailboxBytes: 64 * 2 ** 20,
  textCharacters: 8 * 2 ** 20,
  callCharacters: 48 * 2 ** 20,
  guestConnections: 2_000,
  responseBytes: 256 * 2 ** 20,
  activityLeaseMs: 30_000,
  activityWorkers: 10_000,
  schedules: 10_000,
  scheduleIntervalMs: 1_000,
  backfilledTimes: 1_000,
  retry: { attempts: 5, initialDelayMs: 200, maxDelayMs: 10_000 },
};

const limitNames = namesOfDefaults(defaultLimits);

/** Limits that may be 0. */
const mayBeZero: ReadonlySet<string> = new Set(["idleGuestMs"]);

/**
 * Fills in the defaults.
 *
 * @throws InvalidOptionError if a limit is unknown or not a whole number from 1 on (`idleGuestMs`: from 0 on)
 */
export function resolveEngineLimits(limits: EngineLimitOptions): EngineLimits {
  refuseUnknownOptions(limits, limitNames, "limits");
  for (const [name, value] of Object.entries(limits)) {
    const min = mayBeZero.has(name) ? 0 : 1;
    const fits = Number.isSafeInteger(value) && Number(value) >= min;
    if (name !== "retry" && value !== undefined && !fits) {
      throw new InvalidOptionError(
        `limits.${name}`,
        `expected a whole number from ${min} on, but got ${String(value)}.`,
      );
    }
  }
  const given = Object.fromEntries(
    Object.entries(limits).filter(([, value]) => value !== undefined),
  ) as Partial<EngineLimits>;
  const retry = resolveRetryOptions(limits.retry ?? {}, defaultLimits.retry, "limits.retry");
  return { ...defaultLimits, ...given, retry };
}
