import type { Guest } from "../guest.ts";
import { type GuestExports, GuestMemory } from "../guest-memory.ts";
import type { GuestModule } from "../guest-module.ts";
import { webAssembly, type WasmInstance } from "../webassembly.ts";

/** An instance of a module, which one guest at a time runs on. */
export interface GuestInstance {
  /** The bytes of memory that the guest has asked for. */
  readonly memoryBytes: number;
  /**
   * Runs a guest to its end.
   *
   * @param entered called when the guest begins or continues to compute
   * @throws what ended it, if it didn't return
   */
  run(guest: Guest, entered: () => void): Promise<void>;
}

/**
 * @param running the guest whose calls come now
 * @throws Error if the module can't be instantiated
 */
export function instantiate(
  { module }: GuestModule,
  running: () => Guest | undefined,
): { readonly instance: WasmInstance; readonly memory: GuestMemory } {
  const submit = (
    inPointer: number,
    inLength: number,
    outPointer: number,
    outLength: number,
  ): number | Promise<number> => {
    const guest = running();
    if (guest === undefined) {
      throw new Error("a module must not call the host while it is instantiated");
    }
    return guest.submit(inPointer, inLength, outPointer, outLength);
  };
  const instance = new webAssembly.Instance(module, {
    wasabi: { submit: new webAssembly.Suspending(submit) },
  });
  return { instance, memory: new GuestMemory(instance.exports as unknown as GuestExports) };
}
