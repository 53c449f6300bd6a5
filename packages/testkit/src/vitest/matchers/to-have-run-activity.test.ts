import { describe, expect } from "vitest";
import { charge, operations, startScript } from "../../testing/scripts.ts";
import type { TestEnvironment } from "../../environment/test-environment.ts";
import { test as baseTest } from "../test.ts";

const retry = { attempts: 2, initialDelayMs: 1 };
const test = baseTest.extend({
  environmentOptions: {
    activities: {
      charge: ({ order }: { readonly order: number }) => {
        if (order === 9) throw new TypeError("no such order");
        return { paid: order };
      },
    },
  },
});

async function run(env: TestEnvironment, ...orders: readonly number[]): Promise<void> {
  const calls = orders.map((order) => ({ ...charge, retry, input: { order } }));
  await (await startScript(env, operations(...calls))).completion();
}

describe("toHaveRunActivity", () => {
  test("takes what was run", async ({ env }) => {
    await run(env, 7, 9);
    expect(env).toHaveRunActivity("charge");
    expect(env).toHaveRunActivity("charge", { times: 2, attempts: 3 });
    expect(env).toHaveRunActivity("charge", { input: { order: 7 }, times: 1 });
    expect(env).toHaveRunActivity("charge", { input: expect.objectContaining({ order: 9 }) });
    expect(env).not.toHaveRunActivity("ship");
    expect(env).toHaveRunActivity("ship", { times: 0, attempts: 0 });
    expect(env).not.toHaveRunActivity("charge", { times: 1 });
    expect(env).not.toHaveRunActivity("charge", { times: 2, attempts: 2 });
    expect(env).not.toHaveRunActivity("charge", { input: { order: 8 } });
  });

  test("lists what was run if that differs", async ({ env }) => {
    await run(env, 7, 9);
    expect(() =>
      expect(env).toHaveRunActivity("charge", { input: { order: 7 }, times: 2 }),
    ).toThrow(
      [
        'expected the activity charge to have been run with {"order": 7} 2 times, but there was 1 such call in 1 attempt:',
        '  1. charge({"order": 7}) gave {"paid": 7}',
        '  2. charge({"order": 9}) threw TypeError: no such order, then threw TypeError: no such order',
      ].join("\n"),
    );
    expect(() => expect(env).not.toHaveRunActivity("charge")).toThrow(
      "expected the activity charge not to have been run, but there were 2 such calls in 3 attempts:",
    );
    expect(() => expect(env).toHaveRunActivity("ship", { attempts: 1 })).toThrow(
      "expected the activity ship to have been run in 1 attempt, but it was not:",
    );
  });

  test("says that nothing was run", ({ env }) => {
    expect(() => expect(env).toHaveRunActivity("charge", { times: 1 })).toThrow(
      "expected the activity charge to have been run once, but no activity was",
    );
  });

  test("refuses invalid expectations", ({ env }) => {
    expect(() => expect(env).toHaveRunActivity("")).toThrow("expected an activity's name");
    expect(() => expect(env).toHaveRunActivity("x", { times: -1 })).toThrow("whole number");
    expect(() => expect(env).toHaveRunActivity("x", { time: 1 } as never)).toThrow("time");
    expect(() =>
      expect({ activities: 5 } as never as TestEnvironment).toHaveRunActivity("x"),
    ).toThrow("needs a TestEnvironment");
  });
});
