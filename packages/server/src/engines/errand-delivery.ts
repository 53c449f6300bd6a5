import { setTimeout as sleep } from "node:timers/promises";
import type { ErrandPost } from "../cluster/errand-post.ts";

/** How soon an errand is asked for again that could not be done, in milliseconds. */
const againMs = 100;

/**
 * Has errands done by another engine of the server.
 *
 * @param run asks that engine once; it may be asked for the same errand again
 */
export function errandDelivery(run: (body: string) => Promise<string>): Pick<ErrandPost, "send"> {
  return {
    send: async (_partition, _id, body, signal) => {
      const stopped = Promise.withResolvers<never>();
      stopped.promise.catch(() => undefined);
      const stop = (): void => stopped.reject(signal.reason as Error);
      signal.addEventListener("abort", stop, { once: true });
      try {
        for (;;) {
          signal.throwIfAborted();
          try {
            return await Promise.race([run(body), stopped.promise]);
          } catch {
            // It is asked again, until whoever wants it goes.
            await Promise.race([sleep(againMs, undefined, { ref: false }), stopped.promise]);
          }
        }
      } finally {
        signal.removeEventListener("abort", stop);
      }
    },
  };
}
