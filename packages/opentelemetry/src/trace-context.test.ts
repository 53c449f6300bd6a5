import { describe, expect, test } from "vitest";
import { parseTraceContext, traceHeaders } from "./trace-context.ts";

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const span = "00f067aa0ba902b7";

function parse(traceparent: string, tracestate: string | null = null): unknown {
  return parseTraceContext({ traceparent, tracestate });
}

describe("a trace context", () => {
  test("is read from the standard's headers, and written unchanged", () => {
    const context = parseTraceContext({
      traceparent: `00-${trace}-${span}-01`,
      tracestate: "vendor=1,other=2",
    });

    expect(context).toMatchObject({ traceId: trace, spanId: span, traceFlags: 1, isRemote: true });
    expect(context === undefined ? [] : traceHeaders(context)).toEqual([
      ["traceparent", `00-${trace}-${span}-01`],
      ["tracestate", "vendor=1,other=2"],
    ]);
  });

  test("of a later version may have more fields", () => {
    expect(parse(`cc-${trace}-${span}-03-more`)).toMatchObject({ traceFlags: 1 });
  });

  test.each([
    "",
    "nonsense",
    `00-${trace}-${span}-01-more`,
    `ff-${trace}-${span}-01`,
    `00-${"0".repeat(32)}-${span}-01`,
    `00-${trace}-${"0".repeat(16)}-01`,
    `00-${trace.toUpperCase()}-${span}-01`,
  ])("that is invalid is omitted: %s", (traceparent) => {
    expect(parse(traceparent)).toBeUndefined();
  });
});
