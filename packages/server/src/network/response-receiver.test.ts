import { expect, test } from "vitest";
import { BodyRoom } from "./body-room.ts";
import { type ReceiverOptions, ResponseReceiver } from "./response-receiver.ts";

function setUp(options: Partial<ReceiverOptions> = {}) {
  const stop = new AbortController();
  const receiver = new ResponseReceiver({
    signal: stop.signal,
    bodyLimitBytes: 1_000_000,
    isHeadEnough: () => false,
    bodies: new BodyRoom(1_000_000),
    ...options,
  });
  const aborted: unknown[] = [];
  const controller = {
    aborted: false,
    paused: false,
    reason: null,
    rawHeaders: null,
    rawTrailers: null,
    pause: () => undefined,
    resume: () => undefined,
    abort: (reason: Error) => aborted.push(reason),
  };
  return { receiver, controller, aborted, stop };
}

test("a response is its head and its whole body, without informational responses before it", async () => {
  const { receiver, controller } = setUp();
  receiver.onRequestStart(controller);
  receiver.onResponseStart(controller, 103, { link: "</style.css>" });
  receiver.onResponseStart(controller, 200, { a: "b" });
  receiver.onResponseData(controller, Buffer.from("one "));
  receiver.onResponseData(controller, Buffer.from("two"));
  receiver.onResponseEnd();

  const { statusCode, headers, body } = await receiver.response;
  expect({ statusCode, headers, body: body.toString() }).toEqual({
    statusCode: 200,
    headers: { a: "b" },
    body: "one two",
  });
});

test("a request that is stopped before it begins fails immediately, and is not sent", async () => {
  const { receiver, controller, aborted, stop } = setUp();
  const reason = new Error("not wanted");
  stop.abort(reason);
  await expect(receiver.response).rejects.toBe(reason);

  receiver.onRequestStart(controller);
  expect(aborted).toEqual([reason]);
});

test("a request that is stopped on its way closes its connection", async () => {
  const { receiver, controller, aborted, stop } = setUp();
  receiver.onRequestStart(controller);
  receiver.onResponseStart(controller, 200, {});
  const reason = new Error("not wanted");
  stop.abort(reason);

  await expect(receiver.response).rejects.toBe(reason);
  expect(aborted).toEqual([reason]);
});

test("a body that exceeds its limit is truncated, and its connection is closed", async () => {
  const { receiver, controller, aborted } = setUp({ bodyLimitBytes: 3 });
  receiver.onRequestStart(controller);
  receiver.onResponseStart(controller, 200, {});
  receiver.onResponseData(controller, Buffer.from("abcd"));

  expect((await receiver.response).body.toString()).toBe("abc");
  expect(aborted).toHaveLength(1);
});

test("a body that ends at its limit leaves its connection open", async () => {
  const { receiver, controller, aborted } = setUp({ bodyLimitBytes: 3 });
  receiver.onRequestStart(controller);
  receiver.onResponseStart(controller, 200, {});
  receiver.onResponseData(controller, Buffer.from("abc"));
  receiver.onResponseEnd();

  expect((await receiver.response).body.toString()).toBe("abc");
  expect(aborted).toEqual([]);
});

test("a body that doesn't matter is read up to a limit, and its failure doesn't matter either", async () => {
  const { receiver, controller, aborted } = setUp({ isHeadEnough: () => true });
  receiver.onRequestStart(controller);
  receiver.onResponseStart(controller, 302, {});
  receiver.onResponseData(controller, Buffer.alloc(100_000));
  expect(aborted).toEqual([]);
  receiver.onResponseData(controller, Buffer.alloc(100_000));
  expect((await receiver.response).body).toHaveLength(0);
  expect(aborted).toHaveLength(1);

  const other = setUp({ isHeadEnough: () => true });
  other.receiver.onResponseStart(controller, 302, {});
  other.receiver.onResponseError(controller, new Error("reset"));
  expect((await other.receiver.response).statusCode).toBe(302);
});

test("a response that breaks off fails", async () => {
  const { receiver, controller } = setUp();
  receiver.onResponseStart(controller, 200, {});
  receiver.onResponseData(controller, Buffer.from("abc"));
  const reset = new Error("reset");
  receiver.onResponseError(controller, reset);

  await expect(receiver.response).rejects.toBe(reset);
});
