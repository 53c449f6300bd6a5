import { codeLengths } from "../http3/huffman.ts";

/** Encodes a text with HPACK's Huffman code, like the peer's library. Source: RFC 7541, section 5.2. */
export function encodeHuffman(text: string): Buffer {
  const bits = Array.from(Buffer.from(text, "latin1"), (byte) => codeOf(byte)).join("");
  // The padding is the start of the end mark, which is all ones.
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1");
  const bytes = padded.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}

/** The code is canonical: it counts up within a length, and continues after the shorter ones. */
function codeOf(symbol: number): string {
  const length = codeLengths[symbol] ?? 0;
  const isBefore = (other: number, index: number): boolean =>
    other < length || (other === length && index < symbol);
  const code = codeLengths.filter(isBefore).reduce((sum, other) => sum + 2 ** (length - other), 0);
  return code.toString(2).padStart(length, "0");
}
