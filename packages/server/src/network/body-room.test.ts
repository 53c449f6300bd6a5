import { expect, test } from "vitest";
import { BodyRoom, type ReceivedBody } from "./body-room.ts";

function setUp(limitBytes: number) {
  const room = new BodyRoom(limitBytes);
  const stopped: string[] = [];
  const receive = (name: string): ReceivedBody =>
    room.receive(({ message }) => stopped.push(`${name}: ${message}`));
  return { receive, stopped };
}

test("bodies that fit together are all received", () => {
  const { receive, stopped } = setUp(10);
  receive("a").grows(6);
  receive("b").grows(4);
  expect(stopped).toEqual([]);
});

test("beyond the limit the largest body is stopped, whichever came last, and makes room", () => {
  const { receive, stopped } = setUp(10);
  const small = receive("small");
  const large = receive("large");
  small.grows(2);
  large.grows(8);
  small.grows(1);
  expect(stopped).toEqual([
    "large: the responses that workflows receive at the moment have more than 10 bytes together (the limit responseBytes), and this one is the largest, with 8 so far",
  ]);
  // Whatever else arrives of it no longer counts, and its end doesn't count twice.
  large.grows(100);
  large.end();
  small.grows(7);
  expect(stopped).toHaveLength(1);
});

test("a body alone may not exceed the limit either", () => {
  const { receive, stopped } = setUp(10);
  receive("a").grows(11);
  expect(stopped).toHaveLength(1);
});

test("bodies that have ended free their room", () => {
  const { receive, stopped } = setUp(10);
  for (let n = 0; n < 5; n += 1) {
    const body = receive("a");
    body.grows(10);
    body.end();
  }
  expect(stopped).toEqual([]);
});
