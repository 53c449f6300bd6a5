import { expect, test } from "vitest";
import { watch } from "./watch.ts";

const times = { everyMs: 1, answerMs: 20 } as const;

test("a peer that replies is asked again; one that no longer does is dead", async () => {
  let asked = 0;
  await new Promise<void>((resolve) => {
    const ask = (): Promise<unknown> => {
      asked += 1;
      return asked < 4 ? Promise.resolve() : new Promise(() => undefined);
    };
    watch(ask, resolve, times);
  });
  expect(asked).toBe(4);
});

test("a failed request is not the end", async () => {
  let asked = 0;
  let deaths = 0;
  let watching: Disposable | undefined;
  await new Promise<void>((resolve) => {
    const ask = async (): Promise<unknown> => {
      asked += 1;
      if (asked === 3) resolve();
      throw new Error("too many streams");
    };
    watching = watch(ask, () => (deaths += 1), times);
  });
  watching?.[Symbol.dispose]();
  expect(deaths).toBe(0);
});

test("a watch that has ended reports no dead peers", async () => {
  let deaths = 0;
  let watching: Disposable | undefined;
  const ended = new Promise<void>((resolve) => {
    const ask = (): Promise<unknown> => {
      watching?.[Symbol.dispose]();
      setTimeout(resolve, 3 * times.answerMs);
      return new Promise(() => undefined);
    };
    watching = watch(ask, () => (deaths += 1), times);
  });
  await ended;
  expect(deaths).toBe(0);
});
