import { describe, expect, test } from "vitest";
import { memoryModes, TestEngine } from "../../testing/test-engine.ts";

test("lines of all levels say which workflow they come from", async () => {
  await using engine = await TestEngine.open();
  const { id } = await engine.startText("logs");
  const common = {
    id,
    module: "conformance",
    version: "1.0.0",
    workflow: "logs",
    requestId: null,
    replaying: false,
  };

  expect(engine.logs).toEqual([
    { ...common, level: "error", message: "an error" },
    { ...common, level: "warn", message: "a warning" },
    { ...common, level: "info", message: "some information" },
    { ...common, level: "debug", message: "a detail" },
    { ...common, level: "trace", message: "a trace" },
  ]);
});

describe.each(memoryModes)("$mode", ({ limits }) => {
  test("a line is shown once, however often the guest is rebuilt", async () => {
    await using before = await TestEngine.open({ limits });
    const id = await before.launch("all_calls", { url: "http://site", secret: "none" });
    await using after = await before.restart();
    await after.pass(20);
    await after.send(id, "go", { value: "on" });
    await after.pass(20);

    expect((await after.end(id)).status).toBe("completed");
    expect(after.logLines.filter((line) => line.includes("every call"))).toEqual([
      "info: every call, once",
    ]);
  });
});
