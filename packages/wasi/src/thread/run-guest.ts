import { init, WASI } from "@wasmer/wasi";
import { libraryCalls } from "../calls/all-calls.ts";
import type { WasiVersion } from "../calls/call-frame.ts";
import { GuestMemory } from "../host/guest-memory.ts";
import { WasiHost } from "../host/wasi-host.ts";
import { type CallLog, DirectCalls, RecordedCalls, ReplayedCalls } from "../recording/call-log.ts";
import type { RecordedValue } from "../recording/recorded-value.ts";
import type { WasiEnding } from "../recording/recording.ts";
import { recordReturned, type WasiReturned } from "../recording/returned-value.ts";
import {
  type WasmImport,
  type WasmImports,
  type WasmInstance,
  type WasmMemory,
  webAssembly,
} from "../webassembly.ts";
import { allChanges } from "./all-changes.ts";
import { type FurtherImport, loadFurtherImports } from "./further-imports.ts";
import { GuestExit, GuestImports } from "./guest-imports.ts";
import type { FromThread, ThreadResult, ThreadTask } from "./messages.ts";
import { SharedOutput } from "./shared-output.ts";

/**
 * Runs a program in this thread, from its start to its end.
 *
 * @param tell called when the program starts, and when it wrote something
 * @throws Mismatch if it is replayed and does something other than what was recorded
 */
export async function runGuest(
  task: ThreadTask,
  tell: (news: FromThread) => void,
): Promise<ThreadResult> {
  await init();
  const outputs = { stdout: new SharedOutput(task.stdout), stderr: new SharedOutput(task.stderr) };
  const host = new WasiHost(task.host, (stream, data) => {
    outputs[stream].append(data);
    if (task.streamed && outputs[stream].announce()) tell({ type: "output", stream });
  });
  const log = callLog(task, host);
  const imports = new GuestImports(log, task.memoryLimit);
  const further = await loadFurtherImports(task.module, task.imports, {
    get memory(): Uint8Array {
      return imports.bytes;
    },
  });
  const { ending, cause } = start(task, imports, further, () => tell({ type: "running" }));
  log.end(ending);
  return {
    ...allChanges(task.host.folders, host.roots),
    ending,
    cause,
    elapsed: host.clock.elapsed,
    steps: log instanceof RecordedCalls ? log.steps : [],
  };
}

function callLog({ mode }: ThreadTask, host: WasiHost): CallLog {
  switch (mode.type) {
    case "run":
      return new DirectCalls(host);
    case "record":
      return new RecordedCalls(host);
    case "replay":
      return new ReplayedCalls(host, mode.steps, mode.ending);
  }
}

interface Ended {
  readonly ending: WasiEnding;
  readonly cause: unknown;
}

function start(
  task: ThreadTask,
  imports: GuestImports,
  further: readonly FurtherImport[],
  onRunning: () => void,
): Ended {
  // Without `preopens` it would expose its own folder to the guest.
  const library = new WASI({ args: [...task.args], env: { ...task.env }, preopens: {} });
  const wasi = linkImports(task, library, imports);
  const links = withFurther(wasi, further, imports);
  const returned: RecordedValue[] = [];
  const ending = (): object => (task.calls === undefined ? {} : { returned });
  onRunning();
  try {
    const instance = new webAssembly.Instance(task.module, links);
    // It refuses an instance without its imports.
    if (Object.keys(wasi).length > 0) library.instantiate(instance);
    imports.memory = new GuestMemory(instance.exports["memory"] as WasmMemory);
    callExports(task, instance, returned);
    // A guest may catch what its calls throw, and return.
    if (imports.stopped !== undefined) throw imports.stopped;
    return { ending: { exitCode: 0, ...ending() }, cause: undefined };
  } catch (error) {
    const reason = imports.stopped ?? error;
    if (reason instanceof GuestExit) {
      return { ending: { exitCode: reason.exitCode, ...ending() }, cause: undefined };
    }
    const cause = trapOf(reason, imports.stopped === undefined);
    return { ending: { trap: cause.message }, cause };
  } finally {
    library.free();
  }
}

type Exported = (...parameters: readonly (number | bigint)[]) => WasiReturned;

/** Runs a program from its start to its end, or calls the functions of a library. */
function callExports(
  { calls }: ThreadTask,
  instance: WasmInstance,
  returned: RecordedValue[],
): void {
  const exported = instance.exports as Readonly<Record<string, Exported>>;
  if (calls === undefined) {
    exported["_start"]?.();
    return;
  }
  exported["_initialize"]?.();
  for (const { name, parameters = [] } of calls) {
    returned.push(recordReturned(exported[name]?.(...parameters)));
  }
}

/**
 * @param fromEngine whether the error comes from the engine, not this host
 * @throws errors that are not the guest's fault
 */
function trapOf(error: unknown, fromEngine: boolean): Error {
  if (error instanceof webAssembly.RuntimeError) return error;
  // V8's error for a guest that has used up its stack.
  if (error instanceof RangeError && error.message === "Maximum call stack size exceeded") {
    return error;
  }
  // Its error for a parameter that is a number instead of a bigint, or vice versa.
  if (fromEngine && (error instanceof TypeError || error instanceof SyntaxError)) {
    return new webAssembly.RuntimeError(
      `a function does not take its parameters: ${error.message}`,
    );
  }
  // An exception can't be sent to another thread.
  if (error instanceof webAssembly.Exception) {
    return new webAssembly.RuntimeError("an exception that nobody caught");
  }
  throw error;
}

function withFurther(
  wasi: WasmImports,
  further: readonly FurtherImport[],
  imports: GuestImports,
): WasmImports {
  const links: Record<string, Record<string, WasmImport>> = {};
  for (const each of further) {
    links[each.module] = { ...links[each.module], [each.name]: imports.further(each) };
  }
  return { ...links, ...wasi };
}

const wasiVersions: ReadonlySet<string> = new Set(["wasi_snapshot_preview1", "wasi_unstable"]);

/** The library's functions, most of them replaced by this host's own. */
function linkImports({ module }: ThreadTask, library: WASI, imports: GuestImports): WasmImports {
  const versions = new Set(
    webAssembly.Module.imports(module)
      .map((each) => each.module)
      .filter((name): name is WasiVersion => wasiVersions.has(name)),
  );
  // The library refuses a module that imports nothing.
  if (versions.size === 0) return {};
  const [offered = {}] = Object.values(library.getImports(module) as WasmImports);
  const kept = Object.entries(offered).filter(([name]) => libraryCalls.has(name));
  return Object.fromEntries(
    [...versions].map((version) => [
      version,
      { ...Object.fromEntries(kept), ...imports.functions(version) },
    ]),
  );
}
