import type { ModuleSummary, WorkflowHistory, WorkflowInfo } from "@flawless-ts/server";

/** What to start; `input` is JSON text. */
export interface BackendStart {
  readonly module: string;
  readonly version: string;
  readonly workflow: string;
  readonly input: string;
}

/** The server below an environment: an engine in this process, or one that runs elsewhere. */
export interface Backend {
  deploy(bytes: Uint8Array): Promise<Pick<ModuleSummary, "name" | "version">>;
  /** @returns the id, as soon as the start is durable where the server can tell */
  start(start: BackendStart): Promise<string>;
  /** Waits for the response's JSON text; null where the workflow ended without one. */
  response(id: string): Promise<string | null>;
  /** Waits for the end. */
  completion(id: string): Promise<WorkflowInfo>;
  send(id: string, type: string, data: string): Promise<void>;
  cancel(id: string): Promise<void>;
  info(id: string): Promise<WorkflowInfo>;
  history(id: string): Promise<WorkflowHistory>;
  close(): Promise<void>;
}
