import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { withPlaces } from "./connection-places.ts";

type Connect = Parameters<typeof withPlaces>[0];
type Done = Parameters<Connect>[1];

const options = { hostname: "site", protocol: "http:", port: "80" } as Parameters<Connect>[0];

function setUp(places: number) {
  const begun: Done[] = [];
  const connect = withPlaces((_options, done) => {
    begun.push(done);
  }, places);
  const outcomes: string[] = [];
  return {
    begun,
    outcomes,
    connect: () =>
      connect(options, (...[error]) => {
        outcomes.push(error?.message ?? "open");
      }),
  };
}

const socket = (): Socket => new EventEmitter() as Socket;

test("connections beyond the places wait for one to close or to fail", () => {
  const { begun, outcomes, connect } = setUp(2);
  for (let n = 0; n < 4; n += 1) {
    connect();
  }
  expect(begun).toHaveLength(2);
  const first = socket();
  begun[0]?.(null, first);
  first.emit("close");
  expect(begun).toHaveLength(3);
  begun[1]?.(new Error("refused"), null);

  expect(begun).toHaveLength(4);
  expect(outcomes).toEqual(["open", "refused"]);
});

test("at most as many wait as there are places", () => {
  const { outcomes, connect } = setUp(1);
  connect();
  connect();
  connect();

  expect(outcomes).toEqual([expect.stringContaining("guestConnections")]);
});
