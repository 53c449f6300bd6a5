import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { intentLine, resultLine, stepLine } from "../../journal/journal-line.ts";
import { DamagedTextError } from "./damaged-text.ts";
import { packText, unpackedBytes, unpackText } from "./packed-text.ts";
import { Segment } from "./segment.ts";

const time = fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 });
const characters = fc.string({ unit: "binary", maxLength: 60 });
const base64 = fc
  .uint8Array({ maxLength: 90 })
  .map((bytes) => Buffer.from(bytes).toString("base64"));
const text = fc.oneof(
  characters,
  fc.json(),
  fc.bigInt({ min: 0n, max: 10n ** 45n }).map(String),
  fc
    .tuple(characters, fc.integer({ min: 1, max: 20_000 }))
    .map(([part, times]) => part.repeat(Math.ceil(times / 60))),
  fc.tuple(characters, base64).map(([before, body]) => `${before}"body":"${body}"}`),
  fc.tuple(characters, base64).map(([before, body]) => `${before}sealed:v1:${body}`),
  fc.tuple(time, fc.json(), fc.json()).map(([at, call, answer]) => stepLine(at, call, answer)),
  fc.tuple(time, fc.json()).map(([at, answer]) => resultLine(at, answer)),
);
const texts = fc.array(text, { minLength: 1, maxLength: 12 });

function unpacked(segments: readonly Segment[]): readonly string[] {
  return segments.flatMap(({ packed }) => Segment.texts(packed));
}

/** The texts that bytes hold; undefined: the bytes are damaged. @throws any other error */
function read(packed: Uint8Array): readonly string[] | undefined {
  try {
    return Segment.texts(packed);
  } catch (error) {
    if (error instanceof DamagedTextError) {
      return undefined;
    }
    throw error;
  }
}

const request =
  '{"HTTPRequest":{"config":{"idempotent":false,"timeout":{"secs":120,"nanos":0},"response_body_limit":10000000},"method":"GET","url":"http://shop.test/orders/17","headers":[],"body":""}}';
const response =
  '{"HTTPResponse":{"Ok":{"status_code":200,"url":"http://shop.test/orders/17","headers":[["date","Sun, 29 Nov 2026 14:58:53 GMT"],["content-type","application/json"]],"body":"eyJwcmljZSI6MTIsImN1cnJlbmN5IjoiRVVSIn0="}}}';
/** Texts like those of a workflow with some requests. */
const appends = Array.from({ length: 6 }, (_, index) => {
  const at = 1_795_964_333_119 + index * 37;
  return index % 2 === 0 ? intentLine(at, request, "sent") : resultLine(at, response);
});

describe("packed texts", () => {
  test("can be unpacked again, if packed at once", () => {
    fc.assert(
      fc.property(texts, (all) => {
        expect(unpacked(Segment.all(all))).toEqual(all);
      }),
      { numRuns: 300 },
    );
  });

  test("can be unpacked again, if each was added to what was stored", () => {
    fc.assert(
      fc.property(texts, (all) => {
        const segments: Segment[] = [];
        for (const each of all) {
          const stored = segments.at(-1)?.packed;
          const last = stored === undefined ? undefined : Segment.read(stored);
          if (last?.hasRoom === true && last.add(each)) {
            segments[segments.length - 1] = last;
          } else {
            segments.push(Segment.of(each));
          }
        }
        expect(unpacked(segments)).toEqual(all);
        expect(segments.reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
      }),
      { numRuns: 200 },
    );
  });

  test("can be unpacked again, if each was packed alone", () => {
    fc.assert(
      fc.property(text, (each) => {
        const packed = packText(each);
        expect(unpackText(packed)).toBe(each);
        expect(packed.length).toBeLessThanOrEqual(each.length);
      }),
      { numRuns: 300 },
    );
  });

  test("give their lengths without being unpacked", () => {
    const packed = packText("x".repeat(1_000));

    expect(unpackedBytes(packed as Uint8Array)).toBe(1_000);
  });

  test.each([
    ["much of the same", "x".repeat(3_000_000)],
    ["noise", Array.from({ length: 60_000 }, (_, index) => Math.imul(index, 0x9e3779b1)).join("-")],
    ["a large body", `"body":"${Buffer.from('{"a":[1,2,3]}'.repeat(30_000)).toString("base64")}"`],
    ["what ends within a character", "\u{1F600}".repeat(5_000)],
  ])("may be long: %s", (_what, long) => {
    expect(Segment.texts(Segment.of(long).packed)).toEqual([long]);
  });

  test("of a workflow take a fraction of their size", () => {
    const [segment, ...more] = Segment.all(appends);

    expect(more).toEqual([]);
    expect(segment?.packed.length).toBeLessThan(appends.join("").length / 5);
  });

  test("start another segment if one is full", () => {
    const all = Array.from({ length: 400 }, (_, index) => stepLine(index, `"${index ** 3}"`, "1"));
    const segments = Segment.all(all);

    expect(segments.length).toBeGreaterThan(1);
    expect(Math.max(...segments.map(({ packed }) => packed.length))).toBeLessThan(2_000);
    expect(unpacked(segments)).toEqual(all);
  });
});

describe("packed bytes that are damaged", () => {
  const packed = Segment.all(appends)[0]?.packed ?? Buffer.alloc(0);

  test("are refused, whichever bit was flipped", () => {
    const unnoticed: string[] = [];
    for (let bit = 0; bit < packed.length * 8; bit += 1) {
      const changed = Buffer.from(packed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const found = read(changed);
      if (found !== undefined && found.join("") !== appends.join("")) {
        unnoticed.push(`bit ${bit}`);
      }
    }
    expect(unnoticed).toEqual([]);
  });

  test("are refused, wherever they are cut off", () => {
    const lengths = Array.from({ length: packed.length }, (_, length) => length);

    expect(lengths.filter((length) => read(packed.subarray(0, length)) !== undefined)).toEqual([]);
    expect(read(Buffer.concat([packed, Buffer.from([0])]))).toBeUndefined();
  });

  test("are refused, if they were never packed, whatever they are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, begins) => {
        const found = read(begins ? Buffer.concat([packed.subarray(0, 5), bytes]) : bytes);
        expect(found).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  test("are refused before they take more memory than a real text would", () => {
    // Claims that 1 GiB follows.
    const bomb = Buffer.from([1, 0, 0, 0, 0, 0x80, 0x80, 0x80, 0x80, 0x04, 0x80, 0x01]);
    const allocations = vi.spyOn(Buffer, "allocUnsafeSlow");
    try {
      expect(() => Segment.texts(bomb)).toThrow(DamagedTextError);
      const sizes = allocations.mock.calls.map(([size]) => size);
      expect(Math.max(0, ...sizes)).toBeLessThan(100_000);
    } finally {
      allocations.mockRestore();
    }
  });

  test("are refused, if their form is unknown", () => {
    const other = Buffer.from(packed);
    other[0] = 2;

    expect(() => Segment.texts(other)).toThrow(DamagedTextError);
  });
});
