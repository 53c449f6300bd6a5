import { expect, test } from "vitest";
import { isSettled } from "../testing/until.ts";
import { PeerWatch } from "./peer-watch.ts";

/** A watch whose time the test controls. */
function watchOf(lives: () => boolean): { watch: PeerWatch; look: () => Promise<void> } {
  const looks = new Set<() => void>();
  const timers = {
    setInterval: (callback: () => void) => {
      looks.add(callback);
      return callback as unknown as NodeJS.Timeout;
    },
    clearInterval: (timer: NodeJS.Timeout | undefined) => {
      looks.delete(timer as unknown as () => void);
    },
  };
  const watch = new PeerWatch(timers, async () => lives());
  return {
    watch,
    look: async () => {
      for (const callback of looks) {
        callback();
      }
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

function aborted(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve("given up")));
}

test("a request may take any time while its node is alive", async () => {
  let lives = true;
  const { watch, look } = watchOf(() => lives);
  const request = watch.during("http://a", aborted);
  for (let looks = 0; looks < 10; looks += 1) {
    lives = looks % 3 === 0;
    await look();
  }
  expect(await isSettled(request)).toBe(false);

  for (lives = false; !(await isSettled(request));) {
    await look();
  }
  expect(await request).toBe("given up");
});

test("nodes without pending requests are not checked", async () => {
  let asked = 0;
  const { watch, look } = watchOf(() => (asked += 1) > 0);
  await watch.during("http://a", async () => undefined);
  await look();
  expect(asked).toBe(0);
});
