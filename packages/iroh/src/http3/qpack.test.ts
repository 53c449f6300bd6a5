import { expect, test } from "vitest";
import { decodeFieldSection, encodeFieldSection, type HeaderField } from "./qpack.ts";

const decode = (hex: string): readonly HeaderField[] =>
  decodeFieldSection(Buffer.from(hex.replaceAll(" ", ""), "hex"), 16_384);

test("an indexed field, an indexed name with a value, and a literal name are read", () => {
  // RFC 9204, appendix B.1, and the same text behind a literal name.
  expect(decode("0000 510b 2f69 6e64 6578 2e68 746d 6c")).toEqual([[":path", "/index.html"]]);
  expect(decode("0000 d1 c1")).toEqual([
    [":method", "GET"],
    [":path", "/"],
  ]);
  expect(decode("0000 2a 6402 82 6402".replace("2a", "2a"))).toEqual([["302", "302"]]);
});

test("what is written can be read", () => {
  const fields: HeaderField[] = [
    [":status", "200"],
    [":status", "418"],
    ["content-type", "application/json"],
    ["content-type", "text/event-stream"],
    ["x-request-id", "a".repeat(300)],
    ["x-empty", ""],
  ];
  expect(decodeFieldSection(encodeFieldSection(fields), 16_384)).toEqual(fields);
});

test.each([
  ["a dynamic table by its insert count", "0100 d1"],
  ["a dynamic table by an indexed field", "0000 81"],
  ["a dynamic table by a name", "0000 4101 61"],
  ["a dynamic table behind the base", "0000 11"],
  ["a field that the static table has not", "0000 ff 40"],
  ["a text that is longer than the section", "0000 51 7f ff 01 61"],
  ["a number without end", "0000 ff ff ff ff ff ff ff ff"],
  ["nothing at all", ""],
  ["a name without a value", "0000 21 61"],
])("a section that has %s is refused", (_what, hex) => {
  expect(() => decode(hex)).toThrow(
    expect.objectContaining({ code: "QPACK_DECOMPRESSION_FAILED" }),
  );
});

test("headers that are small on the wire and large in memory are refused", () => {
  const bomb = `0000 ${"c1".repeat(16_000)}`;
  expect(() => decode(bomb)).toThrow(expect.objectContaining({ code: "H3_EXCESSIVE_LOAD" }));
});
