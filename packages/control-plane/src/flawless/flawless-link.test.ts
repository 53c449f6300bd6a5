import type { ServerHealth } from "@flawless-ts/sdk";
import { FlawlessError } from "@flawless-ts/wasm-module";
import { type Logger, pino } from "pino";
import { describe, expect, test } from "vitest";
import { type FlawlessClient, FlawlessLink } from "./flawless-link.ts";

const url = "http://127.0.0.1:27288";
const well: ServerHealth = { status: "ok", version: "1", reason: null, running: 0 };

class TestError extends FlawlessError {
  readonly _tag: string = "TestError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

function away(): Promise<never> {
  return Promise.reject(new TestError("FLAWLESS_CONNECTION_FAILED", "Nothing listens there."));
}

interface Log {
  readonly lines: string[];
  readonly logger: Logger;
}

function log(): Log {
  const lines: string[] = [];
  const write = (line: string): void => {
    const { level, msg } = JSON.parse(line) as { readonly level: number; readonly msg: string };
    lines.push(`${level} ${msg}`);
  };
  return { lines, logger: pino({ base: null }, { write }) };
}

function client(change: Partial<FlawlessClient> = {}): FlawlessClient {
  return {
    url,
    health: async () => well,
    version: async () => "1.0.0",
    deploy: (async () => ({
      name: "crawler",
      version: "0.1.8",
    })) as unknown as FlawlessClient["deploy"],
    ...change,
  };
}

describe("the link to Flawless", () => {
  test("waits until Flawless is there, says so once, and then deploys the modules", async () => {
    const { lines, logger } = log();
    let asked = 0;
    const deployed: unknown[] = [];
    await using link = new FlawlessLink({
      client: client({
        health: () => {
          asked += 1;
          return asked < 4 ? away() : Promise.resolve(well);
        },
        deploy: (async (module: unknown) => {
          deployed.push(module);
          return { name: String(module), version: "1" };
        }) as unknown as FlawlessClient["deploy"],
      }),
      modules: ["one", "two"],
      logger,
      retryMs: 1,
    });
    const before = await link.ask();
    await link.prepared;

    expect(before).toMatchObject({ url, status: "waiting", modules: [] });
    expect(await link.ask()).toEqual({
      url,
      status: "ready",
      reason: null,
      modules: ["one:1", "two:1"],
    });
    expect(deployed).toEqual(["one", "two"]);
    expect(lines).toEqual([`40 waiting for Flawless at ${url}`, "30 Flawless is ready"]);
  });

  test("treats the original server, which can't report its health, as healthy", async () => {
    const unknown = new TestError("FLAWLESS_NOT_SUPPORTED_BY_SERVER", "no such route");
    await using link = new FlawlessLink({
      client: client({ health: () => Promise.reject(unknown) }),
      modules: [],
      logger: log().logger,
    });
    await link.prepared;
    expect(await link.ask()).toMatchObject({ status: "ready" });
  });

  test("doesn't retry a module that is refused", async () => {
    const { lines, logger } = log();
    await using link = new FlawlessLink({
      client: client({
        deploy: () => Promise.reject(new TestError("FLAWLESS_CONFLICT", "Other bytes are there.")),
      }),
      modules: ["one"],
      logger,
      retryMs: 1,
    });
    await link.prepared;
    expect(await link.ask()).toMatchObject({ status: "refused", reason: "Other bytes are there." });
    expect(lines).toEqual(["50 Flawless refuses a module"]);
  });

  test("reports when Flawless is gone, and when it is back", async () => {
    let there = true;
    await using link = new FlawlessLink({
      client: client({ health: () => (there ? Promise.resolve(well) : away()) }),
      modules: [],
      logger: log().logger,
    });
    await link.prepared;
    there = false;
    const gone = await link.ask();
    there = true;

    expect(gone).toMatchObject({ status: "unreachable", reason: "Nothing listens there." });
    expect(await link.ask()).toMatchObject({ status: "ready", reason: null });
  });

  test("reports what Flawless says is wrong", async () => {
    const degraded: ServerHealth = { ...well, status: "degraded", reason: "disk full" };
    let health = well;
    await using link = new FlawlessLink({
      client: client({ health: async () => health }),
      modules: [],
      logger: log().logger,
    });
    await link.prepared;
    health = degraded;
    expect(await link.ask()).toMatchObject({
      status: "unreachable",
      reason: "Flawless reports that it is degraded: disk full.",
    });
  });

  test("shares one request among several callers", async () => {
    let asked = 0;
    await using link = new FlawlessLink({
      client: client({
        health: async () => {
          asked += 1;
          return well;
        },
      }),
      modules: [],
      logger: log().logger,
    });
    await link.prepared;
    await Promise.all([link.ask(), link.ask(), link.ask()]);
    expect(asked).toBe(2);
  });

  test("retries soon at first, however long later pauses are", async () => {
    let asked = 0;
    await using link = new FlawlessLink({
      client: client({
        health: () => {
          asked += 1;
          return asked < 3 ? away() : Promise.resolve(well);
        },
      }),
      modules: [],
      logger: log().logger,
      retryMs: 3_600_000,
    });
    await link.prepared;
    expect(asked).toBe(3);
  });

  test("stops waiting when disposed", async () => {
    const link = new FlawlessLink({
      client: client({ health: away }),
      modules: [],
      logger: log().logger,
      retryMs: 60_000,
    });
    await link[Symbol.asyncDispose]();
    await link.prepared;
    expect(await link.ask()).toMatchObject({ status: "waiting" });
  });
});
