import type { AttemptEnd } from "../../activities/index.ts";
import type { HostCallKind } from "@flawless-ts/wasm-module";
import type { ScheduleStart, WorkflowStatus } from "@flawless-ts/sdk";
import type { WorkflowFailure } from "../../workflow/workflow-failure.ts";

/** A W3C trace context (https://www.w3.org/TR/trace-context/), as a request's headers have it. */
export interface TraceContext {
  readonly traceparent: string;
  readonly tracestate: string | null;
}

/** What a start came with. */
export interface StartOrigin {
  /** By which the logs know the request. */
  readonly requestId: string | null;
  /** What the start is a part of. */
  readonly trace: TraceContext | null;
}

/** A workflow, as observers are told of it. The same workflow may come as another object after it was away. */
export interface ObservedWorkflow {
  /** The public one (`wkf_...`). */
  readonly id: string;
  readonly module: string;
  readonly version: string;
  readonly workflow: string;
  /** The workflow that started it. */
  readonly parent: string | null;
  /** In milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** Of the request that started it; null where there was none, or where the workflow was away meanwhile. */
  readonly requestId: string | null;
}

/** A host call that was answered for the first time; what a replay answers from the journal is not told. */
export interface ObservedCall {
  /** The JSON text of the guest ABI, but for secrets that the engine knows, which are replaced; so it is with the answer. */
  readonly call: string;
  /** The JSON text of the guest ABI; empty for the answer to `GetInput`, which is the input. */
  readonly answer: string;
  /** In milliseconds since the Unix epoch. */
  readonly madeAt: number;
  /** In milliseconds since the Unix epoch. */
  readonly answeredAt: number;
  /** Whether the call began before the workflow last left memory, or before a crash. */
  readonly resumed: boolean;
}

/** How a workflow ended. */
export interface ObservedEnd {
  readonly status: Exclude<WorkflowStatus, "running">;
  readonly failure: WorkflowFailure | null;
  /** In milliseconds since the Unix epoch. */
  readonly endedAt: number;
}

/** What a schedule made of one of its times. */
export interface ObservedDecision extends Pick<ScheduleStart, "kind" | "outcome" | "error"> {
  /** Its name. */
  readonly schedule: string;
  /** The time that it is about, in milliseconds since the Unix epoch. */
  readonly at: number;
  /** The public id of the workflow that was started; null where none was. */
  readonly workflow: string | null;
}

/** A transaction of the journal that became durable: with SQLite one fsync. */
export interface ObservedCommit {
  /** How long that took. */
  readonly milliseconds: number;
  /** How many changes it held. */
  readonly writes: number;
  /** How many characters it added to journals of workflows. */
  readonly journalCharacters: number;
}

/**
 * Hears what an engine does, for metrics and traces. Only what is implemented is told, and what nobody implements costs
 * nothing. Methods are called in the engine's own turn: they must be quick, and an error that one throws is reported to
 * `onError` and changes nothing.
 */
export interface EngineObserver {
  /**
   * A workflow begins; it may not be durable yet.
   * @param trace what its start is a part of
   */
  workflowStarted?(workflow: ObservedWorkflow, trace: TraceContext | null): void;
  /**
   * The workflow is in memory again, rebuilt from its journal.
   * @param at in milliseconds since the Unix epoch
   */
  workflowResumed?(workflow: ObservedWorkflow, at: number): void;
  /**
   * The workflow left memory; it goes on when a time or a message has come.
   * @param at in milliseconds since the Unix epoch
   */
  workflowSuspended?(workflow: ObservedWorkflow, at: number): void;
  /** The end is durable. */
  workflowEnded?(workflow: ObservedWorkflow, end: ObservedEnd): void;
  /**
   * A call that may have to wait begins, or is taken up again: `Sleep`, `HTTPRequest`, `RecvMessage`, `StartWorkflow`.
   * @param call the JSON text of the guest ABI, with secrets replaced
   * @param at in milliseconds since the Unix epoch
   */
  callBegan?(workflow: ObservedWorkflow, kind: HostCallKind, call: string, at: number): void;
  /** Calls of one workflow come in order. */
  callAnswered?(workflow: ObservedWorkflow, call: ObservedCall): void;
  /** Headers to send with the request that the workflow is making, each unless the guest set one of that name. */
  requestHeaders?(workflow: ObservedWorkflow): readonly (readonly [name: string, value: string])[];
  /** A schedule decided what becomes of one of its times; that may not be durable yet, and is told again after a crash. */
  scheduleDecided?(decision: ObservedDecision): void;
  committed?(commit: ObservedCommit): void;
  /** A workflow calls an activity, or still waits for one that it called before the engine was opened. */
  activityCalled?(queue: string, activity: string): void;
  /**
   * A worker's attempt at an activity ended.
   * @param milliseconds how long it took
   */
  activityAttemptEnded?(
    queue: string,
    activity: string,
    end: AttemptEnd,
    milliseconds: number,
  ): void;
  /**
   * The engine stopped: nothing more comes of its workflows. A node of a cluster has an engine for each partition.
   * @param at in milliseconds since the Unix epoch
   * @param hasWorkflow tells by its id whether a workflow was one of the engine's
   */
  stopped?(at: number, hasWorkflow: (id: string) => boolean): void;
}

