import { expect, test } from "vitest";
import { createSecretHider, hideSecret } from "./hide-secrets.ts";

test.each([
  ["as it is", 'a p"ss/1 b', "a [secret] b"],
  ["in JSON", JSON.stringify({ a: 'p"ss/1' }), '{"a":"[secret]"}'],
  ["in JSON in JSON", JSON.stringify(JSON.stringify('p"ss/1')), String.raw`"\"[secret]\""`],
  ["in a URL", `http://x/?k=${encodeURIComponent('p"ss/1')}`, "http://x/?k=[secret]"],
])("a secret is hidden %s", (_where, text, expected) => {
  expect(hideSecret(text, 'p"ss/1')).toBe(expected);
});

test("secrets are all hidden, the longest first; those too short to be one are not", () => {
  const hide = createSecretHider({ A: "abcd", B: "abcdefgh", C: "1", D: "" });
  expect(hide("abcdefgh abcd 1")).toBe("[secret] [secret] 1");
  expect(createSecretHider({})("abcd")).toBe("abcd");
});
