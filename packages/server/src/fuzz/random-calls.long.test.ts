import assert from "node:assert/strict";
import * as fc from "fast-check";
import { submitErrorCodes } from "@flawless-ts/wasm-module";
import { expect, test } from "vitest";
import { TestEngine } from "../testing/test-engine.ts";
import { fuzzSettings, fuzzTimeoutMs } from "./fuzz-settings.ts";

/** Calls that guests make, as input for changes. */
const calls: readonly string[] = [
  '"GetInput"',
  '"TimeNow"',
  '{"GetSecret":"s"}',
  '{"Log":{"Info":"a"}}',
  '{"ReplayDebug":"a"}',
  '{"Random":{"I64":0}}',
  '{"Sleep":{"secs":0,"nanos":0}}',
  '{"RecvMessage":[{"secs":0,"nanos":0},["a"]]}',
  '{"SendResponse":"1"}',
  '{"StartWorkflow":["submit","null"]}',
  '{"HTTPRequest":{"config":{"idempotent":false,"timeout":{"secs":1,"nanos":0},"response_body_limit":9},"method":"GET","url":"http://site/","headers":[["a","b"]],"body":""}}',
];

/** A text that differs from another one in a few characters. */
const damaged = fc
  .record({
    call: fc.constantFrom(...calls),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat(3),
    insert: fc.oneof(
      fc.string({ maxLength: 4 }),
      fc.constantFrom(
        "null",
        "-1",
        "1e999",
        "18446744073709551616",
        '"',
        "{",
        "[",
        "\\u0000",
        "\ud83d\ude00",
      ),
    ),
  })
  .map(({ call, at, remove, insert }) => {
    const place = Math.floor(at * call.length);
    return call.slice(0, place) + insert + call.slice(place + remove);
  });

const callText = fc.oneof(
  damaged,
  damaged,
  fc.json(),
  fc.string({ unit: "binary", maxLength: 100 }),
);

const callBytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  callText.map((text) => new Uint8Array(Buffer.from(text))),
  fc.tuple(fc.constantFrom(...calls), fc.nat(255), fc.nat()).map(([call, byte, at]) => {
    const bytes = new Uint8Array(Buffer.from(call));
    bytes[at % bytes.length] = byte;
    return bytes;
  }),
);

/** The codes that the host may return, besides 0 and an answer in JSON. */
const codes: readonly number[] = Object.values(submitErrorCodes);

test(
  "a guest that calls the host with any bytes gets an answer or the ABI's error, or fails with a clear one",
  async () => {
    await using engine = await TestEngine.open({ module: "raw_calls", secrets: { s: "x" } });
    await fc.assert(
      fc.asyncProperty(callBytes, async (bytes) => {
        const { id } = await engine.startText(
          "submit_bytes",
          JSON.stringify({ bytes: [...bytes] }),
          { detached: true },
        );
        await engine.engine.whenIdle();
        // A changed call may wait for a message, or for a time in the far future.
        await engine.pass(2_000);
        const info = await engine.info(id);
        if (info.status === "running") {
          assert.notEqual(info.waiting, null);
          await engine.engine.cancel(id);
          return;
        }
        if (info.status === "failed") {
          assert.match(info.error?.code ?? "", /^(INVALID_CALL|PANIC)$/);
          assert.match(info.error?.message ?? "", /\S/);
        } else if (info.response !== null && info.response.includes('"code"')) {
          const { code } = JSON.parse(info.response) as { readonly code: number };
          assert.ok(code === 0 || codes.includes(code), info.response);
        }
        // The journal can be read again.
        expect((await engine.steps(id)).length).toBeGreaterThan(0);
      }),
      { seed: fuzzSettings.seed, numRuns: fuzzSettings.runs * 3 },
    );
    expect(engine.takeErrors()).toEqual([]);
    expect(await engine.run("submit", { input: '"TimeNow"' })).toMatchObject({ code: 0 });
  },
  fuzzTimeoutMs,
);

test(
  "a guest that is rebuilt after every wait behaves like one that stays in memory",
  async () => {
    await using staying = await TestEngine.open({ module: "raw_calls", secrets: { s: "x" } });
    await using leaving = await TestEngine.open({
      module: "raw_calls",
      secrets: { s: "x" },
      limits: { idleGuestMs: 0 },
    });
    const outcome = async (engine: TestEngine, input: string): Promise<unknown> => {
      const { id } = await engine.startText("submit", JSON.stringify({ input }), {
        detached: true,
      });
      await engine.engine.whenIdle();
      await engine.pass(2_000);
      const { status, response, error } = await engine.info(id);
      if (status === "running") {
        await engine.engine.cancel(id);
      }
      const calls = (await engine.steps(id)).map(({ call }) => call);
      // Ids and random numbers differ between engines.
      return { status, code: error?.code, calls, hasResponse: response !== null };
    };
    await fc.assert(
      fc.asyncProperty(
        callText.filter((text) => text.isWellFormed()),
        async (input) => {
          expect(await outcome(leaving, input)).toEqual(await outcome(staying, input));
        },
      ),
      { seed: fuzzSettings.seed, numRuns: fuzzSettings.runs * 2 },
    );
    expect([...staying.takeErrors(), ...leaving.takeErrors()]).toEqual([]);
  },
  fuzzTimeoutMs,
);
