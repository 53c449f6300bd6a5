import { describe, expect, test } from "vitest";
import { resolveRetryOptions } from "./retry-options.ts";

const defaults = { attempts: 5, initialDelayMs: 100, maxDelayMs: 5000 };

describe("retry options", () => {
  test("have defaults if omitted", () => {
    expect(resolveRetryOptions({ attempts: 2, maxDelayMs: undefined }, defaults)).toEqual({
      attempts: 2,
      initialDelayMs: 100,
      maxDelayMs: 5000,
    });
  });

  test.each([
    [{ attempts: 0 }, "attempts", "expected a whole number of at least 1, but got 0."],
    [{ initialDelayMs: -1 }, "initialDelayMs", "at least 0, but got -1."],
    [{ maxDelayMs: 0.5 }, "maxDelayMs", "but got 0.5."],
    [{ maxDelayMs: "1s" }, "maxDelayMs", "but got 1s."],
    [{ maxDelay: 1 }, "maxDelay", "Did you mean `limits.retry.maxDelayMs`?"],
  ])("%j are refused", (options, name, reason) => {
    expect(() => resolveRetryOptions(options as object, defaults, "limits.retry")).toThrow(
      expect.objectContaining({
        option: `limits.retry.${name}`,
        message: expect.stringContaining(reason),
      }),
    );
  });
});
