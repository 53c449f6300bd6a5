import { type Errno, CallRefused } from "../host/errno.ts";
import { WasiHost } from "../host/wasi-host.ts";
import { planRun } from "../plan-run.ts";
import type { WasiOptions } from "../wasi-options.ts";

/** A host for calls, and what was written to its outputs. */
export interface TestHost {
  readonly host: WasiHost;
  readonly outputs: { stdout: string; stderr: string };
}

/** Creates a host from the options. Its folder is descriptor 3. */
export function newHost(options: WasiOptions = {}): TestHost {
  const outputs = { stdout: "", stderr: "" };
  const host = new WasiHost(planRun(options).host, (stream, data) => {
    outputs[stream] += Buffer.from(data).toString();
  });
  return { host, outputs };
}

/** The error with which a call is refused, otherwise its answer. */
export function refusalOf<Answer>(call: () => Answer): Errno | Answer {
  try {
    return call();
  } catch (error) {
    if (error instanceof CallRefused) return error.errno;
    throw error;
  }
}
