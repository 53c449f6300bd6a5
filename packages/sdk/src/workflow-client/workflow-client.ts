import { BaseClient } from "../client/base-client.ts";
import { HttpWorkflowConnection } from "../connection/http-workflow-connection.ts";
import { fetchSenders } from "../http/fetch-sender.ts";
import { Transport } from "../http/transport.ts";
import { resolveClientOptions, type WorkflowClientOptions } from "../options/client-options.ts";
import * as rare from "../rare-of-workflows.ts";

/**
 * A small client of a Flawless server: it starts workflows of deployed modules, and does with them whatever `Flawless`
 * does. It has no deployments, lists, schedules, activities or tickets, and sends everything with `fetch`.
 *
 * ```ts
 * await using client = new WorkflowClient({ url: "http://127.0.0.1:27288" });
 * const run = await client.module("shop", "1.0.0").start("checkout", { order: 7 });
 * console.log(run.id, await run.result());
 * ```
 *
 * Every failure is a {@link FlawlessError} with a stable `code`.
 */
export class WorkflowClient extends BaseClient {
  /** @throws {InvalidOptionError} naming the first unknown or invalid option. */
  constructor(options: WorkflowClientOptions) {
    const resolved = resolveClientOptions(options);
    const transport = new Transport(resolved, fetchSenders(resolved.fetch));
    super({ connection: new HttpWorkflowConnection(transport, ownRare), rare: ownRare });
  }
}

/** Nothing is loaded on demand, so that a bundle is one small file, whatever the bundler. */
const ownRare = async (): Promise<typeof rare> => rare;
