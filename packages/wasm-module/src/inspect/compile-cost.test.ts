import { describe, expect, test } from "vitest";
import { fixtureBytes, fixtureNames } from "@flawless-ts/test-helpers/fixtures";
import { examineModule, inspectModule } from "./inspect-module.ts";
import { buildModule, minimalModule } from "./module-builder.testing.ts";
import { moduleErrorOf } from "./module-error.testing.ts";
import { parseModule } from "./module-structure.ts";

const [alloc, init, run] = minimalModule.functions;

/** The minimal module with a different body for its workflow. */
function withBody(body: readonly number[]): Uint8Array {
  if (alloc === undefined || init === undefined || run === undefined) throw new Error("no module");
  return buildModule({ functions: [alloc, init, { ...run, body }] });
}

function times(count: number, bytes: readonly number[]): readonly number[] {
  return Array.from({ length: count }, () => bytes).flat();
}

/** `i32.const 0; drop` */
const nothing = [0x41, 0, 0x1a];
const depth = (blocks: number): readonly number[] => [
  ...times(blocks, [0x02, 0x40]),
  ...times(blocks, [0x0b]),
];
/** Operands, this many blocks between them, and their ends. */
const high = (operands: number, blocks: number): readonly number[] => [
  ...times(operands, [0x41, 0]),
  ...times(blocks, [0x02, 0x40, 0x0b]),
  ...times(operands, [0x1a]),
];

describe("a function must be tried", () => {
  test.each([
    ["long", times(21_840, nothing), times(21_850, nothing)],
    ["deep", depth(1_000), depth(1_001)],
    ["dear", high(1_000, 990), high(1_000, 1_001)],
  ])("that is %s, and not before", (_what, cheap, dear) => {
    expect(examineModule(withBody(cheap)).trial).toBeNull();
    expect(examineModule(withBody(dear)).trial).not.toBeNull();
  });

  test("that has an unknown instruction, alone: all others trap immediately", () => {
    const whole = withBody([0xfe, 0x03, 0x00]);
    const { trial } = examineModule(whole);
    expect(trial).not.toBeNull();
    const { sections } = parseModule(trial ?? new Uint8Array());
    const code = sections.get("code");
    expect([...(trial ?? []).slice(code?.start, code?.end)]).toEqual([
      ...[3, 3, 0, 0x00, 0x0b, 3, 0, 0x00, 0x0b, 5, 0, 0xfe, 0x03, 0x00, 0x0b],
    ]);
    expect(inspectModule(trial ?? new Uint8Array()).workflows).toEqual(["start"]);
  });
});

test("a function that is certainly too expensive is refused", () => {
  const error = moduleErrorOf(() => examineModule(withBody(high(8_000, 8_000))));
  expect(error.code).toBe("FLAWLESS_MODULE_TOO_COSTLY");
  expect(error.message).toMatch(/number 2 of the module's own has 0 locals and 48002 bytes/);
});

test.each(fixtureNames)("nothing in %s is expensive", (fixture) => {
  expect(examineModule(fixtureBytes(fixture)).trial).toBeNull();
});
