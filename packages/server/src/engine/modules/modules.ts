import {
  type HeardCancellation,
  moduleTypes,
  type ModuleTypes,
} from "@flawless-ts/wasm-module/internal";
import { createHash } from "node:crypto";
import { ModuleError } from "@flawless-ts/wasm-module";
import { EngineError } from "../../errors.ts";
import { toIsoTime } from "../../host-calls/deadline.ts";
import { NoThreadError } from "../../executor/executor-pool.ts";
import type { GuestModule } from "../../executor/guest-module.ts";
import type { WorkflowStore, ModuleInspection, StoredModule } from "../../store/workflow-store.ts";
import { maxDeployedTypes } from "../../modules/function-types.ts";
import type { InspectedModule } from "../../modules/inspected-module.ts";
import { inspectorVersion, moduleInspector } from "../../modules/module-inspector.ts";
import type { Committer } from "../committer.ts";
import { CompiledModules } from "./compiled-modules.ts";
import type { EngineLimits } from "../limits.ts";
import type { ModuleSummary } from "../types.ts";

/** Options of {@link Modules} besides its limits. */
export interface ModulesOptions {
  readonly development: boolean;
  /** Called when a compiled module is dropped, with its {@link moduleKey} and its size in memory. */
  forget(key: string, bytes: number): void;
}

/** Identifies a compiled module for threads: the same bytes with other limits are a different one. */
export function moduleKey(
  hash: string,
  { memoryBytes, tableElements }: Pick<EngineLimits, "memoryBytes" | "tableElements">,
): string {
  return `${hash} ${memoryBytes} ${tableElements}`;
}

/** The types of this many modules are cached in memory. */
const maxKnownTypes = 16;

interface Deployed {
  readonly summary: ModuleSummary;
  readonly functionTypes: number;
}

/** The deployed modules, by name and version; their bytes by content hash. */
export class Modules {
  readonly #store: Pick<WorkflowStore, "modules" | "moduleBytes">;
  readonly #committer: Pick<Committer, "commit">;
  readonly #limits: EngineLimits;
  readonly #development: boolean;
  readonly #deployed = new Map<string, Deployed>();
  readonly #compiled: CompiledModules;
  readonly #saved = new Map<string, Promise<void>>();
  /** By content hash, the most recently used at the end. */
  readonly #types = new Map<string, Promise<ModuleTypes | null>>();
  /** By content hash. Includes modules that were replaced, because their workflows may still run. */
  readonly #heardCancellation = new Map<string, HeardCancellation>();

