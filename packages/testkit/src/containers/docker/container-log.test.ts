import { expect, test } from "vitest";
import { demultiplexed } from "./container-log.ts";

function frame(stream: number, text: string): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

test("the text of all frames comes in order, including split characters", () => {
  const euro = Buffer.from("€");
  const cut = [euro.subarray(0, 1), euro.subarray(1)].map((part) => {
    const header = Buffer.alloc(8);
    header.writeUInt32BE(part.length, 4);
    return Buffer.concat([header, part]);
  });
  const raw = Buffer.concat([frame(1, "out\n"), frame(2, "err\n"), ...cut]);
  expect(demultiplexed(raw)).toBe("out\nerr\n€");
});

test("the start of a truncated frame is shown", () => {
  expect(demultiplexed(frame(1, "whole").subarray(0, 10))).toBe("wh");
  expect(demultiplexed(Buffer.alloc(5))).toBe("");
});
