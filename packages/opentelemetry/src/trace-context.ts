import { createTraceState, isSpanContextValid, type SpanContext } from "@opentelemetry/api";
import type { TraceContext } from "@flawless-ts/server";

const version00 = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;

/** The caller's span, or undefined if the headers have none (https://www.w3.org/TR/trace-context/). */
export function parseTraceContext({
  traceparent,
  tracestate,
}: TraceContext): SpanContext | undefined {
  const [, version, traceId = "", spanId = "", flags = "00", more] =
    version00.exec(traceparent.trim()) ?? [];
  // Later versions may append fields; version 00 may not, and ff is invalid.
  if (version === undefined || version === "ff" || (version === "00" && more !== undefined)) {
    return undefined;
  }
  const context: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
    ...(tracestate === null ? {} : { traceState: createTraceState(tracestate) }),
  };
  return isSpanContextValid(context) ? context : undefined;
}

/** The headers that make a span the parent of what a request triggers. */
export function traceHeaders({
  traceId,
  spanId,
  traceFlags,
  traceState,
}: SpanContext): readonly (readonly [name: string, value: string])[] {
  const flags = (traceFlags & 0xff).toString(16).padStart(2, "0");
  const state = traceState?.serialize() ?? "";
  return [
    ["traceparent", `00-${traceId}-${spanId}-${flags}`],
    ...(state === "" ? [] : ([["tracestate", state]] as const)),
  ];
}
