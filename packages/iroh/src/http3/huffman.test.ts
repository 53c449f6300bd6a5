import { Duplex } from "node:stream";
import { connect } from "node:http2";
import { expect, test } from "vitest";
import { decodeHuffman } from "./huffman.ts";

// RFC 7541, appendix C.
test.each([
  ["f1e3c2e5f23a6ba0ab90f4ff", "www.example.com"],
  ["a8eb10649cbf", "no-cache"],
  ["25a849e95ba97d7f", "custom-key"],
  ["25a849e95bb8e8b4bf", "custom-value"],
  ["6402", "302"],
  ["aec3771a4b", "private"],
  ["d07abe941054d444a8200595040b8166e082a62d1bff", "Mon, 21 Oct 2013 20:13:21 GMT"],
  ["9d29ad171863c78f0b97c8e9ae82ae43d3", "https://www.example.com"],
])("%s is the text that the RFC gives for it", (hex, text) => {
  expect(decodeHuffman(Buffer.from(hex, "hex"))).toBe(text);
});

test("every printable character is read as written by Node's HTTP/2", async () => {
  const characters = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
  // Digits have the shortest codes, so a text with many of them is always worth encoding.
  const values = characters.map((character) => `0123456789${character}0123456789`);
  const sent = await sentByHttp2(Object.fromEntries(values.map((value, i) => [`x-${i}`, value])));
  const texts = huffmanTexts(sent);
  expect(values.filter((value) => !texts.has(value))).toEqual([]);
});

test.each([
  ["padding of eight bits", "ff"],
  ["padding with a bit that is not set", "00"],
  ["the end mark", "ffffffff"],
])("%s is refused", (_what, hex) => {
  expect(() => decodeHuffman(Buffer.from(hex, "hex"))).toThrow(
    expect.objectContaining({ code: "QPACK_DECOMPRESSION_FAILED" }),
  );
});

/** The first bytes of an HTTP/2 client's request. */
async function sentByHttp2(headers: Record<string, string>): Promise<Buffer> {
  const parts: Buffer[] = [];
  const enough = Promise.withResolvers<void>();
  const socket = new Duplex({
    read() {},
    write(bytes: Buffer, _encoding, done) {
      parts.push(bytes);
      if (Buffer.concat(parts).length > 1_500) enough.resolve();
      done();
    },
  });
  const session = connect("http://127.0.0.1", { createConnection: () => socket });
  session.on("error", () => undefined);
  const request = session.request({ ":path": "/", ...headers });
  request.on("error", () => undefined);
  await enough.promise;
  session.destroy();
  return Buffer.concat(parts);
}

/** Everything that decodes as Huffman-coded text, wherever it starts. */
function huffmanTexts(bytes: Buffer): ReadonlySet<string> {
  const texts = new Set<string>();
  for (const [index, byte] of bytes.entries()) {
    const length = byte & 0x7f;
    if (byte < 0x80 || length === 0x7f) continue;
    try {
      texts.add(decodeHuffman(bytes.subarray(index + 1, index + 1 + length)));
    } catch {
      // Not the start of one.
    }
  }
  return texts;
}
