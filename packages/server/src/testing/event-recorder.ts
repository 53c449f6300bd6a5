import type { EngineObserver } from "../engine/index.ts";

/** Records all events of an engine's observers, one short line for each. */
export class EventRecorder implements EngineObserver {
  readonly lines: string[] = [];
  /** The trace of the workflow that was started last. */
  traceparent: string | null = null;

  readonly workflowStarted: NonNullable<EngineObserver["workflowStarted"]> = (workflow, trace) => {
    this.traceparent = trace?.traceparent ?? null;
    this.lines.push(`start ${workflow.workflow}${workflow.parent === null ? "" : " of a parent"}`);
  };
  readonly workflowResumed: NonNullable<EngineObserver["workflowResumed"]> = ({ workflow }) => {
    this.lines.push(`resume ${workflow}`);
  };
  readonly workflowSuspended: NonNullable<EngineObserver["workflowSuspended"]> = (observed) => {
    this.lines.push(`suspend ${observed.workflow}`);
  };
  readonly workflowEnded: NonNullable<EngineObserver["workflowEnded"]> = (observed, end) => {
    this.lines.push(`end ${observed.workflow} ${end.status} ${end.failure?.code ?? ""}`.trim());
  };
  readonly callBegan: NonNullable<EngineObserver["callBegan"]> = (_workflow, kind) => {
    this.lines.push(`begin ${kind}`);
  };
  readonly callAnswered: NonNullable<EngineObserver["callAnswered"]> = (_workflow, call) => {
    const kind = /^"?(?:\{")?(\w+)/.exec(call.call)?.[1] ?? call.call;
    const took = call.answeredAt - call.madeAt;
    this.lines.push(`${kind} ${took} ms${call.resumed ? ", resumed" : ""}`);
  };
  readonly stopped: NonNullable<EngineObserver["stopped"]> = () => {
    this.lines.push("stop");
  };

  /** The events since the last call. */
  take(): readonly string[] {
    return this.lines.splice(0);
  }
}
