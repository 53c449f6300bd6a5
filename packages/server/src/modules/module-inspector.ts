import { ModuleError } from "@flawless-ts/wasm-module";
import { isModuleErrorCode } from "@flawless-ts/wasm-module/internal";
import type { Worker } from "node:worker_threads";
import { EngineError } from "../errors.ts";
import { NoThreadError } from "../executor/executor-pool.ts";
import { startThread } from "../start-thread.ts";
import type { InspectedModule } from "./inspected-module.ts";
import type { FromInspector, InspectionLimits, ToInspector } from "./inspector-messages.ts";
import { RecentInspections } from "./recent-inspections.ts";

/** Raise this when what is refused, or what is found in a module, changes. */
export const inspectorVersion = 3;

type Pending = PromiseWithResolvers<InspectedModule>;

/** Max bytes of new modules that wait for inspection; a single module may be larger. */
const maxWaitingBytes = 128 * 2 ** 20;

/**
 * Inspects, changes and compiles modules in a separate thread: a large one takes seconds, and the server has other
 * work. There is one for the whole process, because what V8 stores of modules belongs to the process.
 */
export class ModuleInspector {
  readonly #newThread: () => Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #recent = new RecentInspections();
  #thread: Worker | undefined;
  #last = 0;
  #waitingBytes = 0;

  /** @param newThread for tests */
  constructor(newThread: () => Worker = () => startThread("modules/inspector-thread", {})) {
    this.#newThread = newThread;
  }

  /**
   * @param isKnown whether the module has passed before: its costly functions are not tried again
   * @throws ModuleError if the module is refused
   * @throws NoThreadError if there is no thread for it now
   * @throws EngineError `LIMIT_REACHED` if too much is already waiting, or V8 can't take more function types
   */
  async inspect(
    bytes: Uint8Array,
    limits: InspectionLimits,
    { isKnown }: { readonly isKnown: boolean },
  ): Promise<InspectedModule> {
    const recent = this.#recent.find(bytes, { limits, isKnown });
    if (recent !== undefined) return recent;
    if (!isKnown && this.#waitingBytes > 0 && this.#waitingBytes + bytes.length > maxWaitingBytes) {
      throw new EngineError(
        "LIMIT_REACHED",
        "Too many modules are being looked through already. Try again when some are done.",
      );
    }
    this.#last += 1;
    this.#waitingBytes += bytes.length;
    const request = this.#last;
    const pending: Pending = Promise.withResolvers();
    this.#pending.set(request, pending);
    try {
      const thread = (this.#thread ??= this.#start());
      // Keeps the process alive only while somebody waits.
      thread.ref();
      thread.postMessage({ request, bytes, limits, isKnown } satisfies ToInspector);
      const inspected = await pending.promise;
      this.#recent.add(inspected, { limits, isKnown });
      return inspected;
    } finally {
      this.#pending.delete(request);
      this.#waitingBytes -= bytes.length;
      if (this.#pending.size === 0) {
        this.#thread?.unref();
      }
    }
  }

  #start(): Worker {
    let thread: Worker;
    try {
      thread = this.#newThread();
    } catch (cause) {
      throw new NoThreadError(
        `There is no thread to look through modules: ${cause instanceof Error ? cause.message : String(cause)}`,
        { cause },
      );
    }
    thread.on("message", (message: FromInspector) => this.#receive(message));
    const lost = (error?: unknown): void => {
      if (this.#thread === thread) {
        this.#thread = undefined;
        const reason = new NoThreadError("The thread that looks through modules ended", {
          cause: error,
        });
        for (const pending of this.#pending.values()) {
          pending.reject(reason);
        }
      }
    };
    thread.on("error", lost);
    thread.on("exit", () => lost());
    return thread;
  }

  #receive(message: FromInspector): void {
    const pending = this.#pending.get(message.request);
    if (message.type === "inspected") {
      const { name, version, hash, guest, codeBytes, ...found } = message;
      const { sizeBytes, workflows, functionTypes, cancellation } = found;
      const inspector = inspectorVersion;
      pending?.resolve({
        name,
        version,
        hash,
        guest,
        codeBytes,
        inspection: { inspector, sizeBytes, workflows, functionTypes, cancellation },
      });
    } else if (message.code === "LIMIT_REACHED") {
      pending?.reject(new EngineError("LIMIT_REACHED", message.text));
    } else if (isModuleErrorCode(message.code)) {
      pending?.reject(new ModuleError(message.code, message.text));
    } else {
      pending?.reject(new Error(message.text));
    }
  }
}

/** The inspector of this process. Its thread is started with the first module. */
export const moduleInspector: ModuleInspector = new ModuleInspector();
