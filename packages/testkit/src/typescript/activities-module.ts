import { ActivityError, defineModule } from "@flawless-ts/wasm-module";
import type { activities } from "./activities.testing.ts";

/** An activity's error, as JSON. */
function told(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack = "", cause } = error;
  const own = { name, message, stack: stack.split("\n").slice(0, 2).join("\n") };
  const more =
    error instanceof ActivityError
      ? {
          activity: error.activity,
          reason: error.reason,
          attempts: error.attempts,
          details: error.details ?? null,
        }
      : {};
  return { ...own, ...more, cause: cause === undefined ? null : told(cause) };
}

export default defineModule({
  name: "activities",
  version: "1.0.0",
  workflows: {
    /** One after the other, then concurrently with a sleep. */
    order: async (amount: number, context) => {
      const { charge, ship } = context.activities<typeof activities>({
        queue: "orders",
        timeout: "30 s",
        retry: { attempts: 5, initialDelay: "1 s", factor: 2, maxDelay: "1 minute" },
      });
      const receipt = await charge({ amount });
      const began = Date.now();
      const [parcel, other] = await Promise.all([
        ship("Ann"),
        charge({ amount: 2 }, { retry: { attempts: 1 } }),
        context.sleep("10 s"),
      ]);
      return { receipt: receipt.receipt, parcel, other: other.receipt, took: Date.now() - began };
    },

    /** The outcome of a call of `charge` with these options. */
    outcome: async (options: Record<string, unknown>, context) => {
      const { charge } = context.activities<typeof activities>(options as never);
      try {
        return await charge({ amount: 1 });
      } catch (error) {
        return told(error);
      }
    },

    /** A signal ends an activity, and the workflow continues. */
    aborted: async (_: undefined, context) => {
      const { charge, ship } = context.activities<typeof activities>({ queue: "orders" });
      const controller = new AbortController();
      const { signal } = controller;
      const charging = charge({ amount: 1 }, { signal });
      await context.receive("stop");
      controller.abort(new RangeError("stopped"));
      return [await charging.catch((error: Error) => error.name), await ship("Bea")];
    },

    /** The names of the errors of invalid calls. */
    refused: async (_: undefined, context) => {
      const attempts = [
        () => context.activities({ queue: "" }),
        () => context.activities({ queue: "q", url: "https://a.example" } as never),
        () => context.activities({ queue: "q", retries: 3 } as never),
        () => context.activities({ url: "https://a.example", heartbeatTimeout: 5 }),
        () => context.activities<typeof activities>({ queue: "q" }).charge(Symbol() as never),
        () =>
          context
            .activities<typeof activities>({ queue: "q" })
            .charge({ amount: 1 }, { timeout: "soon" as never }),
      ];
      const names: string[] = [];
      for (const attempt of attempts) {
        try {
          await attempt();
          names.push("none");
        } catch (error) {
          names.push((error as Error).name);
        }
      }
      return names;
    },
  },
});
