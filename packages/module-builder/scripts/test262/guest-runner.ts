import { type GuestExports, submitFunction } from "../../src/build/submit-function.testing.ts";
// TypeScript's Node types lack this global; this is the part of it used here.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
};

/** The outcome of a test: whether the guest trapped, and the error that it reported. */
export interface Verdict {
  readonly trapped: boolean;
  readonly error: { readonly name: string; readonly message: string } | null;
}

/** Runs a workflow once for each test, each time in a new instance. */
export class GuestRunner {
  readonly #module: object;
  readonly #init: string;
  readonly #run: string;

  constructor(wasm: Uint8Array<ArrayBuffer>, init: string, run: string) {
    this.#module = new WebAssembly.Module(wasm);
    this.#init = init;
    this.#run = run;
  }

  run(input: object): Verdict {
    let exports: GuestExports | undefined;
    let nowMs = Date.UTC(2026, 0, 1);
    let response: Verdict["error"] = { name: "NoResponse", message: "" };
    const answerTo = (call: unknown): unknown => {
      if (call === "GetInput") return { String: JSON.stringify(input) };
      if (call === "TimeNow")
        return {
          Time: {
            secs_since_epoch: Math.floor(nowMs / 1000),
            nanos_since_epoch: (nowMs % 1000) * 1e6,
          },
        };
      const [[kind, value] = ["", undefined]] = Object.entries(call as object);
      switch (kind) {
        case "SendResponse":
          response = JSON.parse(value as string) as Verdict["error"];
          return { ResponseSent: true };
        case "Sleep":
          nowMs += (value as { readonly secs: number }).secs * 1000;
          return "Unit";
        case "Random":
          return { Value: "F64" in (value as object) ? { F64: 0.5 } : { I64: 7 } };
        default:
          return "Unit";
      }
    };
    const submit = submitFunction(
      () => exports,
      (call) => JSON.stringify(answerTo(call)),
    );
    const instance = new WebAssembly.Instance(this.#module, { wasabi: { submit } });
    const functions = instance.exports as GuestExports & Record<string, () => number>;
    exports = functions;
    try {
      functions[this.#init]?.();
      functions[this.#run]?.();
    } catch {
      return { trapped: true, error: response };
    }
    return { trapped: false, error: response };
  }
}
