import {
  Flawless,
  parseJson,
  writeJson,
  type FlawlessOptions,
  type WorkflowHandle,
} from "@flawless-ts/sdk";
import type { ModuleSummary, WorkflowHistory, WorkflowInfo } from "@flawless-ts/server";
import type { Backend, BackendStart } from "./backend.ts";

/** A server that runs elsewhere: ours, or the original one as far as that goes. */
export class RemoteBackend implements Backend {
  readonly #client: Flawless;
  readonly #responses = new Map<string, Promise<string | null>>();

  constructor(options: FlawlessOptions) {
    this.#client = new Flawless(options);
  }

  async deploy(bytes: Uint8Array): Promise<Pick<ModuleSummary, "name" | "version">> {
    return this.#client.deploy(bytes);
  }

  /** A server tells the id together with the response: until then nobody knows it. */
  async start(start: BackendStart): Promise<string> {
    const module = this.#client.module(start.module, start.version);
    const run = await module.start(start.workflow, parseJson(start.input));
    this.#responses.set(run.id, Promise.resolve(run.responseText));
    return run.id;
  }

  async response(id: string): Promise<string | null> {
    return (await this.#responses.get(id)) ?? null;
  }

  async completion(id: string): Promise<WorkflowInfo> {
    await this.#workflow(id).completion();
    return this.info(id);
  }

  async send(id: string, type: string, data: string): Promise<void> {
    await this.#workflow(id).send(type, parseJson(data));
  }

  async cancel(id: string): Promise<void> {
    await this.#workflow(id).cancel();
  }

  async info(id: string): Promise<WorkflowInfo> {
    return (await this.#workflow(id).status()) as WorkflowInfo;
  }

  async history(id: string): Promise<WorkflowHistory> {
    const journal = await this.#workflow(id).journal();
    const steps = journal.steps.map((step) => ({
      ...step,
      call: writeJson(step.call),
      answer: step.answer === null ? null : writeJson(step.answer),
    }));
    return { ...journal, steps } as WorkflowHistory;
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  #workflow(id: string): WorkflowHandle {
    return this.#client.workflow(id);
  }
}
