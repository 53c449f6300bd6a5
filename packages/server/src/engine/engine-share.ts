import type { ExecutorPool } from "../executor/executor-pool.ts";
import type { WorkflowStore } from "../store/workflow-store.ts";
import { type EngineLimitOptions, resolveEngineLimits } from "./limits.ts";
import { Modules } from "./modules/index.ts";
import { createResidency, RunningCount, type SharedResidency } from "./runs/index.ts";

/** Where the modules of several engines are stored. */
export type ModuleStore = Pick<WorkflowStore, "commit" | "modules" | "moduleBytes">;

/** What an {@link EngineShare} needs. */
export interface EngineShareOptions {
  readonly modules: ModuleStore;
  readonly executors: ExecutorPool;
  readonly limits?: EngineLimitOptions;
  /** Allows other bytes to be deployed under the same name and version. Default false. */
  readonly development?: boolean;
}

/**
 * What the engines of one process share, so that its limits apply to all of them together: the places in memory, the
 * number of running workflows, the deployed modules and their compiled code.
 */
export class EngineShare {
  readonly modules: Modules;
  readonly residency: SharedResidency;
  readonly running: RunningCount = new RunningCount();

  constructor({ modules, executors, limits = {}, development = false }: EngineShareOptions) {
    const resolved = resolveEngineLimits(limits);
    this.residency = createResidency(resolved);
    const commit = {
      commit: (unsaved: { takeWrites(): Parameters<ModuleStore["commit"]>[0] }) =>
        modules.commit(unsaved.takeWrites()),
    };
    this.modules = new Modules(modules, commit, resolved, {
      development,
      forget: (key, bytes) => executors.forgetModule(key, bytes),
    });
  }
}
