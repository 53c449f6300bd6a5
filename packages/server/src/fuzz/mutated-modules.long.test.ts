import assert from "node:assert/strict";
import * as fc from "fast-check";
import { ModuleError, inspectModule } from "@flawless-ts/wasm-module";
import { type FixtureName, fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Engine } from "../engine/index.ts";
import type { StartRequest, WorkflowInfo } from "../engine/index.ts";
import { EngineError } from "../errors.ts";
import { ExecutorPool } from "../executor/executor-pool.ts";
import { HttpTransportFailure } from "../network/http-client.ts";
import { fuzzSettings, fuzzTimeoutMs } from "./fuzz-settings.ts";

const fixtures = ["conformance", "raw_calls"] as const satisfies readonly FixtureName[];

/** A change of a module's bytes. Positions are fractions of its length, so that a change fits every module. */
type Mutation =
  | { readonly kind: "set"; readonly at: number; readonly byte: number }
  | { readonly kind: "flip"; readonly at: number; readonly bit: number }
  | { readonly kind: "cut"; readonly at: number; readonly length: number }
  | { readonly kind: "repeat"; readonly at: number; readonly length: number }
  | { readonly kind: "insert"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: "end"; readonly at: number };

const place = fc.double({ min: 0, max: 1, noNaN: true });
const length = fc.integer({ min: 1, max: 64 });
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), at: place, byte: fc.nat(255) }),
  fc.record({ kind: fc.constant("flip" as const), at: place, bit: fc.nat(7) }),
  fc.record({ kind: fc.constant("cut" as const), at: place, length }),
  fc.record({ kind: fc.constant("repeat" as const), at: place, length }),
  fc.record({
    kind: fc.constant("insert" as const),
    at: place,
    bytes: fc.uint8Array({ minLength: 1, maxLength: 16 }),
  }),
  fc.record({ kind: fc.constant("end" as const), at: place }),
);

function mutate(bytes: Buffer, change: Mutation): Buffer {
  const at = Math.min(bytes.length - 1, Math.floor(change.at * bytes.length));
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (change.kind) {
    case "set":
      return Buffer.concat([head, Buffer.of(change.byte), tail.subarray(1)]);
    case "flip":
      return Buffer.concat([head, Buffer.of((tail[0] ?? 0) ^ (1 << change.bit)), tail.subarray(1)]);
    case "cut":
      return Buffer.concat([head, tail.subarray(change.length)]);
    case "repeat":
      return Buffer.concat([head, tail.subarray(0, change.length), tail]);
    case "insert":
      return Buffer.concat([head, change.bytes, tail]);
    case "end":
      return Buffer.from(head);
  }
}

/** Most changes of a whole module hit its code, so with `front`, only its sections and names are changed. */
function changed(bytes: Buffer, changes: readonly Mutation[], front: boolean): Buffer {
  const border = Math.min(bytes.length, 2_000);
  const [part, rest] = front
    ? [bytes.subarray(0, border), bytes.subarray(border)]
    : [bytes, Buffer.alloc(0)];
  const mutated = changes.reduce<Buffer>(
    (now, change) => (now.length === 0 ? now : mutate(now, change)),
    part,
  );
  return Buffer.concat([mutated, rest]);
}

/** Flipped bits, uniformly distributed from a position on. */
const flips = (from: number, most: number): fc.Arbitrary<Mutation[]> => {
  const flip = fc.record({
    kind: fc.constant("flip" as const),
    at: fc.double({ min: from, max: 1, noNaN: true }),
    bit: fc.nat(7),
  });
  return fc.noBias(fc.array(flip, { minLength: 1, maxLength: most }));
};

/** Any change; one bit, after which many modules can still run; bits of the data at the end, after which all can. */
const changes = fc.oneof(
  fc.array(mutation, { minLength: 1, maxLength: 4 }),
  flips(0, 1),
  flips(0.92, 20),
);

const cases = fc.record({
  fixture: fc.constantFrom(...fixtures),
  changes,
  front: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
});

