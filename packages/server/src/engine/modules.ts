import { createHash } from "node:crypto";
import { inspectModule, FlawlessError } from "@flawless-ts/wasm-module";
import { EngineError } from "../errors.ts";
import { toIsoTime } from "../host-calls/deadline.ts";
import { compileGuestModule, type GuestModule } from "../executor/guest-module.ts";
import type { Journal, JournalWrite, StoredModule } from "../journal/journal.ts";
import type { Committer } from "./committer.ts";
import type { EngineLimits } from "./limits.ts";
import type { ModuleSummary } from "./types.ts";

const wasmPageBytes = 65_536;

/** The deployed modules, by name and version; their bytes by content hash. */
export class Modules {
  readonly #journal: Journal;
  readonly #committer: Committer;
  readonly #limits: EngineLimits;
  readonly #development: boolean;
  readonly #deployed = new Map<string, ModuleSummary>();
  readonly #compiled = new Map<string, Promise<GuestModule>>();
  readonly #workflowNames = new Map<string, readonly string[]>();
  readonly #saved = new Map<string, Promise<void>>();

  constructor(
    journal: Journal,
    committer: Committer,
    limits: EngineLimits,
    options: { readonly development: boolean },
  ) {
    this.#journal = journal;
    this.#committer = committer;
    this.#limits = limits;
    this.#development = options.development;
  }

  /** Reads what was deployed before. */
  async load(): Promise<void> {
    for (const stored of await this.#journal.modules()) {
      const bytes = await this.#bytes(stored.hash);
      this.#remember(stored, bytes);
    }
  }

  list(): readonly ModuleSummary[] {
    return [...this.#deployed.values()];
  }

  /** @throws EngineError `MODULE_NOT_FOUND` */
  find(name: string, version: string): ModuleSummary {
    const module = this.#deployed.get(key(name, version));
    if (module === undefined) {
      const versions = this.list().filter((other) => other.name === name);
      const known = versions.map((other) => other.version).join(", ");
      throw new EngineError(
        "MODULE_NOT_FOUND",
        versions.length === 0
          ? `no module ${JSON.stringify(name)} is deployed`
          : `module ${JSON.stringify(name)} is not deployed in version ${JSON.stringify(version)}, but in ${known}`,
      );
    }
    return module;
  }

  /** The workflows of a module that may no longer be the deployed one of its name. */
  async workflowNames(hash: string): Promise<readonly string[]> {
    const names = this.#workflowNames.get(hash) ?? inspectModule(await this.#bytes(hash)).workflows;
    this.#workflowNames.set(hash, names);
    return names;
  }

  /** The same, where it is known already. */
  knownWorkflowNames(hash: string): readonly string[] {
    return this.#workflowNames.get(hash) ?? [];
  }

  /** @throws EngineError `MODULE_REFUSED`, `MODULE_CONFLICT` */
  async deploy(bytes: Uint8Array, now: number): Promise<ModuleSummary> {
    const info = inspect(bytes, this.#limits);
    const { name, version, contentHash: hash } = info;
    const same = this.#deployed.get(key(name, version));
    if (same?.hash === hash) {
      await this.#saved.get(hash);
      return same;
    }
    if (same !== undefined && !this.#development) {
      throw new EngineError(
        "MODULE_CONFLICT",
        `module ${name} ${version} is deployed already with other bytes: give the changed module ` +
          `another version, or start the server with --dev to replace it`,
      );
    }
    await this.#compile(hash, bytes);
    // Deployed by someone else meanwhile: the same rules hold for the second one.
    if (this.#deployed.get(key(name, version)) !== same) {
      return this.deploy(bytes, now);
    }
    const stored: StoredModule = { name, version, hash, deployedAt: now };
    const summary = this.#remember(stored, bytes);
    const writes: readonly JournalWrite[] = [{ kind: "deploy", module: stored, bytes }];
    const saved = this.#committer.commit({ takeWrites: () => writes });
    this.#saved.set(hash, saved);
    await saved;
    return summary;
  }

  /** The compiled module. Its memory and tables are limited; the hash is that of the original bytes. */
  async compiled(hash: string): Promise<GuestModule> {
    return this.#compiled.get(hash) ?? this.#compile(hash, await this.#bytes(hash));
  }

  async #compile(hash: string, bytes: Uint8Array): Promise<GuestModule> {
    const known = this.#compiled.get(hash);
    if (known !== undefined) {
      return known;
    }
    const compiling = compileGuestModule(bytes, {
      maximumMemoryPages: Math.floor(this.#limits.memoryBytes / wasmPageBytes),
      maximumTableElements: this.#limits.tableElements,
    });
    this.#compiled.set(hash, compiling);
    try {
      return await compiling;
    } catch (error) {
      this.#compiled.delete(hash);
      const reason = error instanceof Error ? error.message : String(error);
      throw new EngineError("MODULE_REFUSED", `the module does not compile: ${reason}`, {
        cause: error,
      });
    }
  }

  async #bytes(hash: string): Promise<Uint8Array> {
    const bytes = await this.#journal.moduleBytes(hash);
    if (bytes === undefined) {
      throw damaged(`the journal has lost the bytes of module ${hash}`);
    }
    if (createHash("sha256").update(bytes).digest("hex") !== hash) {
      throw damaged(`the journal holds other bytes for module ${hash} than were deployed`);
    }
    return bytes;
  }

  #remember(stored: StoredModule, bytes: Uint8Array): ModuleSummary {
    const { name, version, hash, deployedAt } = stored;
    const { workflows } = inspectModule(bytes);
    this.#workflowNames.set(hash, workflows);
    const summary: ModuleSummary = {
      name,
      version,
      hash,
      sizeBytes: bytes.length,
      workflows,
      deployedAt: toIsoTime(deployedAt),
    };
    this.#deployed.set(key(name, version), summary);
    return summary;
  }
}

function inspect(bytes: Uint8Array, limits: EngineLimits): ReturnType<typeof inspectModule> {
  try {
    return inspectModule(bytes, {
      maximumBytes: limits.moduleBytes,
      maximumMemoryBytes: limits.memoryBytes,
    });
  } catch (error) {
    if (FlawlessError.is(error)) {
      throw new EngineError("MODULE_REFUSED", error.message, { cause: error });
    }
    throw error;
  }
}

function damaged(what: string): EngineError {
  const advice = "Stop the server and run: flawless check WORKING-DIRECTORY";
  return new EngineError("JOURNAL_DAMAGED", `${what}. ${advice}`);
}

function key(name: string, version: string): string {
  return `${name}\n${version}`;
}
