import {
  afterEnd,
  hostPlaces,
  hostTableName,
  initExportName,
  loopExportName,
  placeBits,
  runExportName,
} from "@flawless-ts/wasm-module/internal";
import type { Guest } from "../guest.ts";
import type { GuestMemory } from "../guest-memory.ts";
import type { GuestModule } from "../guest-module.ts";
import { webAssembly, type WasmInstance, type WasmTable } from "../webassembly.ts";
import { type GuestInstance, instantiate } from "./guest-instance.ts";
import type { AfterEnd, Looping, LoopHost } from "./loop-host.ts";

/** Ends the loop of an instance, and with it its stack, which V8 would keep as long as the thread lives. */
const noJob = -1;

interface Run extends PromiseWithResolvers<void> {
  readonly guest: Guest;
}

/** An instance that runs one guest after another, on one stack. Each finds memory and globals as in a new instance. */
export class ReusableInstance implements GuestInstance, Looping {
  readonly module: GuestModule;
  readonly #instance: WasmInstance;
  readonly #memory: GuestMemory;
  readonly #host: LoopHost;
  readonly #keep: (instance: ReusableInstance) => boolean;
  #run: Run | undefined;
  /** What the loop has not taken yet. */
  #job: number | undefined;
  /** Gives a job to the loop, which waits for it. */
  #wake: ((job: number) => void) | undefined;

  /**
   * @param keep called when the instance has nothing to do; returns whether it should wait for another guest
   * @throws Error if the module can't be instantiated
   */
  constructor(module: GuestModule, host: LoopHost, keep: (instance: ReusableInstance) => boolean) {
    this.module = module;
    this.#host = host;
    this.#keep = keep;
    const { instance, memory } = instantiate(module, () => this.#run?.guest);
    this.#instance = instance;
    this.#memory = memory;
    const table = instance.exports[hostTableName] as WasmTable;
    table.set(hostPlaces.next, host.next);
    table.set(hostPlaces.ended, host.ended);
  }

  get memoryBytes(): number {
    return this.#memory.size;
  }

  run(guest: Guest, entered: () => void): Promise<void> {
    const job = this.#jobOf(guest.start.workflow);
    guest.connect(this.#memory);
    const run = { guest, ...Promise.withResolvers<void>() };
    this.#run = run;
    entered();
    const wake = this.#wake;
    if (wake === undefined) {
      this.#job = job;
      this.#loop();
    } else {
      this.#wake = undefined;
      wake(job);
    }
    return run.promise;
  }

  /** Call this when nothing will run on the instance any more. */
  release(): void {
    this.#wake?.(noJob);
    this.#wake = undefined;
  }

  next(): number | Promise<number> {
    const job = this.#job;
    if (job !== undefined) {
      this.#job = undefined;
      return job;
    }
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#wake = resolve;
    return this.#keep(this) ? promise : noJob;
  }

  ended(completed: boolean): AfterEnd {
    const run = this.#run;
    if (!completed && run?.guest.stopped === undefined) {
      // V8 threw this one: a call of the host in `wasabi::alloc` can't suspend, for example. It arrives below.
      return afterEnd.throwAgain;
    }
    this.#run = undefined;
    if (completed) {
      run?.resolve();
    } else {
      run?.reject(run.guest.stopped);
    }
    // A memory that has grown can't shrink.
    return this.#memory.capacity === this.module.reusableBytes ? afterEnd.goOn : afterEnd.leave;
  }

  #loop(): void {
    const number = this.#host.register(this);
    webAssembly
      .promising(this.#instance.exports[loopExportName])(number)
      .catch((error: unknown) => this.#run?.reject(error))
      .finally(() => this.#host.forget(number));
  }

  /** @throws Error if the module has no such workflow */
  #jobOf(workflow: string): number {
    const [init, run] = [initExportName, runExportName].map((nameOf) => {
      const place = this.module.functions?.get(nameOf(workflow));
      if (place === undefined) {
        this.release();
        throw new Error(`the module has no export ${JSON.stringify(nameOf(workflow))}`);
      }
      return place;
    }) as [number, number];
    return init + run * 2 ** placeBits;
  }
}
