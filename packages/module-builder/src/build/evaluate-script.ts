import type { Description } from "../guest/engine.ts";
import { allocationPlan } from "./allocation-plan.ts";
import { askEngine, instantiateEngine, parseOutput } from "./engine-instance.ts";

/** The engine after it has loaded a script. Everything here can be sent to another thread. */
export type LoadedScript =
  | {
      readonly loaded: true;
      readonly description: Description;
      /** All of its memory. */
      readonly memory: Uint8Array<ArrayBuffer>;
    }
  | { readonly loaded: false; readonly problem: ScriptProblem; readonly isTimeUp: boolean };

/** Why the engine refuses a script. Locations are those in the script. */
export interface ScriptProblem {
  readonly message: string;
  readonly stack: string;
}

/** Room for records of two million events; later allocations are treated as live. */
const notesBytes = 16 * 1024 * 1024;

/**
 * Makes the engine evaluate a script, in this thread.
 *
 * @param compiled the compiled engine, including the library.
 * @param timeoutMs the max duration of each of the two evaluations.
 * @param begins called before each evaluation.
 * @throws WebAssembly.RuntimeError if it traps because it needs more memory or stack.
 */
export async function evaluateScript(
  compiled: object,
  code: string,
  timeoutMs: number,
  begins: () => void,
): Promise<LoadedScript> {
  const compiler = await instantiateEngine(compiled);
  const bytecode = askEngine(compiler, compiler.engine_compile, new TextEncoder().encode(code));
  if (!bytecode.successful) {
    return { loaded: false, problem: parseOutput(bytecode.bytes), isTimeUp: false };
  }

  let deadline = Infinity;
  let isTimeUp = false;
  const mayGoOn = (): boolean => {
    isTimeUp = performance.now() >= deadline;
    return !isTimeUp;
  };
  const begin = (): void => {
    begins();
    deadline = performance.now() + timeoutMs;
  };

  const trial = await instantiateEngine(compiled, mayGoOn);
  const notes = trial.engine_record(notesBytes);
  begin();
  const tried = askEngine(trial, trial.engine_load, bytecode.bytes);
  if (!tried.successful) return { loaded: false, problem: parseOutput(tried.bytes), isTimeUp };
  const plan = allocationPlan(
    new Uint32Array(trial.memory.buffer, notes, (trial.engine_record_end() - notes) / 4),
  );

  const engine = await instantiateEngine(compiled, mayGoOn);
  const stackPointer = engine.__stack_pointer.value;
  const area = engine.engine_follow(plan.allocations, plan.keptBytes, plan.areaBytes);
  const allBytes = engine.memory.buffer.byteLength;
  if (area !== 0) new Uint8Array(engine.memory.buffer, area).set(plan.freed);
  begin();
  const output = askEngine(engine, engine.engine_load, bytecode.bytes);
  if (!output.successful) return { loaded: false, problem: parseOutput(output.bytes), isTimeUp };
  if (engine.__stack_pointer.value !== stackPointer) {
    throw new Error("the engine left something on its stack: its memory can't be kept alone");
  }
  const isAreaEmpty = engine.engine_finish() !== 0;
  const canBeCut = area !== 0 && isAreaEmpty && engine.memory.buffer.byteLength === allBytes;
  const memory = new Uint8Array(engine.memory.buffer.slice(0, canBeCut ? area : undefined));
  // Everything below the stack pointer is left over from calls that have returned.
  memory.fill(0, 0, stackPointer);
  return { loaded: true, description: parseOutput(output.bytes), memory };
}
