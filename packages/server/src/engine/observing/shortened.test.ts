import { expect, test } from "vitest";
import { TestEngine } from "../../testing/test-engine.ts";
import { shortened } from "./shortened.ts";

test("a text that is too long is cut, and says so", () => {
  expect(shortened("abc", 3)).toBe("abc");
  expect(shortened("abcd", 3)).toBe("abc… (4 characters)");
  expect(shortened("a\u{1F600}b", 2)).toBe("a\uFFFD… (4 characters)");
});

test("what guests log and why they fail is shortened for people, once secrets are hidden", async () => {
  const secret = "the secret";
  await using engine = await TestEngine.open({ module: "raw_calls", secrets: { s: secret } });
  const long = `${"x".repeat(16 * 1024 - 4)}${secret}${"y".repeat(100_000)}`;
  const message = `workflow 'w' panicked at ${long}`;
  await engine.run("submit", { input: JSON.stringify({ Log: { Error: message } }) });
  const [line] = engine.logs;

  expect(line?.message.length).toBeLessThan(17_000);
  expect(line?.message).not.toContain("the s");
});
