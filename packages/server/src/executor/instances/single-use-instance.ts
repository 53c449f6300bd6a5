import {
  initExportName,
  runExportName,
  workflowTableName,
} from "@flawless-ts/wasm-module/internal";
import type { Guest } from "../guest.ts";
import { memoryBytesOf, type GuestExports } from "../guest-memory.ts";
import type { GuestModule } from "../guest-module.ts";
import { webAssembly, type WasmInstance, type WasmTable } from "../webassembly.ts";
import { type GuestInstance, instantiate } from "./guest-instance.ts";

/** An instance of a module that keeps state which can't be reset. */
export class SingleUseInstance implements GuestInstance {
  readonly #exports: GuestExports;
  readonly #instance: WasmInstance;
  readonly #module: GuestModule;
  #guest: Guest | undefined;

  /** @throws Error if the module can't be instantiated */
  constructor(module: GuestModule) {
    const { instance, exports } = instantiate(module, () => this.#guest);
    this.#module = module;
    this.#instance = instance;
    this.#exports = exports;
  }

  get memoryBytes(): number {
    return memoryBytesOf(this.#exports);
  }

  async run(guest: Guest, entered: () => void): Promise<void> {
    this.#guest = guest;
    guest.connect(this.#exports);
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
