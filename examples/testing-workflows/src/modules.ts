import { fileURLToPath } from "node:url";
import { defineContract, type } from "@flawless-ts/wasm-module";

/** The module under test: a `.wasm` that was built from Rust. Replace it with a path in your project. */
export const modulePath: string = fileURLToPath(
  import.meta.resolve("@flawless-ts/wasm-module/fixtures/conformance.wasm"),
);

/**
 * The types of its workflows' inputs and responses, as far as the tests need them; instead of `type` you can use any
 * Standard Schema.
 */
export const contract = defineContract({
  name: "conformance",
  version: "1.0.0",
  workflows: {
    add: { input: type<{ a: number; b: number }>(), response: type<number>() },
    sleep_ms: { input: type<{ ms: number }>(), response: type<string>() },
    sleep_steps: { input: type<{ count: number; ms: number }>(), response: type<number>() },
    receive: {
      response: type<{ by: string }>(),
      messages: { approve: type<{ by: string }>() },
    },
    receive_timeout: {
      input: type<{ ms: number }>(),
      response: type<{ by: string } | "timed out">(),
      messages: { approve: type<{ by: string }>() },
    },
    http: { input: type<HttpCall>(), response: type<HttpOutcome>() },
    panic_with_format: { input: type<{ order: number }>() },
    start_child: { input: type<{ url: string; body: string }>(), response: type<true>() },
    all_calls: {
      input: type<{ url: string; secret: string }>(),
      response: type<{ received: string | null; first_status: number | string }>(),
      messages: { go: type<{ value: string }>() },
    },
  },
});

/** A request for the workflow `http` to send. */
export interface HttpCall {
  readonly method: string;
  readonly url: string;
  readonly body?: string;
  readonly timeout_ms?: number;
}

/** The outcome: exactly one of the three. */
export interface HttpOutcome {
  readonly ok?: { readonly status: number; readonly body: string };
  readonly status_error?: { readonly code: number };
  readonly transport_error?: { readonly kind: string };
}

/** A WASI program built from Rust, which does what its arguments say. */
export const programPath: string = fileURLToPath(
  import.meta.resolve("@flawless-ts/wasi/fixtures/rust_commands.wasm"),
);
