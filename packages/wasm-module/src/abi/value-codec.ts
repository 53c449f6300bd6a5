import type { Json } from "./exact-json.ts";
import type { ValueAnswer } from "./host-answer.ts";
import {
  mismatch,
  readBigInteger,
  readBoolean,
  readFloat,
  readInteger,
  readVariant,
} from "./json-shape.ts";
import { writeBigInteger, writeFloat, writeInteger } from "./json-writer.ts";

const minimumI32 = -(2 ** 31);
const maxI32 = 2 ** 31 - 1;
const minimumI64 = -(2n ** 63n);
const maxI64 = 2n ** 63n - 1n;

/** Reads a typed number or boolean: `{"I64": 7}`. */
export function readValue(value: Json | undefined, path: string): ValueAnswer {
  const { name: type, payload } = readVariant(value, path, "a typed value");
  const inner = `${path}.${type}`;
  switch (type) {
    case "Bool":
      return { kind: "Value", type, value: readBoolean(payload, inner) };
    case "I32":
      return { kind: "Value", type, value: readInteger(payload, inner, minimumI32, maxI32) };
    case "I64":
      return { kind: "Value", type, value: readBigInteger(payload, inner, minimumI64, maxI64) };
    case "F32": {
      const single = Math.fround(readFloat(payload, inner));
      if (!Number.isFinite(single))
        mismatch(inner, "a number in the range of 32-bit floats", payload);
      return { kind: "Value", type, value: single };
    }
    case "F64":
      return { kind: "Value", type, value: readFloat(payload, inner) };
    default:
      return mismatch(path, "Bool, I32, I64, F32 or F64", type);
  }
}

/** Writes a typed number or boolean. F32 is rounded to the nearest 32-bit float. */
export function writeValue(answer: ValueAnswer): string {
  switch (answer.type) {
    case "Bool":
      return `{"Bool":${answer.value}}`;
    case "I32":
      return `{"I32":${writeInteger(answer.value, "value", minimumI32, maxI32)}}`;
    case "I64":
      return `{"I64":${writeBigInteger(answer.value, "value", minimumI64, maxI64)}}`;
    case "F32":
      return `{"F32":${writeFloat(Math.fround(answer.value), "value")}}`;
    case "F64":
      return `{"F64":${writeFloat(answer.value, "value")}}`;
  }
}
