import { Segment } from "./segment.ts";
import { DamagedTextError } from "./damaged-text.ts";

/** A text as a database stores it: unchanged if it is short or would not get shorter. */
export type PackedText = string | Uint8Array;

const shortCharacters = 24;

/** @param least the min length of a text that is packed. Default: 24 characters */
export function packText(text: string, least: number = shortCharacters): PackedText {
  if (text.length < least) {
    return text;
  }
  const { packed } = Segment.of(text);
  return packed.length < text.length ? packed : text;
}

/** @throws DamagedTextError */
export function unpackText(packed: PackedText): string {
  if (typeof packed === "string") {
    return packed;
  }
  const [text, more] = Segment.texts(packed);
  if (text === undefined || more !== undefined) {
    throw new DamagedTextError();
  }
  return text;
}

/** The length of a text in bytes, found without unpacking it. @throws DamagedTextError */
export function unpackedBytes(packed: Uint8Array): number {
  return Segment.bytesOfFirst(packed);
}
