import {
  type Context,
  type HrTime,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { ObservedCall, ObservedEnd } from "@flawless-ts/server";
import { type CallDescription, describeAnswer, describeCall } from "./call-attributes.ts";

/** The settings for the spans of all workflows. */
export interface SpanSettings {
  readonly tracer: Tracer;
  /** The max number of call spans in one residency; more calls are only counted. */
  readonly maxCalls: number;
  /** Whether calls that the guest's own thread answers have spans. */
  readonly localCalls: boolean;
  /** Whether spans contain guests' texts. */
  readonly texts: boolean;
}

/** OpenTelemetry would interpret a small number as the time since the process started. */
export function toTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1_000);
  return [seconds, Math.round((milliseconds - seconds * 1_000) * 1_000_000)];
}

/** A context whose spans are children of this one. */
export function childrenOf(parent: SpanContext | undefined): Context {
  return parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
}

/** The span of one stay of a workflow in memory, and those of its calls during that stay. */
export class ResidencySpan {
  /** The parent of the workflow's later stays. */
  readonly first: SpanContext;
  readonly #span: Span;
  readonly #settings: SpanSettings;
  #request: Span | undefined;
  #calls = 0;
  #left = 0;

  constructor(span: Span, first: SpanContext, settings: SpanSettings) {
    this.#span = span;
    this.first = first;
    this.#settings = settings;
  }

  get context(): SpanContext {
    return this.#span.spanContext();
  }

  /** The context of the workflow's current request. */
  get requestContext(): SpanContext {
    return (this.#request ?? this.#span).spanContext();
  }

  /** A request begins. It needs a span before it ends, because others may become its children. */
  requestBegan(call: string, at: number): void {
    this.#request = this.#startSpan(describeCall(call), at);
  }

  answered({ call, answer, madeAt, answeredAt, resumed }: ObservedCall): void {
    const isRequest = call.startsWith('{"HTTPRequest"');
    const isLocal = !isRequest && !waitingCall.test(call);
    const request = isRequest ? this.#request : undefined;
    this.#request = undefined;
    if (request === undefined && (isRequest || (isLocal && !this.#settings.localCalls))) {
      return;
    }
    const span = request ?? this.#startSpan(describeCall(call), madeAt);
    if (span === undefined) {
      return;
    }
    const { attributes, status } = describeAnswer(call, answer);
    span.setAttributes(attributes).setAttribute("flawless.call.resumed", resumed);
    if (status.code !== SpanStatusCode.UNSET) {
      span.setStatus(status);
    }
    span.end(toTime(answeredAt));
  }

  /** The workflow ended. */
  ended({ status, failure, endedAt }: ObservedEnd): void {
    this.#span.setAttribute("flawless.workflow.status", status);
    if (failure !== null) {
      const { code, message } = failure;
      this.#span.setAttribute("error.type", code).setStatus({
        code: SpanStatusCode.ERROR,
        message: this.#settings.texts ? message : code,
      });
    }
    this.#end(endedAt);
  }

  /** The workflow is no longer in memory, but has not ended. */
  left(at: number): void {
    this.#span.setAttribute("flawless.workflow.status", "running");
    this.#end(at);
  }

  #end(at: number): void {
    // Its response will find no receiver.
    this.#request?.setStatus({ code: SpanStatusCode.ERROR, message: "interrupted" });
    this.#request?.end(toTime(at));
    this.#request = undefined;
    if (this.#left > 0) {
      this.#span.setAttribute("flawless.calls.without_span", this.#left);
    }
    this.#span.end(toTime(at));
  }

  #startSpan({ name, kind, attributes }: CallDescription, at: number): Span | undefined {
    if (this.#calls >= this.#settings.maxCalls) {
      this.#left += 1;
      return undefined;
    }
    this.#calls += 1;
    const options = { kind, attributes, startTime: toTime(at) };
    return this.#settings.tracer.startSpan(name, options, childrenOf(this.context));
  }
}

const waitingCall = /^\{"(?:Sleep|RecvMessage|StartWorkflow)"/;