/** Codes of failures that a changed guest may have: all of them are clear errors. */
const failures: readonly string[] = [
  "PANIC",
  "TIME_LIMIT",
  "JOURNAL_LIMIT",
  "INVALID_CALL",
  "MODULE_UNUSABLE",
  "REPLAY_MISMATCH",
];

let executors: ExecutorPool;

beforeAll(() => {
  executors = new ExecutorPool({ threads: 2, guestTimeLimitMs: 400, moveNeighboursAfterMs: 50 });
});

afterAll(async () => {
  await executors.close();
});

async function openEngine(problems: unknown[]): Promise<Engine> {
  return Engine.open({
    executors,
    // The same name and version are deployed with different bytes each time.
    development: true,
    limits: {
      memoryBytes: 32 * 2 ** 20,
      journalBytes: 2 ** 20,
      retry: { attempts: 1, initialDelayMs: 1, maxDelayMs: 1 },
    },
    http: {
      send: async () => {
        throw new HttpTransportFailure("ConnectionFailed", "there is no network here");
      },
    },
    onError: (error) => problems.push(error),
  });
}

describe("a module with changed bytes", () => {
  test(
    "is read, or refused with a clear error",
    () => {
      fc.assert(
        fc.property(cases, ({ fixture, changes, front }) => {
          const bytes = changed(Buffer.from(fixtureBytes(fixture)), changes, front);
          try {
            inspectModule(bytes);
          } catch (error) {
            assert.ok(error instanceof ModuleError, String(error));
            assert.match(error.message, /\S/);
          }
        }),
        { seed: fuzzSettings.seed, numRuns: fuzzSettings.runs * 5 },
      );
    },
    fuzzTimeoutMs,
  );

  test(
    "is deployed and run, or refused; workflows end with a clear error, and others continue",
    async () => {
      const problems: unknown[] = [];
      let run = 0;
      await using engine = await openEngine(problems);
      await engine.deploy(fixtureBytes("crawler"));
      const ended = async (
        start: Omit<StartRequest, "input">,
        input: string,
      ): Promise<WorkflowInfo> => {
        const { id } = await engine.start({ ...start, input }, { detached: true });
        const info = await engine.wait(id, { timeoutMs: 1_000 });
        // It may wait for a message, or for a time in the far future.
        return info.status === "running"
          ? await engine.cancel(id).catch(() => engine.workflow(id))
          : info;
      };
      await fc.assert(
        fc.asyncProperty(cases, fc.nat(), async ({ fixture, changes: made, front }, which) => {
          const bytes = changed(Buffer.from(fixtureBytes(fixture)), made, front);
          let module;
          try {
            module = await engine.deploy(bytes);
          } catch (error) {
            assert.ok(error instanceof EngineError, String(error));
            assert.equal(error.code, "MODULE_REFUSED");
            return;
          }
          const { name, version, workflows } = module;
          const workflow = workflows[which % Math.max(1, workflows.length)];
          if (workflow === undefined) {
            return;
          }
          run += 1;
          const input = '{"a":1,"b":2,"input":"x","ms":1,"count":1}';
          const info = await ended({ module: name, version, workflow }, input);
          if (info.status === "failed") {
            assert.ok(failures.includes(info.error?.code ?? ""), String(info.error?.code));
            assert.match(info.error?.message ?? "", /\S/);
          }
          expect((await engine.journal(info.id)).id).toBe(info.id);
          // The same threads still run valid modules.
          const other = { module: "crawler", version: "0.1.8", workflow: "start" };
          expect(await ended(other, '{"id":1,"url":"http://x/"}')).toMatchObject({
            workflow: "start",
          });
          expect(engine.health().status).toBe("ok");
          expect(problems).toEqual([]);
        }),
        { seed: fuzzSettings.seed, numRuns: fuzzSettings.runs },
      );
      // Otherwise it would only test the inspection.
      expect(run).toBeGreaterThan(fuzzSettings.runs / 10);
    },
    fuzzTimeoutMs,
  );
});
