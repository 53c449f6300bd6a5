import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { textLines } from "./logger.ts";

describe("textLines", () => {
  function logged(write: (logger: ReturnType<typeof pino>) => void): string {
    let text = "";
    const sink = { write: (line: string): void => void (text += line) };
    const timestamp = (): string => ',"time":1767323045678';
    write(pino({ base: null, timestamp }, textLines(sink)));
    return text;
  }

  test("shows time, level, message and fields on one line", () => {
    expect(logged((logger) => logger.info({ id: "wkf_1", ms: 3 }, "done"))).toBe(
      "03:04:05.678 INFO  done id=wkf_1 ms=3\n",
    );
  });

  test("doesn't let a guest's log line control the terminal", () => {
    expect(logged((logger) => logger.warn("a\n\u001b[2Jb"))).toBe(
      "03:04:05.678 WARN  a\\n\\u001b[2Jb\n",
    );
  });

  test("shows an error's stack below", () => {
    const text = logged((logger) => logger.error({ err: new Error("broken") }, "request failed"));
    expect(text).toMatch(/^03:04:05\.678 ERROR request failed\nError: broken\n {4}at /);
  });
});
