import {
  initExportName,
  runExportName,
  workflowTableName,
} from "@flawless-ts/wasm-module/internal";
import type { Guest } from "../guest.ts";
import type { GuestMemory } from "../guest-memory.ts";
import type { GuestModule } from "../guest-module.ts";
import { webAssembly, type WasmInstance, type WasmTable } from "../webassembly.ts";
import { type GuestInstance, instantiate } from "./guest-instance.ts";

/** An instance of a module that keeps state which can't be reset. */
export class SingleUseInstance implements GuestInstance {
  readonly #memory: GuestMemory;
  readonly #instance: WasmInstance;
  readonly #module: GuestModule;
  #guest: Guest | undefined;

  /** @throws Error if the module can't be instantiated */
  constructor(module: GuestModule) {
    const { instance, memory } = instantiate(module, () => this.#guest);
    this.#module = module;
    this.#instance = instance;
    this.#memory = memory;
  }

  get memoryBytes(): number {
    return this.#memory.size;
  }

  async run(guest: Guest, entered: () => void): Promise<void> {
    this.#guest = guest;
    guest.connect(this.#memory);
    const { workflow } = guest.start;
    for (const name of [initExportName(workflow), runExportName(workflow)]) {
      entered();
      await webAssembly.promising(this.#find(name))();
    }
  }

  /** @throws Error if the module has no export of that name */
  #find(name: string): unknown {
    const place = this.#module.functions?.get(name);
    const { exports } = this.#instance;
    const found =
      place === undefined ? exports[name] : (exports[workflowTableName] as WasmTable).get(place);
    if (found === undefined) {
      throw new Error(`the module has no export ${JSON.stringify(name)}`);
    }
    return found;
  }
}
