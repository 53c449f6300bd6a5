import { Writable } from "node:stream";
import { type Logger, pino } from "pino";
import { describe, expect, test } from "vitest";
import { LogBudget } from "./log-budget.ts";
import { TestEngine } from "./testing/test-engine.ts";
import { workflowLogger } from "./workflow-logger.ts";

/** A logger that keeps its lines. */
function keptLog(): { logger: Logger; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  const logger = pino({ level: "trace", base: null, timestamp: false }, stream);
  return { logger, lines };
}

async function logged(
  workflow: string,
  input: unknown,
  secrets: Readonly<Record<string, string>> = {},
): Promise<Record<string, unknown>[]> {
  const { logger, lines } = keptLog();
  const log = workflowLogger(logger, new LogBudget(1_000_000));
  await using engine = await TestEngine.open({
    secrets,
    observers: [log.observer],
    onLog: (line) => log.write(line),
  });
  const start = {
    module: "conformance",
    version: "1.0.0",
    workflow,
    input: JSON.stringify(input),
    origin: { requestId: "r-1", trace: null },
  };
  await engine.engine.start(start, { detached: true });
  await engine.engine.whenIdle();
  return lines;
}

const source = (workflow: string): object => ({
  id: expect.stringMatching(/^wkf_/) as string,
  module: "conformance",
  version: "1.0.0",
  workflow,
  reqId: "r-1",
});

describe("the log of workflows", () => {
  test("has starts, lines and ends, each with workflow, module and request", async () => {
    const lines = await logged("logs", null);

    expect(lines.at(0)).toEqual({ level: 20, ...source("logs"), msg: "workflow started" });
    expect(lines.at(-1)).toMatchObject({
      level: 20,
      ...source("logs"),
      status: "completed",
      ms: 0,
      msg: "workflow ended",
    });
    expect(lines.slice(1, -1).length).toBeGreaterThan(3);
    for (const line of lines.slice(1, -1)) {
      expect(line).toMatchObject(source("logs"));
    }
  });

  test("omits lines beyond its budget, and says so once", () => {
    const { logger, lines } = keptLog();
    const log = workflowLogger(logger, { take: (module) => module !== "flood 1.0.0" });
    const line = { id: "wkf_1", version: "1.0.0", workflow: "start", requestId: null };
    for (let n = 0; n < 3; n += 1) {
      log.write({ ...line, module: "flood", level: "info", message: "much", replaying: false });
    }
    log.write({ ...line, module: "quiet", level: "info", message: "little", replaying: false });

    expect(lines).toEqual([
      expect.objectContaining({
        level: 40,
        id: "wkf_1",
        module: "flood",
        msg: expect.stringContaining("more than logCharactersPerSecond allows") as string,
      }),
      expect.objectContaining({ module: "quiet", msg: "little" }),
    ]);
  });

  test("logs failures as warnings, without the secrets that a guest put into them", async () => {
    const secrets = { KEY: "hunter2", LONGER: "hunter2 and more" };
    const message = "bad keys: hunter2, hunter2 and more";
    const lines = await logged("panic_before_response", { message }, secrets);
    const failure = lines.at(-1);

    expect(failure).toMatchObject({
      level: 40,
      ...source("panic_before_response"),
      code: "PANIC",
      msg: "workflow failed",
    });
    expect(failure?.["reason"]).toContain("bad keys: [secret], [secret]");
    // The panic hook logs it, too.
    expect(JSON.stringify(lines)).not.toContain("hunter2");
  });
});

test("a schedule whose workflow can't be started is a warning", () => {
  const { logger, lines } = keptLog();
  const { observer } = workflowLogger(logger, new LogBudget(1_000_000));
  const decision = { schedule: "s", at: 0, kind: "time", workflow: null } as const;
  const error = { code: "MODULE_NOT_FOUND", message: "No module." };
  observer.scheduleDecided?.({ ...decision, outcome: "failed", error });
  observer.scheduleDecided?.({ ...decision, outcome: "skipped", error: null });
  expect(lines).toEqual([
    {
      level: 40,
      schedule: "s",
      at: "1970-01-01T00:00:00.000Z",
      code: "MODULE_NOT_FOUND",
      reason: "No module.",
      msg: "a schedule's workflow can't be started",
    },
    expect.objectContaining({ level: 20, schedule: "s", outcome: "skipped" }),
  ]);
});
