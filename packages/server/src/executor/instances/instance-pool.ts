import type { GuestModule } from "../guest-module.ts";
import type { GuestInstance } from "./guest-instance.ts";
import { LoopHost } from "./loop-host.ts";
import { ReusableInstance } from "./reusable-instance.ts";
import { SingleUseInstance } from "./single-use-instance.ts";

/**
 * Max bytes of memory of the instances that wait for a guest, some sixty of them from Rust; the longest idle one goes
 * first. Only the pages that its guests used are resident.
 */
const maxIdleBytes = 96 * 2 ** 20;
/** Each one, however small, has a stack, and takes ten gigabytes of the 140 TB of addresses that a process has. */
const maxIdle = 64;

/** The modules of a thread, and the instances that guests run on. */
export class InstancePool {
  readonly #modules = new Map<string, GuestModule>();
  readonly #host = new LoopHost();
  /** The one that was used last comes last. */
  readonly #idle: ReusableInstance[] = [];

  /** The number of instances that wait for a guest. */
  get idle(): number {
    return this.#idle.length;
  }

  /** Adds a module under a key. */
  add(key: string, module: GuestModule): void {
    this.#modules.set(key, module);
  }

  /** Forgets a module, and its instances once nothing runs on them. */
  remove(key: string): void {
    const module = this.#modules.get(key);
    this.#modules.delete(key);
    for (const instance of this.#idle.filter((each) => each.module === module)) {
      this.#idle.splice(this.#idle.indexOf(instance), 1);
      instance.release();
    }
  }

  /** Releases the instances that wait for a guest. */
  release(): void {
    for (const instance of this.#idle.splice(0)) instance.release();
  }

  /**
   * Finds an instance for one guest.
   *
   * @throws Error if there is no such module, or it can't be instantiated
   */
  take(key: string): GuestInstance {
    const module = this.#modules.get(key);
    if (module === undefined) throw new Error("the executor thread was not given the module");
    const index = this.#idle.findLastIndex((instance) => instance.module === module);
    const [found] = index === -1 ? [] : this.#idle.splice(index, 1);
    if (found !== undefined) return found;
    return module.reusableBytes === null
      ? new SingleUseInstance(module)
      : new ReusableInstance(module, this.#host, (instance) => this.#keep(key, instance));
  }

  #keep(key: string, instance: ReusableInstance): boolean {
    if (this.#modules.get(key) !== instance.module) return false;
    this.#idle.push(instance);
    let bytes = this.#idle.reduce((sum, { module }) => sum + (module.reusableBytes ?? 0), 0);
    while (bytes > maxIdleBytes || this.#idle.length > maxIdle) {
      const oldest = this.#idle.shift();
      bytes -= oldest?.module.reusableBytes ?? 0;
      oldest?.release();
    }
    return true;
  }
}
