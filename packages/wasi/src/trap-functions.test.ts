import { expect, test } from "vitest";
import { trapFunctions } from "./trap-functions.ts";

function errorWith(...lines: readonly string[]): Error {
  const error = new Error("unreachable");
  error.stack = ["RuntimeError: unreachable", ...lines.map((line) => `    at ${line}`)].join("\n");
  return error;
}

test("names the program's functions, by number if they have no name", () => {
  const error = errorWith(
    "tool-1.wasm.abort (wasm://wasm/tool-1.wasm-0005c0e6:wasm-function[11]:0x211)",
    "tool-1.wasm.core::run::<fn(), ()> (wasm://wasm/tool-1.wasm-0005c0e6:wasm-function[8]:0x1ce)",
    "main (wasm://wasm/0005c0e6:wasm-function[7]:0x1c0)",
    "wasm://wasm/00032aae:wasm-function[125]:0x686e",
    "run (file:///somewhere/run-guest.js:12:3)",
  );
  expect(trapFunctions(error)).toEqual(["abort", "core::run::<fn(), ()>", "main", "function 125"]);
});

test("returns none if there was no trap", () => {
  expect(trapFunctions(undefined)).toEqual([]);
  expect(trapFunctions(new Error("another"))).toEqual([]);
});
