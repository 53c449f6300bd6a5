import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { Places } from "./places.ts";

test("waiting for a place leaves no listener on a long-lived signal", async () => {
  const places = new Places(1);
  const { signal } = new AbortController();
  for (let round = 0; round < 5; round += 1) {
    places.take();
    const free = places.someFree(signal);
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    places.give();
    await free;
  }
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("waiting for a place ends with its signal, and takes none", async () => {
  const places = new Places(0);
  const stopping = new AbortController();
  const free = places.someFree(stopping.signal);
  stopping.abort();
  await free;
  expect(places.free).toBe(0);
});
