import { Http3Error } from "./http3-error.ts";

/**
 * The code length in bits of each byte in HPACK's Huffman code, and of the end mark, which is last. The code is
 * canonical: the bits follow from these lengths. Source: RFC 7541, appendix B.
 */
export const codeLengths: readonly number[] = decodeLengths(
  "13 23 28x7 24 30 28x2 30 28x8 30 28x9 6 10x2 12 13 6 8 11 10x2 8 11 8 6x3 5x3 6x7 7 8 15 6 12 10 13 6 7x22 8 7 8 13 19 " +
    "13 14 6 15 5 6 5 6 5 6x3 5 7x2 6x3 5 6 7 6 5x2 6 7x5 15 11 14 13 28 20 22 20x2 22x3 23 22 23x5 24 23 24x2 22 23 24 " +
    "23x4 21 22 23 22 23x2 24 22 21 20 22x2 23x2 21 23 22x2 24 21 22 23x2 21x2 22 21 23 22 23x2 20 22x3 23 22x2 23 26x2 20 " +
    "19 22 23 22 25 26x3 27x2 26 24 25 19 21 26 27x2 26 27 24 21x2 26x2 28 27x3 20 24 20 21 22 21x2 23 22x2 25x2 24x2 26 " +
    "23 26 27 26x2 27x5 28 27x5 26 30",
);
const endMark = 256;

/** By length: the first code of this length, and its symbols, in order. */
const codes = canonicalCodes(codeLengths);

/**
 * @throws Http3Error if the bits are not text: an end mark inside, or invalid padding
 */
export function decodeHuffman(bytes: Buffer): string {
  const symbols: number[] = [];
  let code = 0;
  let length = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      code = code * 2 + ((byte >> bit) & 1);
      length += 1;
      const ofLength = codes[length];
      const symbol = ofLength?.symbols[code - ofLength.first];
      if (symbol === endMark) throw compressionError("the end mark of Huffman's code is in a text");
      if (symbol !== undefined) {
        symbols.push(symbol);
        code = 0;
        length = 0;
      } else if (length >= 30) {
        throw compressionError("a text has bits that are not a Huffman code");
      }
    }
  }
  // The rest must be the start of the end mark: fewer than eight bits, all set.
  if (length > 7 || code !== 2 ** length - 1) {
    throw compressionError("a text's padding is invalid");
  }
  return Buffer.from(symbols).toString("latin1");
}

function decodeLengths(text: string): readonly number[] {
  return text.split(" ").flatMap((part) => {
    const [length = "", times = "1"] = part.split("x");
    return Array.from({ length: Number(times) }, () => Number(length));
  });
}

interface CodesOfLength {
  readonly first: number;
  readonly symbols: readonly number[];
}

function canonicalCodes(lengths: readonly number[]): readonly CodesOfLength[] {
  const byLength: CodesOfLength[] = [];
  let next = 0;
  for (let length = 0; length <= 30; length += 1) {
    const symbols = [...lengths.keys()].filter((symbol) => lengths[symbol] === length);
    byLength.push({ first: next, symbols });
    next = (next + symbols.length) * 2;
  }
  return byLength;
}

function compressionError(message: string): Http3Error {
  return new Http3Error("QPACK_DECOMPRESSION_FAILED", message);
}
