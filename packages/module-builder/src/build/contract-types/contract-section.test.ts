import { expect, test } from "vitest";
import { concat } from "../module-bytes.ts";
import { moduleTypes } from "@flawless-ts/wasm-module/internal";
import { contractSection } from "./contract-section.ts";

const header = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const typeSection = Uint8Array.of(1, 1, 0);
const otherSection = Uint8Array.of(0, 3, 1, 0x78, 0x79);
const types = { workflows: { a: { input: { type: "string" } } } } as const;

test("is found among other sections", () => {
  const module = concat([header, otherSection, typeSection, contractSection(types), otherSection]);
  expect(moduleTypes(module)).toEqual(types);
});

test("doesn't exist in a module from elsewhere", () => {
  expect(moduleTypes(concat([header, otherSection, typeSection]))).toBeUndefined();
});

test.each(["not JSON", "null", '{"workflows":[]}'])("is ignored where it holds %s", (content) => {
  const section = contractSection(types);
  const json = JSON.stringify(types);
  const text = new TextDecoder("latin1").decode(section).replace(json, content.padEnd(json.length));
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  expect(moduleTypes(concat([header, bytes]))).toBeUndefined();
});
