import { CancelledError, defineModule } from "@flawless-ts/wasm-module";

const world = "https://world.example";

/** Awaits something that a cancellation ends, and returns the error that ended it. */
async function endedBy(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return "not ended";
  } catch (error) {
    return error instanceof CancelledError ? error.name : `other: ${String(error)}`;
  }
}

export default defineModule({
  name: "cancellation",
  version: "1.0.0",
  workflows: {
    /** Undoes what it did when it is cancelled. */
    order: async (_: undefined, context) => {
      await context.fetch(`${world}/charge`, { method: "POST", idempotent: true });
      try {
        await context.receive("approve");
        return "approved";
      } catch (error) {
        if (!CancelledError.is(error)) throw error;
        await context.uncancellable(async () => {
          await context.sleep("1 s");
          await context.fetch(`${world}/refund`, { method: "POST", idempotent: true });
        });
        throw error;
      }
    },

    /** Waits as its input says, and returns how that ended, and the outcome of the next wait. */
    waiting: async (how: string, context) => {
      const ways: Readonly<Record<string, () => Promise<unknown>>> = {
        sleep: () => context.sleep("1 hour"),
        receive: () => context.receive("never"),
        "receive in time": () => context.receive(["never", "ever"], { timeout: "1 day" }),
        fetch: () => context.fetch(`${world}/hang`, { method: "POST" }),
        activity: () => context.activities<{ slow(): void }>({ queue: "q" }).slow(),
        "side by side": () =>
          Promise.all([context.sleep("1 hour"), context.fetch(`${world}/hang`)]),
        race: () => Promise.race([context.sleep("1 hour"), context.receive("never")]),
        timer: () =>
          new Promise((_resolve, reject) => {
            context.signal.addEventListener("abort", () => reject(context.signal.reason as Error));
            setTimeout(() => undefined, 3_600_000);
          }),
      };
      const wait = ways[how];
      if (wait === undefined) throw new Error(`there is no way ${how}`);
      const first = await endedBy(wait());
      return [first, await endedBy(context.sleep(1)), context.signal.aborted];
    },

    /** A cancellation doesn't reach its work, but reaches what follows. */
    shielded: async (_: undefined, context) => {
      const shielded = await context.uncancellable(async () => {
        await context.sleep("10 s");
        const message = await context.receive("more", { timeout: "10 s" });
        const response = await context.fetch(`${world}/slow`);
        const all = await Promise.all([context.sleep("1 s"), context.fetch(`${world}/slow`)]);
        return [message ?? "no more", response.status, all[1].status];
      });
      return [shielded, await endedBy(context.sleep("1 hour"))];
    },

    /** Never checks whether it is cancelled. */
    stubborn: async (_: undefined, context) => {
      await context.uncancellable(() => context.sleep("1 hour"));
      return "stubborn";
    },

    /** Fails with another error when it is cancelled. */
    failing: async (_: undefined, context) => {
      try {
        await context.sleep("1 hour");
      } catch (cause) {
        throw new Error("could not clean up", { cause });
      }
    },
  },
});
