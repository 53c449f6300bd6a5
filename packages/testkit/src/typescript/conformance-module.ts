import { defineModule, defineWorkflow, type } from "@flawless-ts/wasm-module";
import { type Child, post, statusOf } from "./outgoing-calls.ts";

/** Workflows of the Rust fixture `conformance`, in TypeScript; each is described there. */
export default defineModule({
  name: "conformance-typescript",
  version: "1.0.0",
  workflows: {
    all_calls: async (input: { readonly url: string; readonly secret: string }, context) => {
      console.log("every call, once");
      const number = context.uuid();
      context.now();
      context.secret(input.secret);
      await context.sleep(20);
      const firstStatus = await statusOf(post(context, `${input.url}/effect-1`, "effect-1"));
      const readStatus = await statusOf(context.fetch(`${input.url}/read`, { idempotent: true }));
      const message = await context.receive("go", { timeout: "60 s" });
      const received = (message as { readonly value: string } | undefined)?.value ?? null;
      await context.start("child", { url: `${input.url}/child`, body: "effect-child" });
      const body = JSON.stringify({ received, random: number });
      const secondStatus = await statusOf(post(context, `${input.url}/effect-2`, body));
      context.respond({
        received,
        first_status: firstStatus,
        read_status: readStatus,
        second_status: secondStatus,
      });
      await context.sleep(20);
      await statusOf(post(context, `${input.url}/effect-3`, "effect-3"));
    },

    child: async (input: Child, context) => {
      context.respond(null);
      await post(context, input.url, input.body);
    },

    sleep_steps: async (input: { readonly count: number; readonly ms: number }, context) => {
      for (let step = 0; step < input.count; step += 1) await context.sleep(input.ms);
      return input.count;
    },

    /** As many host calls as in Rust, of the same kinds; numbers instead of their text. */
    ten_steps: async () => {
      const randoms: number[] = [];
      const times: number[] = [];
      for (let step = 0; step < 9; step += 1) {
        if (step % 2 === 0) randoms.push(Math.random());
        else times.push(Date.now());
      }
      console.log("nine steps taken");
      return { randoms, times };
    },

    receive_typed: defineWorkflow({
      messages: { add: type<number>(), done: type<null>() },
      response: type<number>(),
      run: async (_input, context) => {
        let sum = 0;
        for (;;) {
          const message = await context.receive(["add", "done"]);
          if (message.type === "done") return sum;
          sum += message.data;
        }
      },
    }),

    side_by_side: async (_input, context) => {
      const started = Date.now();
      const first = await Promise.race([
        context.receive("go").then(() => "message"),
        context.sleep("2 hours").then(() => "time"),
      ]);
      await Promise.all([context.sleep("1 hour"), context.sleep("3 hours")]);
      return { first, hours: (Date.now() - started) / 3_600_000 };
    },

    throws: async (_input, context) => {
      await context.sleep(1);
      throw new TypeError("thrown on purpose");
    },
    loops: async () => {
      for (let step = 0; ; step += 1) if (step < 0) return step;
    },
    recurses: async () => {
      const down = (depth: number): number => 1 + down(depth + 1);
      return down(0);
    },
    devours: async () => {
      const all: Uint8Array[] = [];
      for (;;) all.push(new Uint8Array(1_000_000).fill(1));
    },
    /** Creates and drops objects of many sizes: far more than fit at once. */
    churn: async (input: { readonly rounds: number }) => {
      let count = 0;
      for (let round = 0; round < input.rounds; round += 1) {
        const kept: { readonly text: string; readonly bytes: Uint8Array }[] = [];
        for (let index = 0; index < 300; index += 1) {
          const size = (index * 37 + round * 11) % 3000;
          kept.push({
            text: `${round}`.padEnd(size, "x"),
            bytes: new Uint8Array(size).fill(round),
          });
        }
        const intact = kept.every(
          ({ text, bytes }) =>
            text.startsWith(`${round}`) &&
            [bytes.at(0), bytes.at(-1)].every((byte) => byte === undefined || byte === round),
        );
        if (!intact) throw new Error("what was written is not there any more");
        count += kept.length;
      }
      return count;
    },
    add: async (input: { readonly a: number; readonly b: number }) => input.a + input.b,
  },
});
