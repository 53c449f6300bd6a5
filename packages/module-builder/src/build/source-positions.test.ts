import { expect, test } from "vitest";
import { encode } from "@jridgewell/sourcemap-codec";
import { authoringFile } from "@flawless-ts/wasm-module/internal/package-files";
import { placeOf, userStack } from "../guest/source-positions.ts";
import { sourcePositions } from "./source-positions.ts";

const positions = sourcePositions(
  {
    code: "",
    files: [],
    map: {
      sources: ["/src/flow/orders.ts", "/src/lib/util.ts", authoringFile],
      mappings: encode([
        [[0, 0, 0, 0], [10, 1, 4, 2], [20]],
        [],
        [
          [0, 2, 1, 1],
          [5, 2, 9, 1],
          [8, 0, 7, 3],
        ],
      ]),
    },
  },
  "/src/flow/orders.ts",
);

test("files are relative to the module's, and those of this package are marked", () => {
  expect(positions.files).toEqual([
    "orders.ts",
    "../lib/util.ts",
    expect.stringMatching(/^flawless:authoring/),
  ]);
});

test("of adjacent locations in this package's own files, only the first is included", () => {
  expect(positions.lines).toEqual([[1, 0, 1, 1, 11, 1, 5, 3], [], [1, 2, 2, 2, 9, 0, 8, 4]]);
});

test("frames are mapped to the nearest location before them; the package's own are omitted", () => {
  const stack = [
    "    at inner (workflow.js:1:15)",
    "    at map (native)",
    "    at run (workflow.js:3:6)",
    "    at outer (workflow.js:3:12)",
    "    at unknown (workflow.js:9:1)",
    "",
  ].join("\n");
  const frames = userStack(stack, positions);
  expect(frames).toEqual([
    "    at inner (../lib/util.ts:5:3)",
    "    at outer (orders.ts:8:4)",
    "    at unknown (workflow.js:9:1)",
  ]);
  expect(placeOf(frames)).toBe("../lib/util.ts:5:3");
  expect(placeOf(["    at nothing"])).toBeUndefined();
});
