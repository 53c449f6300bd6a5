import { expect, test } from "vitest";
import { markLoops } from "./mark-loops.ts";

test("each loop gets a call, and works as before", () => {
  const code = `(() => {
const seen = [];
outer: for (let i = 0; i < 3; i++) for (const j of [1, 2]) { if (j === 2) continue outer; seen.push(i); }
let n = 0; do n++; while (n < 2);
for (const key in { a: 1 }) seen.push(key);
return [seen, n];
})()`;
  const { code: marked } = markLoops(code, code.indexOf("\n"));
  expect(marked.match(/__loop\(\)/g)).toHaveLength(4);
  expect(marked.split("\n")).toHaveLength(code.split("\n").length);
  // oxlint-disable-next-line no-eval
  expect((0, eval)(marked)).toEqual([[0, 1, 2, "a"], 2]);
});

test("a stack's locations are those before the calls were added", () => {
  const { unmark } = markLoops("first;\nfor (;;) { a(); } while (1) b();", 0);
  expect(
    unmark(
      [
        "    at __loop (workflow.js:1:9)",
        "    at a (workflow.js:2:21)",
        "    at b (workflow.js:2:41)",
        "    at c (workflow.js:3:5)",
      ].join("\n"),
    ),
  ).toBe(
    [
      "    at a (workflow.js:2:12)",
      "    at b (workflow.js:2:29)",
      "    at c (workflow.js:3:5)",
    ].join("\n"),
  );
});
