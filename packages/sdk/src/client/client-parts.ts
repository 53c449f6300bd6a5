import type { WorkflowConnection } from "../connection/connection.ts";
import type * as rare from "../rare-of-workflows.ts";

/** Code that few programs run. */
export type RareCode = typeof rare;

/** What the objects of a client share. */
export interface ClientParts {
  readonly connection: WorkflowConnection;
  /** Loads what is rarely called. `WorkflowClient` contains it, so that its bundle is one small file. */
  readonly rare: () => Promise<RareCode>;
}
