import { describe, expect, test } from "vitest";
import { ContentArena } from "./content-arena.ts";

const text = (content: Uint8Array): string => Buffer.from(content).toString();

describe("ContentArena", () => {
  test("copies contents into memory that threads share", () => {
    const arena = new ContentArena();
    const given = Buffer.from("bytes");
    const [bytes, letters, none] = [arena.keep(given), arena.keep("tëxt"), arena.keep("")];
    given.fill(0);
    expect([text(bytes), text(letters), text(none)]).toEqual(["bytes", "tëxt", ""]);
    expect(bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(letters.buffer).toBe(bytes.buffer);
    arena.release();
  });

  test("stores a content that doesn't fit with the rest", () => {
    const arena = new ContentArena();
    const contents = [1, 2, 3].map((byte) => arena.keep(new Uint8Array(700_000).fill(byte)));
    expect(contents.map((content) => [content.length, content[0], content.at(-1)])).toEqual([
      [700_000, 1, 1],
      [700_000, 2, 2],
      [700_000, 3, 3],
    ]);
    arena.release();
  });

  test("gives its memory to the next one, after its release", () => {
    const [first, second] = [new ContentArena(), new ContentArena()];
    const { buffer } = first.keep(new Uint8Array(3_000_000));
    expect(second.keep(new Uint8Array(3_000_000)).buffer).not.toBe(buffer);
    first.release();
    const third = new ContentArena();
    expect(third.keep(new Uint8Array(2_900_000)).buffer).toBe(buffer);
    second.release();
    third.release();
  });

  test("doesn't keep more than 128 MiB", () => {
    const large = new ContentArena();
    const { buffer } = large.keep(new Uint8Array(2 ** 27 + 1));
    large.release();
    const next = new ContentArena();
    expect(next.keep(new Uint8Array(2 ** 27 + 1)).buffer).not.toBe(buffer);
  });
});
