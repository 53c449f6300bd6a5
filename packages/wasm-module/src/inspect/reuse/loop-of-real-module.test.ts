import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { describe, expect, test } from "vitest";
import { encodeHostAnswer } from "../../abi/host-answer-codec.ts";
import type { HostAnswerOf } from "../../abi/host-answer.ts";
import { decodeHostCall } from "../../abi/host-call-codec.ts";
import { runAlone, runInLoop } from "./loop.testing.ts";

type ValueAnswer = HostAnswerOf<"Value">;

const valuesOf = { Bool: true, I64: 7n } as const;

/** Answers calls of the conformance module; every second one suspends the guest. */
function answers(input: string): (text: string) => string | Promise<string> {
  let calls = 0;
  return (text) => {
    const call = decodeHostCall(text);
    calls += 1;
    const answer = ((): string => {
      switch (call.kind) {
        case "GetInput":
          return encodeHostAnswer({ kind: "String", value: input });
        case "SendResponse":
          return encodeHostAnswer({ kind: "ResponseSent", sent: true });
        case "Random": {
          const value = valuesOf[call.type as keyof typeof valuesOf] ?? 1;
          return encodeHostAnswer({ kind: "Value", type: call.type, value } as ValueAnswer);
        }
        case "TimeNow":
          return encodeHostAnswer({ kind: "Time", sinceEpoch: { secs: 1n, nanos: 0 } });
        default:
          return encodeHostAnswer({ kind: "Unit" });
      }
    })();
    return calls % 2 === 0 ? Promise.resolve(answer) : answer;
  };
}

describe("the loop of a real module", () => {
  const bytes = fixtureBytes("conformance");

  test.each([
    ["noop", "null"],
    ["ten_steps", "null"],
    ["echo", JSON.stringify("x".repeat(50_000))],
    ["logs", "null"],
    ["randoms", "null"],
    ["add", '{"a":1,"b":2}'],
  ])("runs %s as new instances do, each time", async (workflow, input) => {
    const alone = await runAlone(bytes, workflow, answers(input));
    const loop = await runInLoop(
      bytes,
      [workflow, "echo", workflow, "echo", workflow],
      answers(input),
    );
    const { memoryAtStart, ...seen } = alone;

    expect(loop.error).toBeUndefined();
    expect(seen.calls.length).toBeGreaterThan(0);
    expect([loop.runs[0], loop.runs[2], loop.runs[4]]).toEqual([seen, seen, seen]);
    for (const memory of loop.memories) {
      expect(Buffer.compare(memory.subarray(0, memoryAtStart.length), memoryAtStart)).toBe(0);
      expect(memory.subarray(memoryAtStart.length).every((byte) => byte === 0)).toBe(true);
    }
    expect(loop.memories).toHaveLength(6);
  });

  test("goes on after an exception of the host, and its guest sees a new instance", async () => {
    const fail = new Error("stopped");
    const reject = { sync: false, async: false };
    const answer = answers("null");
    const loop = runInLoop(bytes, ["noop", "noop", "noop", "ten_steps"], (call) => {
      if (call.includes("SendResponse")) {
        if (!reject.sync) {
          reject.sync = true;
          throw fail;
        }
        if (!reject.async) {
          reject.async = true;
          return Promise.reject(fail);
        }
      }
      return answer(call);
    });
    const { runs, error, memories } = await loop;

    expect(error).toBeUndefined();
    expect(runs.map(({ completed }) => completed)).toEqual([false, false, true, true]);
    expect(runs[3]?.calls).toEqual((await runAlone(bytes, "ten_steps", answers("null"))).calls);
    expect(
      memories.every((memory) => Buffer.compare(memory, memories[0] ?? Buffer.of()) === 0),
    ).toBe(true);
  });

  test("ends with a trap", async () => {
    const { runs, error } = await runInLoop(
      bytes,
      ["noop", "panic_before_response", "noop"],
      answers("null"),
    );

    expect(error).toMatchObject({ name: "RuntimeError", message: "unreachable" });
    expect(runs).toHaveLength(1);
  });

  test("ends if the stack is too deep, with that error", async () => {
    const { error } = await runInLoop(bytes, ["recursion"], answers("null"));

    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toMatch(/stack|memory access out of bounds/);
  });

  test("ends if a guest's memory outgrows the spare pages", async () => {
    const input = JSON.stringify("x".repeat(3_000_000));
    const { runs, error } = await runInLoop(bytes, ["echo", "echo"], answers(input));
    const alone = await runAlone(bytes, "echo", answers(input));

    expect(error).toBeUndefined();
    expect(runs).toEqual([{ calls: alone.calls, completed: alone.completed, pages: alone.pages }]);
  });
});
