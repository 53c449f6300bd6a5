import { decodeHostAnswer, type ValueType } from "@flawless-ts/wasm-module";
import { describe, expect, test } from "vitest";
import { TestEngine } from "../../testing/test-engine.ts";
import type { LocalCallContext } from "./local-calls.ts";
import { random } from "./random.ts";

function context(seed: number | null, step: number, workflowId = 1): LocalCallContext {
  return {
    seed,
    step,
    workflowId,
    run: 1,
    input: "",
    secrets: {},
    now: () => 0,
    log: () => undefined,
  };
}

function draw(type: ValueType, seed: number | null, step: number, workflowId = 1): unknown {
  const answer = decodeHostAnswer(
    random({ kind: "Random", type }, context(seed, step, workflowId)),
  );
  return answer.kind === "Value" && answer.type === type ? answer.value : answer;
}

describe.each([
  ["the system's", null],
  ["a seed's", 42],
])("random numbers of %s", (_whose, seed) => {
  // Enough that at most one run in 2^1000 misses one half of a range.
  const steps = Array.from({ length: 1_000 }, (_, step) => step + 1);

  test("have the requested type and cover its whole range", () => {
    const bools = steps.map((step) => draw("Bool", seed, step));
    const small = steps.map((step) => draw("I32", seed, step) as number);
    const large = steps.map((step) => draw("I64", seed, step) as bigint);

    expect(new Set(bools)).toEqual(new Set([true, false]));
    expect(small.every((value) => Number.isInteger(value) && Math.abs(value) <= 2 ** 31)).toBe(
      true,
    );
    expect(Math.min(...small)).toBeLessThan(0);
    expect(Math.max(...small)).toBeGreaterThan(2 ** 29);
    expect(large.every((value) => BigInt.asIntN(64, value) === value)).toBe(true);
    expect(large.some((value) => value > 2n ** 61n)).toBe(true);
    expect(large.some((value) => value < -(2n ** 61n))).toBe(true);
    expect(new Set(large).size).toBe(steps.length);
  });

  test("are from 0 up to 1 if they are floating-point numbers", () => {
    const single = steps.map((step) => draw("F32", seed, step) as number);
    const double = steps.map((step) => draw("F64", seed, step) as number);

    for (const values of [single, double]) {
      expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
      expect(Math.min(...values)).toBeLessThan(0.5);
      expect(Math.max(...values)).toBeGreaterThan(0.5);
      expect(Math.max(...values)).toBeLessThan(1);
    }
    expect(single.every((value) => Math.fround(value) === value)).toBe(true);
    expect(double.some((value) => Math.fround(value) !== value)).toBe(true);
  });
});

test("a seed gives the same numbers again; another seed, workflow or step gives different ones", () => {
  const first = draw("I64", 1, 1, 1);

  expect(draw("I64", 1, 1, 1)).toBe(first);
  expect(draw("I64", 2, 1, 1)).not.toBe(first);
  expect(draw("I64", 1, 2, 1)).not.toBe(first);
  expect(draw("I64", 1, 1, 2)).not.toBe(first);
});

test("a guest gets all five types", async () => {
  await using engine = await TestEngine.open();
  const values = (await engine.run("randoms")) as Record<string, unknown>;

  expect(values).toEqual({
    bool: expect.any(Boolean) as boolean,
    i32: expect.any(Number) as number,
    i64: Number(values["i64_text"]),
    i64_text: expect.stringMatching(/^-?\d{10,}$/) as string,
    f32: expect.closeTo(0.5, 0) as number,
    f64: expect.closeTo(0.5, 0) as number,
  });
});

test("a workflow continues with the number that it had before a restart", async () => {
  await using before = await TestEngine.open({ randomness: "system" });
  const id = await before.launch("all_calls", { url: "http://site", secret: "none" });
  const drawn = (await before.steps(id)).find(({ call }) => call.startsWith('{"Random"'))?.answer;

  await using after = await before.restart();
  await after.pass(20);
  await after.send(id, "go", { value: "on" });

  const reported = after.http.lines.find((line) => line.startsWith("POST /effect-2")) ?? "";
  expect(drawn).toMatch(/^\{"Value":\{"I64":-?\d+\}\}$/);
  expect(reported).toContain(`"random":"${/-?\d{3,}/.exec(drawn ?? "")?.[0]}"`);
});

test("each run of a workflow gets different ones", () => {
  const drawn = [1, 2, 3].map((run) =>
    JSON.stringify(random({ kind: "Random", type: "I64" }, { ...context(1, 5), run })),
  );
  expect(new Set(drawn).size).toBe(3);
});
