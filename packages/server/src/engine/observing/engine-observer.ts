import type { AttemptEnd } from "../../activities/index.ts";
import type { HostCallKind } from "@flawless-ts/wasm-module";
import type { ScheduleStart, WorkflowStatus } from "@flawless-ts/sdk";
import type { WorkflowFailure } from "../../workflow/workflow-failure.ts";

/** A W3C trace context (https://www.w3.org/TR/trace-context/), as in a request's headers. */
export interface TraceContext {
  readonly traceparent: string;
  readonly tracestate: string | null;
}

/** What came with a start. */
export interface StartOrigin {
  /** The id of the request in the logs. */
  readonly requestId: string | null;
  /** The trace that the start is part of. */
  readonly trace: TraceContext | null;
}

/** A workflow as observers see it. After it left memory, the same workflow may be a different object. */
export interface ObservedWorkflow {
  /** The public id (`wkf_...`). */
  readonly id: string;
  readonly module: string;
  readonly version: string;
  readonly workflow: string;
  /** The workflow that started it. */
  readonly parent: string | null;
  /** In milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** The id of the request that started it; null if there was none, or if the workflow has left memory since. */
  readonly requestId: string | null;
}

/** A host call that was answered for the first time. What a replay answers from the journal is not reported. */
export interface ObservedCall {
  /** The JSON text of the guest ABI. Secrets that the engine knows are replaced, here and in the answer. */
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

/** A schedule's decision about one of its times. */
export interface ObservedDecision extends Pick<ScheduleStart, "kind" | "outcome" | "error"> {
  /** Its name. */
  readonly schedule: string;
  /** The scheduled time, in milliseconds since the Unix epoch. */
  readonly at: number;
  /** The public id of the workflow that was started; null if none was. */
  readonly workflow: string | null;
}

/** A transaction of the journal that became durable: with SQLite, one fsync. */
export interface ObservedCommit {
  /** How long that took. */
  readonly milliseconds: number;
  /** The number of changes in it. */
  readonly writes: number;
  /** The number of characters that it added to journals of workflows. */
  readonly journalCharacters: number;
}

/**
 * Observes what an engine does, for metrics and traces. Only the methods that are implemented are called, and those
 * that nobody implements cost nothing. Methods are called in the engine's own turn, so they must be quick. An error
 * that one throws is reported to `onError` and changes nothing.
 */
export interface EngineObserver {
  /**
   * A workflow begins; it may not be durable yet.
   * @param trace the trace that its start is part of
   */
  workflowStarted?(workflow: ObservedWorkflow, trace: TraceContext | null): void;
  /**
   * The workflow is in memory again, rebuilt from its journal.
   * @param at in milliseconds since the Unix epoch
   */
  workflowResumed?(workflow: ObservedWorkflow, at: number): void;
  /**
   * The workflow left memory; it continues when a time or a message has come.
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
  /**
   * A schedule decided about one of its times. The decision may not be durable yet, and is reported again after a
   * crash.
   */
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
   * The engine stopped: nothing more comes from its workflows. A node of a cluster has one engine per partition.
   * @param at in milliseconds since the Unix epoch
   * @param hasWorkflow whether the workflow with this id was one of the engine's
   */
  stopped?(at: number, hasWorkflow: (id: string) => boolean): void;
}

type Listeners = { [Name in keyof EngineObserver]-?: NonNullable<EngineObserver[Name]>[] };

/**
 * Combines several observers into one.
 * @param onError called with what they throw
 * @returns undefined if there are none
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

/** The same observer, but without secrets in the texts that it gets. */
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
