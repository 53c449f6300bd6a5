import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { descriptorLimit, fitToDescriptors } from "./descriptors.ts";

describe("limits of connections", () => {
  test("stay unchanged if there are enough descriptors", () => {
    const wanted = { incoming: 10_000, outgoing: 2_000 };
    expect(fitToDescriptors(wanted, 20_000)).toEqual(wanted);
    expect(fitToDescriptors(wanted, Infinity)).toEqual(wanted);
  });

  test.each([
    [10_000, 2_000, 1_024, 416, 416],
    [10_000, 2_000, 4_096, 1_952, 1_952],
    [10_000, 100, 1_024, 732, 100],
    [100, 2_000, 1_024, 100, 732],
    [10_000, 2_000, 10, 1, 1],
  ])(
    "of %d incoming and %d outgoing ones, with %d descriptors, become %d and %d",
    (incoming, outgoing, limit, fittingIncoming, fittingOutgoing) => {
      expect(fitToDescriptors({ incoming, outgoing }, limit)).toEqual({
        incoming: fittingIncoming,
        outgoing: fittingOutgoing,
      });
    },
  );
});

test.runIf(process.platform === "linux")("the limit of this process is known", () => {
  const soft = execFileSync("sh", ["-c", "ulimit -Hn"], { encoding: "utf8" }).trim();
  expect(descriptorLimit()).toBe(soft === "unlimited" ? Infinity : Number(soft));
});
