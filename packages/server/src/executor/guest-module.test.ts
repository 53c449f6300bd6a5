import { expect, test } from "vitest";
import { type StrangeModule, strangeModule } from "../testing/strange-module.ts";
import { compileGuestModule } from "./guest-module.ts";

const i32 = 0x7f;
const [constant, end] = [0x41, 0x0b];

/** A module with all that its instances need to be used again: four types, four functions, a table and a global. */
function moduleWith(changes: Partial<StrangeModule>): Uint8Array {
  return strangeModule({
    name: "tiny",
    functions: [{ body: [] }],
    tables: [[0x70, 0, 1]],
    globals: [[i32, 0, constant, 0, end]],
    elements: [[0, constant, 0, end, 1, 1]],
    ...changes,
  });
}

const run = (...body: readonly number[]): Partial<StrangeModule> => ({ functions: [{ body }] });

test("instances of a module can be used again", () => {
  expect(compileGuestModule(moduleWith({}), {}).reusableBytes).toBeGreaterThan(65_536);
});

test.each<[string, Partial<StrangeModule>]>([
  [
    "calls a function that ends guests",
    run(constant, 1, constant, 1, constant, 1, 0x11, 9, 2, 0x1a),
  ],
  ["reads the table of workflows", run(constant, 0, 0x25, 1, 0x1a)],
  ["calls the loop", run(constant, 1, 0x10, 6)],
  ["takes a reference to the loop", run(0xd2, 6, 0x1a)],
  ["has the loop in its table", { elements: [[0, constant, 0, end, 1, 6]] }],
  ["sets the size of its memory", run(constant, 100, 0x24, 1)],
  ["uses a type that is not there", run(0x02, 8, 0x0b)],
])("a module that %s, which only the engine adds, is invalid", (_what, changes) => {
  expect(() => compileGuestModule(moduleWith(changes), {})).toThrow(/WebAssembly.Module\(\)/);
});
