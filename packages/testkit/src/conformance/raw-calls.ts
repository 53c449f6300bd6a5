import { submitErrorCodes } from "@flawless-ts/wasm-module";
import { expect } from "vitest";
import { answersTo, errorOf } from "./observed.ts";
import type { Scenario } from "./scenario.ts";

const fixture = "raw_calls";
const refused = { code: submitErrorCodes.InputDeserializationFailed, output: null };

/** Direct calls of the import, bypassing the crate. */
export const rawCalls: readonly Scenario[] = [
  {
    name: "a call that is none is refused with the ABI's code",
    fixture,
    expected: [refused, refused, refused, refused],
    play: async ({ module }) => {
      const answers: unknown[] = [];
      for (const input of ["", "{", '"Nothing"', '{"GetSecret":1}']) {
        answers.push(await (await module.start("submit", { input })).response());
      }
      return answers;
    },
  },
  {
    name: "a call that is no UTF-8 is refused",
    fixture,
    expected: refused,
    play: async ({ module }) =>
      (await module.start("submit_bytes", { bytes: [0x22, 0xff, 0x22] })).response(),
  },
  {
    name: "a call that lies outside of memory is refused",
    fixture,
    expected: [refused, refused],
    play: async ({ module }) => [
      await (await module.start("bad_pointer", null)).response(),
      await (await module.start("bad_length", null)).response(),
    ],
  },
  {
    name: "an answer that can't be laid into memory has a code of its own",
    fixture,
    expected: { code: submitErrorCodes.OutputWriteFailed, output: null },
    play: async ({ module }) => (await module.start("bad_out_pointer", null)).response(),
  },
  ...(
    [
      ['{"GetSecret":"token"}', '{"Secret":"hush"}'],
      ['{"GetSecret":"other"}', '{"Secret":null}'],
      ['{"Log":{"Debug":"a"}}', '"Unit"'],
      ['{"ReplayDebug":"a"}', '"Unit"'],
      ['{"Sleep":{"secs":0,"nanos":0}}', '"Unit"'],
      ['{"RecvMessage":[{"secs":0,"nanos":0},[]]}', '"Timeout"'],
    ] as const
  ).map(([input, output]): Scenario => ({
    name: `the answer to ${input} is ${output}`,
    fixture,
    expected: { code: 0, output },
    play: async ({ module }) => (await module.start("submit", { input })).response(),
  })),
  {
    name: "only the first response counts",
    fixture,
    expected: ["first", { ResponseSent: true }, { ResponseSent: false }],
    play: async ({ module }) => {
      const input = JSON.stringify({ SendResponse: '"first"' });
      const run = await module.start("submit", { input });
      const response = await run.response();
      await run.completion();
      return [response, ...(await answersTo(run, "SendResponse"))];
    },
  },
  {
    name: "a child that the module has not ends the parent",
    fixture,
    expected: expect.stringContaining("no workflow of that name"),
    play: async ({ module }) => {
      const input = JSON.stringify({ StartWorkflow: ["nobody", "null"] });
      return await errorOf(module.start("submit", { input }).then((run) => run.response()));
    },
  },
];
