import { expect, test } from "vitest";
import { transfersOf } from "./transfers.ts";

test("large contents are transferred, each buffer once, except shared ones", () => {
  const large = new Uint8Array(20_000);
  const shared = new Uint8Array(new SharedArrayBuffer(20_000));
  const contents = [large, new Uint8Array(10), null, large.subarray(1000), shared];
  expect(transfersOf(contents)).toEqual([large.buffer]);
});
