import {
  type Attributes,
  type SpanContext,
  SpanKind,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { EngineObserver, ObservedWorkflow } from "@flawless-ts/server";
import { Remembered } from "./remembered.ts";
import { childrenOf, ResidencySpan, type SpanSettings, toTime } from "./residency-span.ts";
import { parseTraceContext, traceHeaders } from "./trace-context.ts";

/** Options of {@link traceWorkflows}. */
export interface TracingOptions {
  /** Creates the spans. Default: the global provider's tracer `@flawless-ts/opentelemetry`. */
  readonly tracer?: Tracer | undefined;
  /** Whether requests of workflows carry `traceparent`, unless the workflow set one itself. Default true. */
  readonly propagate?: boolean | undefined;
  /**
   * Whether calls that take no time have spans: input, random numbers, the time, log lines, secrets, responses.
   * Default true.
   */
  readonly localCalls?: boolean | undefined;
  /** The max number of calls of one workflow with spans while it is in memory; more are only counted. Default 1,000. */
  readonly maxCalls?: number | undefined;
  /** The max number of workflows that left memory whose traces are remembered. Default 100,000. */
  readonly maxRemembered?: number | undefined;
  /**
   * Whether spans of failed workflows have the message, which may contain anything the workflow knew. Default false.
   */
  readonly texts?: boolean | undefined;
}

const tracerName = "@flawless-ts/opentelemetry";

/**
 * Traces workflows, from their start to their last host call. Pass the result to `startServer({ observers })`, or to a
 * test environment.
 *
 * A workflow's span begins with its start, as a child of the caller's `traceparent`, and ends when the workflow ends or
 * leaves memory to wait. When it comes back, a new span begins as a child of the first, with `flawless.workflow.resumed`.
 * Replays create no spans. After a crash or a restart, the first span is gone, and the new one has its own trace;
 * `flawless.workflow.id` shows that they belong together.
 */
export function traceWorkflows(options: TracingOptions = {}): EngineObserver {
  const settings: SpanSettings = {
    tracer: options.tracer ?? trace.getTracer(tracerName),
    maxCalls: options.maxCalls ?? 1_000,
    localCalls: options.localCalls ?? true,
    texts: options.texts ?? false,
  };
  const open = new Map<string, ResidencySpan>();
  const away = new Remembered<string, SpanContext>(options.maxRemembered ?? 100_000);

  const begin = (
    workflow: ObservedWorkflow,
    at: number,
    parent: SpanContext | undefined,
    kind: SpanKind,
    attributes: Attributes,
  ): ResidencySpan => {
    const span = settings.tracer.startSpan(
      `workflow ${workflow.workflow}`,
      {
        kind,
        startTime: toTime(at),
        attributes: { ...attributesOf(workflow), ...attributes },
      },
      childrenOf(parent),
    );
    const isResumed = attributes["flawless.workflow.resumed"] === true;
    const residency = new ResidencySpan(
      span,
      (isResumed ? parent : undefined) ?? span.spanContext(),
      settings,
    );
    open.set(workflow.id, residency);
    return residency;
  };

  /** A workflow that was moved to another thread stayed in memory. */
  const resumed = (workflow: ObservedWorkflow, at: number): ResidencySpan =>
    open.get(workflow.id) ??
    begin(workflow, at, away.take(workflow.id), SpanKind.INTERNAL, {
      "flawless.workflow.resumed": true,
    });

  return {
    workflowStarted(workflow, given) {
      const parentId = workflow.parent;
      const parent =
        parentId === null
          ? given === null
            ? undefined
            : parseTraceContext(given)
          : open.get(parentId)?.context;
      const kind = parentId === null ? SpanKind.SERVER : SpanKind.INTERNAL;
      begin(workflow, workflow.createdAt, parent, kind, {});
    },
    workflowResumed: (workflow, at) => void resumed(workflow, at),
    workflowSuspended({ id }, at) {
      const residency = open.get(id);
      if (residency !== undefined) {
        residency.left(at);
        open.delete(id);
        away.set(id, residency.first);
      }
    },
    workflowEnded({ id }, end) {
      open.get(id)?.ended(end);
      open.delete(id);
      away.take(id);
    },
    callBegan({ id }, kind, call, at) {
      if (kind === "HTTPRequest") {
        open.get(id)?.requestBegan(call, at);
      }
    },
    callAnswered(workflow, call) {
      // The answer may come before the workflow is back, because it is what brings it back.
      resumed(workflow, call.answeredAt).answered(call);
    },
    stopped(at, hasWorkflow) {
      for (const [id, residency] of open) {
        if (hasWorkflow(id)) {
          residency.left(at);
          open.delete(id);
        }
      }
    },
    ...(options.propagate === false
      ? {}
      : {
          requestHeaders: ({ id }: ObservedWorkflow) => {
            const context = open.get(id)?.requestContext;
            return context === undefined ? [] : traceHeaders(context);
          },
        }),
  };
}

function attributesOf(workflow: ObservedWorkflow): Attributes {
  const { id, module, version, parent } = workflow;
  return {
    "flawless.workflow.id": id,
    "flawless.workflow.name": workflow.workflow,
    "flawless.module.name": module,
    "flawless.module.version": version,
    ...(parent === null ? {} : { "flawless.workflow.parent": parent }),
  };
}
