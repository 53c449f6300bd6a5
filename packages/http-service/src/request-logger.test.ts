import { expect, test } from "vitest";
import { pino } from "pino";
import { RequestLogger } from "./request-logger.ts";

function setUp(level = "info") {
  const lines: Record<string, unknown>[] = [];
  let made = 0;
  const parent = pino(
    { level, base: null, timestamp: false, onChild: () => (made += 1) },
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const logger = new RequestLogger(parent, { reqId: "r1" }, {});
  return { logger, lines, made: () => made };
}

test("no logger is made for lines that nobody would see", () => {
  const { logger, lines, made } = setUp();
  logger.debug("hidden");
  logger.trace({ a: 1 }, "hidden");
  logger.silent();
  expect({ lines, made: made(), level: logger.level }).toEqual({
    lines: [],
    made: 0,
    level: "info",
  });
});

test("lines of each level say of which request they are", () => {
  const { logger, lines, made } = setUp("trace");
  for (const level of ["fatal", "error", "warn", "info", "debug", "trace"] as const) {
    logger[level]({ level }, "%s said", level);
  }
  expect(lines.map(({ msg, reqId }) => `${String(reqId)}: ${String(msg)}`)).toEqual([
    "r1: fatal said",
    "r1: error said",
    "r1: warn said",
    "r1: info said",
    "r1: debug said",
    "r1: trace said",
  ]);
  expect(made()).toBe(1);
});

test("a level of its own counts from then on, and its children are of the same request", () => {
  const { logger, lines } = setUp();
  logger.level = "debug";
  logger.debug("seen");
  logger.child({ part: "p" }).info("of a part");
  expect(lines).toEqual([
    { level: 20, reqId: "r1", msg: "seen" },
    { level: 30, reqId: "r1", part: "p", msg: "of a part" },
  ]);
});