  constructor(
    store: Pick<WorkflowStore, "modules" | "moduleBytes">,
    committer: Pick<Committer, "commit">,
    limits: EngineLimits,
    options: ModulesOptions,
  ) {
    this.#store = store;
    this.#committer = committer;
    this.#limits = limits;
    this.#development = options.development;
    this.#compiled = new CompiledModules(limits.compiledModuleBytes, (hash, bytes) =>
      options.forget(moduleKey(hash, limits), bytes),
    );
  }

  /** Reads what was deployed before, by others too. Trusts the stored results of this version's inspector. */
  async load(): Promise<void> {
    for (const stored of await this.#store.modules()) {
      const known = this.#deployed.get(key(stored.name, stored.version));
      if (known?.summary.hash === stored.hash) {
        continue;
      }
      if (stored.inspection?.inspector === inspectorVersion) {
        this.#remember(stored, stored.inspection);
      } else {
        await this.#inspectAgain(stored);
      }
    }
  }

  list(): readonly ModuleSummary[] {
    return [...this.#deployed.values()].map(({ summary }) => summary);
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
          ? `No module ${JSON.stringify(name)} is deployed. Deploy it first.`
          : `Module ${JSON.stringify(name)} is not deployed in version ${JSON.stringify(version)}, but in ${known}.`,
      );
    }
    return module.summary;
  }

  /**
   * The version of a module that was deployed last.
   * @throws EngineError `MODULE_NOT_FOUND`
   */
  newest(name: string): ModuleSummary {
    const versions = this.list().filter((module) => module.name === name);
    const newest = versions.reduce<ModuleSummary | undefined>(
      (latest, each) =>
        latest === undefined || each.deployedAt >= latest.deployedAt ? each : latest,
      undefined,
    );
    return newest ?? this.find(name, "");
  }

  /** The workflows of a module with a running guest. It may no longer be the deployed one of its name. */
  knownWorkflowNames(hash: string): readonly string[] {
    return this.#compiled.workflowNames(hash);
  }

  /** @throws EngineError `MODULE_REFUSED`, `MODULE_CONFLICT`, `LIMIT_REACHED` */
  async deploy(bytes: Uint8Array, now: number): Promise<ModuleSummary> {
    // A deployed module need not be inspected again, and stays deployed even if limits were lowered.
    const known = this.#deployedAs(bytes);
    if (known !== undefined) {
      await this.#saved.get(known.hash);
      return known;
    }
    const module = await this.#inspect(bytes, false);
    const { name, version, hash, inspection } = module;
    const same = this.#deployed.get(key(name, version));
    if (same?.summary.hash === hash) {
      await this.#saved.get(hash);
      return same.summary;
    }
    if (same !== undefined && !this.#development) {
      throw new EngineError(
        "MODULE_CONFLICT",
        `Module ${name} ${version} is deployed already with other bytes. Give the changed module ` +
          `another version, or start the server with --dev to replace it.`,
      );
    }
    this.#assertRoomFor(module);
    await this.#compiled.add(hash, Promise.resolve(module));
    const stored: StoredModule = { name, version, hash, deployedAt: now, inspection };
    const summary = this.#remember(stored, inspection);
    const saved = this.#save(stored, bytes);
    this.#saved.set(hash, saved);
    try {
      await saved;
    } catch (error) {
      this.#saved.delete(hash);
      this.#forget(summary, same);
      throw error;
    }
    return summary;
  }

  /** The compiled module. Its memory and tables are limited; the hash is that of the original bytes. */
  async compiled(hash: string): Promise<GuestModule> {
    const { guest } = await (this.#compiled.get(hash) ??
      this.#compiled.add(
        hash,
        this.#bytes(hash).then((bytes) => this.#inspect(bytes, true)),
      ));
    return guest;
  }

  /** What a module says of its workflows' types, unchecked; null if it says nothing, or does not exist. */
  types(hash: string): Promise<ModuleTypes | null> {
    const known = this.#types.get(hash);
    const types = known ?? this.#readTypes(hash);
    this.#types.delete(hash);
    this.#types.set(hash, types);
    for (const oldest of [...this.#types.keys()].slice(0, -maxKnownTypes)) {
      this.#types.delete(oldest);
    }
    return types;
  }

  async #readTypes(hash: string): Promise<ModuleTypes | null> {
    try {
      const bytes = await this.#store.moduleBytes(hash);
      return bytes === undefined ? null : (moduleTypes(bytes) ?? null);
    } catch (error) {
      this.#types.delete(hash);
      throw error;
    }
  }

  /** How workflows of a module are told that they are cancelled; `none` if the module can no longer run. */
  async heardCancellation(hash: string): Promise<HeardCancellation> {
    let heard = this.#heardCancellation.get(hash);
    if (heard === undefined) {
      const inspected = await this.#inspect(await this.#bytes(hash), true).catch(() => undefined);
      heard = inspected?.inspection.cancellation ?? "none";
      this.#heardCancellation.set(hash, heard);
    }
    return heard;
  }

  /** It could not be saved: restores what was there before. */
  #forget({ name, version, hash }: ModuleSummary, before: Deployed | undefined): void {
    if (this.#deployed.get(key(name, version))?.summary.hash !== hash) {
      return;
    }
    if (before === undefined) {
      this.#deployed.delete(key(name, version));
    } else {
      this.#deployed.set(key(name, version), before);
    }
  }

  #deployedAs(bytes: Uint8Array): ModuleSummary | undefined {
    const sameSize = this.list().filter(({ sizeBytes }) => sizeBytes === bytes.length);
    if (sameSize.length === 0) {
      return undefined;
    }
    const hash = createHash("sha256").update(bytes).digest("hex");
    return sameSize.find((summary) => summary.hash === hash);
  }

  async #inspect(bytes: Uint8Array, isKnown: boolean): Promise<InspectedModule> {
    try {
      return await moduleInspector.inspect(bytes, this.#limits, { isKnown });
    } catch (error) {
      if (ModuleError.is(error)) {
        throw new EngineError("MODULE_REFUSED", error.message, { cause: error });
      }
      if (error instanceof NoThreadError && !isKnown) {
        throw new EngineError("LIMIT_REACHED", `${error.message}. Try again.`, { cause: error });
      }
      throw error;
    }
  }

  /**
   * Replaces and stores the results of another version. A module that would be refused now stays, without workflows.
   */
  async #inspectAgain(stored: StoredModule): Promise<void> {
    const bytes = await this.#bytes(stored.hash);
    try {
      const { inspection } = await this.#inspect(bytes, false);
      this.#remember(stored, inspection);
      await this.#save({ ...stored, inspection }, bytes);
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== "MODULE_REFUSED") {
        throw error;
      }
      const sizeBytes = bytes.length;
      const nothing = {
        inspector: 0,
        workflows: [],
        functionTypes: 0,
        cancellation: "none" as const,
        sizeBytes,
      };
      this.#remember(stored, nothing);
    }
  }

  /** @throws EngineError `LIMIT_REACHED` */
  #assertRoomFor({ name, version, inspection }: InspectedModule): void {
    const { deployedModules, deployedModuleBytes } = this.#limits;
    const others = [...this.#deployed]
      .filter(([other]) => other !== key(name, version))
      .map(([, other]) => other);
    const bytes = others.reduce((sum, { summary }) => sum + summary.sizeBytes, 0);
    const types = others.reduce((sum, { functionTypes }) => sum + functionTypes, 0);
    const problem =
      others.length >= deployedModules
        ? `${others.length} modules are deployed, as many as the limit deployedModules allows.`
        : bytes + inspection.sizeBytes > deployedModuleBytes
          ? `The deployed modules have ${bytes} bytes, and with this one more than the limit deployedModuleBytes allows.`
          : types + inspection.functionTypes > maxDeployedTypes
            ? `The deployed modules have ${types} function types, and with this one more than the ${maxDeployedTypes} that V8 can take. Start another server for this one.`
            : undefined;
    if (problem !== undefined) {
      throw new EngineError("LIMIT_REACHED", problem);
    }
  }

  #save(module: StoredModule, bytes: Uint8Array): Promise<void> {
    return this.#committer.commit({ takeWrites: () => [{ kind: "deploy", module, bytes }] });
  }

  async #bytes(hash: string): Promise<Uint8Array> {
    const bytes = await this.#store.moduleBytes(hash);
    if (bytes === undefined) {
      const advice = "Stop the server and run: flawless check WORKING-DIRECTORY";
      throw new EngineError(
        "JOURNAL_DAMAGED",
        `The journal has lost the bytes of module ${hash}. ${advice}`,
      );
    }
    return bytes;
  }

  #remember(stored: StoredModule, inspection: ModuleInspection): ModuleSummary {
    const { name, version, hash, deployedAt } = stored;
    const { sizeBytes, workflows, functionTypes, cancellation } = inspection;
    this.#heardCancellation.set(hash, cancellation);
    const summary: ModuleSummary = {
      name,
      version,
      hash,
      sizeBytes,
      workflows,
      deployedAt: toIsoTime(deployedAt),
    };
    this.#deployed.set(key(name, version), { summary, functionTypes });
    return summary;
  }
}

function key(name: string, version: string): string {
  return `${name}\n${version}`;
}
