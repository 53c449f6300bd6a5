import { defineModule } from "@flawless-ts/wasm-module";
import { allCalls, child, startChild } from "./twin-calls.ts";
import { http, httpBytes, httpSequence } from "./twin-http.ts";

interface Milliseconds {
  readonly ms: number;
}

const unit = 2 ** 20;

/** The result of `receive`, or a failure like serde's if it doesn't have the type that the Rust workflow expects. */
function objectOf(data: unknown): object {
  if (typeof data !== "object" || data === null) throw new TypeError("expected an object");
  return data;
}

/**
 * The Rust fixture `conformance` in TypeScript: the same name and workflows, so that the same scenarios can be played
 * with it; another version, so that a server can have both. Each workflow is described there. A Rust workflow without
 * a response responds before it runs; here that is a `respond` at its beginning.
 */
export default defineModule({
  name: "conformance",
  version: "1.0.1",
  workflows: {
    all_calls: allCalls,
    child,
    start_child: startChild,
    http,
    http_sequence: httpSequence,
    http_bytes: httpBytes,

    plain: async (_input, context) => {
      context.respond(null);
      console.log("plain ran");
    },
    input_only: async (input: { readonly id: number; readonly item: string }, context) => {
      context.respond(null);
      console.log(`order ${input.id}: ${input.item}`);
    },
    response_only: async () => "hello",
    echo: async (input: unknown) => input,
    add: async (input: { readonly a: number; readonly b: number }) => input.a + input.b,
    noop: async () => null,
    drops_response: async () => undefined,
    responds_later: async (input: Milliseconds, context) => {
      await context.sleep(input.ms);
      const sent = context.respond("later");
      await context.sleep(input.ms);
      console.log(`response sent: ${sent}`);
    },

    logs: async () => {
      console.error("an error");
      console.warn("a warning");
      console.info("some information");
      console.debug("a detail");
      console.trace("a trace");
    },
    secret: async (input: { readonly name: string }, context) => context.secret(input.name) ?? null,
    sleep_ms: async (input: Milliseconds, context) => {
      await context.sleep(input.ms);
      return "slept";
    },
    sleep_secs_max: async (_input, context) => {
      context.respond(null);
      await context.sleep(Number.MAX_SAFE_INTEGER);
    },
    sleep_steps: async (input: Milliseconds & { readonly count: number }, context) => {
      for (let step = 0; step < input.count; step += 1) await context.sleep(input.ms);
      return input.count;
    },
    ten_sleeps: async (_input, context) => {
      for (let step = 0; step < 10; step += 1) await context.sleep(0);
      return 10;
    },
    ten_steps: async (_input, context) => {
      const randoms: string[] = [];
      const times: string[] = [];
      for (let step = 0; step < 9; step += 1) {
        if (step % 2 === 0) randoms.push(String(context.random()));
        else times.push(String(Date.now()));
      }
      console.log("nine steps taken");
      return { randoms, times };
    },
    replay_debug: async () => null,

    receive: async (_input, context) => await context.receive("approve"),
    receive_many: async (input: { readonly count: number }, context) => {
      const received: object[] = [];
      for (let count = 0; count < input.count; count += 1) {
        const { type, data } = await context.receive(["a", "b"]);
        received.push({ type, ...objectOf(data) });
      }
      return received;
    },
    receive_only_b_then_a: async (_input, context) => [
      { type: "b", ...objectOf(await context.receive("b")) },
      { type: "a", ...objectOf(await context.receive("a")) },
    ],
    receive_timeout: async (input: Milliseconds, context) =>
      (await context.receive("approve", { timeout: input.ms })) ?? "timed out",
    receive_after_response: async (_input, context) => {
      context.respond("waiting");
      objectOf(await context.receive("finish"));
      console.log("finished");
    },

    panic_before_response: async (input: { readonly message: string }) => {
      throw new Error(input.message);
    },
    panic_after_response: async (_input, context) => {
      context.respond("sent");
      throw new Error("panicked after the response");
    },
    panic_with_format: async (input: { readonly order: number }) => {
      throw new Error(`order ${input.order} can't be shipped: "out of stock"`);
    },
    memory_hog: async () => {
      const kept: Uint8Array[] = [];
      for (;;) kept.push(new Uint8Array(unit).fill(0xa5));
    },
    recursion: async () => {
      const descend = (depth: number): number => 1 + descend(depth + 1);
      return descend(0);
    },
  },
});
