/** The type of an array's elements, and its OID in PostgreSQL's catalog (`pg_type`). */
const typeNumbers = { int4: 23, int8: 20, float8: 701, text: 25, bool: 16, bytea: 17 } as const;

export type ElementType = keyof typeof typeNumbers;
export type Element = string | number | boolean | Uint8Array | null;

const headerBytes = 20;

/**
 * An array as a parameter in PostgreSQL's binary format: one parameter a column holds any number of rows, and no text
 * needs quoting. Source: `array_recv` in PostgreSQL's src/backend/utils/adt/arrayfuncs.c
 */
export function arrayParameter(type: ElementType, values: readonly Element[]): Buffer {
  if (values.length === 0) {
    return header(Buffer.alloc(12), type, 0);
  }
  const texts = type === "text";
  const sizes = values.map((value) => sizeOf(type, value));
  const total = sizes.reduce((sum, size) => sum + 4 + Math.max(size, 0), headerBytes);
  const bytes = header(Buffer.allocUnsafe(total), type, values.length);
  let at = headerBytes;
  for (const [index, value] of values.entries()) {
    const size = sizes[index] ?? -1;
    at = bytes.writeInt32BE(size, at);
    if (size < 0) {
      continue;
    }
    if (texts) {
      bytes.write(value as string, at, size, "utf8");
    } else {
      writeElement(bytes, type, value, at);
    }
    at += size;
  }
  return bytes;
}

function header(bytes: Buffer, type: ElementType, length: number): Buffer {
  bytes.writeInt32BE(length === 0 ? 0 : 1, 0);
  bytes.writeInt32BE(1, 4);
  bytes.writeInt32BE(typeNumbers[type], 8);
  if (length > 0) {
    bytes.writeInt32BE(length, 12);
    bytes.writeInt32BE(1, 16);
  }
  return bytes;
}

function sizeOf(type: ElementType, value: Element): number {
  if (value === null) {
    return -1;
  }
  switch (type) {
    case "text":
      return Buffer.byteLength(value as string);
    case "bytea":
      return (value as Uint8Array).byteLength;
    case "bool":
      return 1;
    case "int4":
      return 4;
    default:
      return 8;
  }
}

function writeElement(bytes: Buffer, type: ElementType, value: Element, at: number): void {
  switch (type) {
    case "bytea":
      bytes.set(value as Uint8Array, at);
      break;
    case "bool":
      bytes.writeUInt8(value === true ? 1 : 0, at);
      break;
    case "int4":
      bytes.writeInt32BE(value as number, at);
      break;
    case "int8": {
      // In two halves, because a BigInt for each number costs more.
      const number = value as number;
      bytes.writeInt32BE(Math.floor(number / 2 ** 32), at);
      bytes.writeUInt32BE(number >>> 0, at + 4);
      break;
    }
    default:
      bytes.writeDoubleBE(value as number, at);
  }
}