type Listeners = { [Name in keyof EngineObserver]-?: NonNullable<EngineObserver[Name]>[] };

/**
 * One observer for several.
 * @param onError hears what they throw
 * @returns undefined where there is none
 */
export function combineObservers(
  observers: readonly EngineObserver[],
  onError: (error: unknown) => void,
): EngineObserver | undefined {
  if (observers.length === 0) {
    return undefined;
  }
  const all = listenersOf(observers);
  const tell = <Parameters extends readonly unknown[]>(
    listeners: readonly ((...parameters: Parameters) => void)[],
  ): ((...parameters: Parameters) => void) | undefined =>
    listeners.length === 0
      ? undefined
      : (...parameters) => {
          for (const listener of listeners) {
            try {
              listener(...parameters);
            } catch (error) {
              onError(error);
            }
          }
        };
  const headers = all.requestHeaders;
  return withoutUndefined({
    workflowStarted: tell(all.workflowStarted),
    workflowResumed: tell(all.workflowResumed),
    workflowSuspended: tell(all.workflowSuspended),
    workflowEnded: tell(all.workflowEnded),
    callBegan: tell(all.callBegan),
    callAnswered: tell(all.callAnswered),
    scheduleDecided: tell(all.scheduleDecided),
    committed: tell(all.committed),
    activityCalled: tell(all.activityCalled),
    activityAttemptEnded: tell(all.activityAttemptEnded),
    stopped: tell(all.stopped),
    requestHeaders:
      headers.length === 0
        ? undefined
        : (workflow: ObservedWorkflow) => headers.flatMap((ask) => attempt(() => ask(workflow))),
  });

  function attempt<Item>(ask: () => readonly Item[]): readonly Item[] {
    try {
      return ask();
    } catch (error) {
      onError(error);
      return [];
    }
  }
}

/** The same observer, but that no secret is in the texts that it is told. */
export function withoutSecrets(
  observer: EngineObserver | undefined,
  hide: (text: string) => string,
): EngineObserver | undefined {
  const { callBegan, callAnswered } = observer ?? {};
  return (
    observer && {
      ...observer,
      ...(callBegan && {
        callBegan: (workflow, kind, call, at) => callBegan(workflow, kind, hide(call), at),
      }),
      ...(callAnswered && {
        callAnswered: (workflow, { call, answer, ...times }) =>
          callAnswered(workflow, { call: hide(call), answer: hide(answer), ...times }),
      }),
    }
  );
}

function listenersOf(observers: readonly EngineObserver[]): Listeners {
  const of = <Name extends keyof EngineObserver>(name: Name): NonNullable<EngineObserver[Name]>[] =>
    observers.flatMap((observer) => {
      const method = observer[name];
      return method === undefined
        ? []
        : [method.bind(observer) as NonNullable<EngineObserver[Name]>];
    });
  return {
    workflowStarted: of("workflowStarted"),
    workflowResumed: of("workflowResumed"),
    workflowSuspended: of("workflowSuspended"),
    workflowEnded: of("workflowEnded"),
    callBegan: of("callBegan"),
    callAnswered: of("callAnswered"),
    requestHeaders: of("requestHeaders"),
    scheduleDecided: of("scheduleDecided"),
    committed: of("committed"),
    activityCalled: of("activityCalled"),
    activityAttemptEnded: of("activityAttemptEnded"),
    stopped: of("stopped"),
  };
}

function withoutUndefined(methods: {
  readonly [Name in keyof EngineObserver]: EngineObserver[Name] | undefined;
}): EngineObserver {
  return Object.fromEntries(
    Object.entries(methods).filter(([, method]) => method !== undefined),
  ) as EngineObserver;
}
