import { parentPort } from "node:worker_threads";
import { inspectModule, ModuleError } from "@flawless-ts/wasm-module";
import { examineModule } from "@flawless-ts/wasm-module/internal";
import { EngineError } from "../errors.ts";
import { CodeCollector } from "../executor/code-collector.ts";
import { compileGuestModule, type GuestModule } from "../executor/guest-module.ts";
import { CompileTrials } from "./compile-trials.ts";
import { FunctionTypes } from "./function-types.ts";
import type { FromInspector, InspectionLimits, ToInspector } from "./inspector-messages.ts";

const port = parentPort;
if (port === null) {
  throw new Error("inspector-thread.ts only runs as a worker thread");
}
const collector = new CodeCollector();
const trials = new CompileTrials();
const functionTypes = new FunctionTypes();

port.on("message", (message: ToInspector) => {
  void inspect(message).then((answer) => {
    port.postMessage(answer);
    // From now on this thread doesn't need the module.
    collector.letGo(answer.type === "inspected" ? answer.sizeBytes + answer.codeBytes : 0);
  });
});

async function inspect({ request, bytes, limits, isKnown }: ToInspector): Promise<FromInspector> {
  try {
    const found = examineModule(bytes, {
      maxBytes: limits.moduleBytes,
      maxMemoryBytes: limits.memoryBytes,
    });
    const { info, extensions, functionTypes: types, codeBytes, trial } = found;
    functionTypes.add(types, { isKnown });
    if (trial !== null && !isKnown) {
      await trials.run(trial, limits);
    }
    const { name, version, workflows, contentHash: hash, sizeBytes } = info;
    return {
      type: "inspected",
      request,
      name,
      version,
      hash,
      sizeBytes,
      workflows,
      functionTypes: types.length,
      cancellation: extensions.cancellation,
      codeBytes,
      guest: compile(bytes, limits),
    };
  } catch (error) {
    return refusal(request, error);
  }
}

function compile(bytes: Uint8Array, { memoryBytes, tableElements }: InspectionLimits): GuestModule {
  const limits = { maxInstanceBytes: memoryBytes, maxTableElements: tableElements };
  try {
    return compileGuestModule(bytes, limits);
  } catch (error) {
    if (!ModuleError.is(error)) {
      // This throws an error that says what to do about a module that V8 finds invalid.
      inspectModule(bytes);
    }
    throw error;
  }
}

function refusal(request: number, error: unknown): FromInspector {
  const text = error instanceof Error ? error.message : String(error);
  const isLimit = error instanceof EngineError && error.code === "LIMIT_REACHED";
  const code = isLimit ? "LIMIT_REACHED" : ModuleError.is(error) ? error.code : undefined;
  return { type: "refused", request, code, text };
}
