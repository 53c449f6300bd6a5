import { type afterEnd, hostFunctionsModule } from "@flawless-ts/wasm-module/internal";
import { webAssembly } from "../webassembly.ts";

/** What a loop does after a guest. */
export type AfterEnd = (typeof afterEnd)[keyof typeof afterEnd];

/** Runs guests in the loop of `makeReusable`. */
export interface Looping {
  /** The next job, or a promise of it, which suspends the loop. */
  next(): number | Promise<number>;
  /** Called when a guest has ended, by itself or by an exception of the host. */
  ended(completed: boolean): AfterEnd;
}

/** The host's side of all loops in a thread. */
export class LoopHost {
  /** Functions of WebAssembly, for the instances' tables. */
  readonly next: unknown;
  readonly ended: unknown;
  readonly #instances = new Map<number, Looping>();
  #last = 0;

  constructor() {
    const find = (number: number): Looping => {
      const found = this.#instances.get(number);
      if (found === undefined) throw new Error(`there is no instance ${number}`);
      return found;
    };
    const { exports } = new webAssembly.Instance(new webAssembly.Module(hostFunctionsModule), {
      h: {
        n: new webAssembly.Suspending((number) => find(number).next()),
        e: (number: number, completed: number) => find(number).ended(completed === 1),
      },
    });
    this.next = exports["n"];
    this.ended = exports["e"];
  }

  /** Returns the number for the instance's loop. */
  register(instance: Looping): number {
    this.#last += 1;
    this.#instances.set(this.#last, instance);
    return this.#last;
  }

  /** Call this once the loop has ended. */
  forget(number: number): void {
    this.#instances.delete(number);
  }
}
