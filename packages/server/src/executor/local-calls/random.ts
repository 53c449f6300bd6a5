import { createHash, randomFillSync } from "node:crypto";
import {
  encodeHostAnswer,
  type HostCallOf,
  type ValueAnswer,
  type ValueType,
} from "@flawless-ts/wasm-module";
import type { LocalCallContext } from "./local-calls.ts";

const bytesPerValue = 8;
const pool = Buffer.allocUnsafe(4096);
let poolPosition = pool.length;

/** Integers over their whole range; floating-point numbers from 0 up to, but not including, 1. */
export function random(call: HostCallOf<"Random">, context: LocalCallContext): string {
  const bits = context.seed === null ? systemBits() : seededBits(context.seed, context);
  return encodeHostAnswer(toAnswer(call.type, bits));
}

function toAnswer(type: ValueType, bits: bigint): ValueAnswer {
  switch (type) {
    case "Bool":
      return { kind: "Value", type, value: (bits & 1n) === 1n };
    case "I32":
      return { kind: "Value", type, value: Number(BigInt.asIntN(32, bits)) };
    case "I64":
      return { kind: "Value", type, value: BigInt.asIntN(64, bits) };
    case "F32":
      // 24 bits: as many as a 32-bit floating-point number holds exactly.
      return { kind: "Value", type, value: Number(bits >> 40n) / 2 ** 24 };
    case "F64":
      return { kind: "Value", type, value: Number(bits >> 11n) / 2 ** 53 };
  }
}

function systemBits(): bigint {
  if (poolPosition + bytesPerValue > pool.length) {
    randomFillSync(pool);
    poolPosition = 0;
  }
  const bits = pool.readBigUInt64LE(poolPosition);
  poolPosition += bytesPerValue;
  return bits;
}

/**
 * A function of the step, not of a generator's state: a guest that is rebuilt midway continues
 * with the numbers it would have got otherwise.
 */
function seededBits(seed: number, context: LocalCallContext): bigint {
  const { workflowId, run, step } = context;
  // Each run counts its steps from 1 again.
  const text = run === 1 ? `${seed} ${workflowId} ${step}` : `${seed} ${workflowId} ${run} ${step}`;
  return createHash("sha256").update(text).digest().readBigUInt64LE(0);
}
