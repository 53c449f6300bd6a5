import { defineModule, type WorkflowContext } from "@flawless-ts/wasm-module";

// Concurrent work. The world responds to /N after N milliseconds.

const world = "https://world.example";

async function get(
  context: WorkflowContext,
  path: number | string,
  signal?: AbortSignal,
): Promise<string> {
  const response = await context.fetch(`${world}/${path}`, { signal, idempotent: path !== 1000 });
  return response.text();
}

async function outcome(promise: Promise<unknown>): Promise<unknown> {
  try {
    return await promise;
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}

export default defineModule({
  name: "side-by-side",
  version: "1.0.0",
  workflows: {
    /** Requests, a sleep and a message at the same time. */
    all: async (_: undefined, context) => {
      const began = Date.now();
      const results = await Promise.all([
        get(context, 300),
        get(context, 200),
        context.sleep(100).then(() => "slept"),
        context.receive("go").then((data) => String(data)),
        get(context, 250),
      ]);
      return { results, took: Date.now() - began };
    },

    /** As many requests as the input says, concurrently or in sequence. */
    many: async ({ count, inRow }: { count: number; inRow: boolean }, context) => {
      const began = Date.now();
      if (inRow) for (let left = count; left > 0; left -= 1) await get(context, 100);
      else await Promise.all(Array.from({ length: count }, () => get(context, 100)));
      return Date.now() - began;
    },

    /** Losers of races continue; `any` and `allSettled` see failures. */
    combined: async (_: undefined, context) => {
      const slow = get(context, 200);
      const winner = await Promise.race([slow, get(context, 50)]);
      const any = await Promise.any([get(context, "broken"), get(context, 60)]);
      const settled = await Promise.allSettled([get(context, "broken"), get(context, 10)]);
      return { winner, slow: await slow, any, settled: settled.map(({ status }) => status) };
    },

    /** Nobody waits for the first request; the second is sent at the very end. */
    abandoned: async (_: undefined, context) => {
      void get(context, "1").catch(() => undefined);
      await context.sleep(10);
      void get(context, "2").catch(() => undefined);
      return "done";
    },

    /** A signal ends a request, a receive and a sleep. */
    signals: async (_: undefined, context) => {
      const after = (milliseconds: number): AbortSignal => {
        const controller = new AbortController();
        setTimeout(() => controller.abort(new RangeError("enough")), milliseconds);
        return controller.signal;
      };
      const began = Date.now();
      const seen = [
        await outcome(get(context, 5000, after(100))),
        await outcome(context.receive("never", { signal: after(100) })),
        await outcome(context.sleep("1 hour", { signal: after(100) })),
        await outcome(
          Promise.all([get(context, 5000, AbortSignal.timeout(100)), context.sleep(1)]),
        ),
        // It didn't take this one's message.
        await context.receive("never"),
      ];
      return { seen, took: Date.now() - began };
    },

    /** A receive that lost a race doesn't take the message of the one that waits now. */
    receivers: async (_: undefined, context) => {
      const first = context.receive("item");
      const lost = await Promise.race([
        first.then((data) => `first ${String(data)}`),
        context.sleep(10),
      ]);
      const second = await context.receive("item");
      return [lost ?? "time", second, await first];
    },

    /** Rounds of a race whose losers nobody awaits. */
    rounds: async (count: number, context) => {
      for (let round = 0; round < count; round += 1) {
        await Promise.race([
          get(context, 1),
          get(context, 2),
          context.receive("stop"),
          context.sleep(5),
        ]);
      }
      return count;
    },

    /** A request that a crash interrupts, next to others that it doesn't. */
    crossed: async (_: undefined, context) => {
      const kinds = await Promise.allSettled([
        get(context, 10),
        get(context, 1000),
        context.sleep(2000),
      ]);
      return kinds.map((each) => (each.status === "rejected" ? String(each.reason) : each.status));
    },

    who: async (_: undefined, { id, details }) => ({ id, details }),
  },
});
