// What both clients can do, for the scenario, with the module "conformance" deployed.
import { FlawlessError, type BaseClient } from "@flawless-ts/sdk/client";

/** What both clients need. */
export interface ClientOptions {
  readonly url: string | readonly string[];
  readonly token?: string;
  readonly maxResponseBytes?: number;
  readonly retry?: { readonly attempts: number; readonly initialDelayMs: number };
}

/** One of the two clients. */
export type ClientClass = new (options: ClientOptions) => BaseClient;

/** Where the servers are. */
export interface Servers {
  readonly url: string;
  /** An address where nothing listens. */
  readonly deadUrl: string;
  /** A server that hangs up on each request. */
  readonly brokenUrl: string;
  readonly token: string;
}

/**
 * Starts workflows, waits, sends, fails and closes.
 *
 * @param key of this client's start
 */
export async function workflowScenario(
  Client: ClientClass,
  { url, deadUrl, brokenUrl, token }: Servers,
  key: string,
): Promise<Readonly<Record<string, unknown>>> {
  const result: Record<string, unknown> = {};
  const client = new Client({ url, token });
  const module = client.module("conformance", "1.0.0");
  const sum = await module.start("add", { a: 2, b: 3 }, { idempotencyKey: key });
  result["response"] = await sum.response();
  result["result"] = await sum.result();
  const again = await module.start("add", { a: 2, b: 3 }, { idempotencyKey: key });
  result["sameWorkflow"] = again.id === sum.id;
  result["executed"] = await module.execute("add", { a: 20, b: 30 });
  result["bigint"] = await module.execute("add", { a: 20n, b: 30 });

  const waiting = await module.start("receive", null);
  result["timeOut"] = await codeOf(() => waiting.response({ timeoutMs: 50 }));
  const stop = new AbortController();
  const aborted = codeOf(() => waiting.response({ signal: stop.signal }));
  stop.abort();
  result["abort"] = await aborted;
  const response = waiting.response();
  await waiting.send("approve", { by: "Ann" });
  result["afterMessage"] = await response;
  const ended = await module.start("receive", null);
  await ended.terminate();
  result["terminated"] = await codeOf(() => ended.response());

  const info = (one: BaseClient): Promise<unknown> => one.workflow(sum.id).info();
  const withClient = async <Value>(
    options: ClientOptions,
    work: (one: BaseClient) => Promise<Value>,
  ): Promise<Value> => {
    const one = new Client(options);
    try {
      return await work(one);
    } finally {
      await one.close();
    }
  };
  result["unknown"] = await codeOf(() => client.workflow("wkf_unknown").info());
  result["badToken"] = await codeOf(() => withClient({ url, token: "no" }, info));
  result["tooLarge"] = await codeOf(() => withClient({ url, token, maxResponseBytes: 10 }, info));
  const retry = { attempts: 3, initialDelayMs: 1 };
  result["failOver"] = await withClient({ url: [deadUrl, url], token, retry }, async (one) => {
    return (await one.workflow(sum.id).info()).status;
  });
  const start = (one: BaseClient): Promise<unknown> => one.module("m", "1").execute("w", null);
  result["dead"] = await failureOf(() => withClient({ url: deadUrl, retry }, start));
  result["broken"] = await failureOf(() => withClient({ url: brokenUrl, retry }, start));
  result["brokenAgain"] = await failureOf(() => withClient({ url: brokenUrl, retry }, info));

  await client.close();
  await client.close();
  result["closed"] = await codeOf(() => info(client));
  return result;
}

async function failureOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (!FlawlessError.is(error)) throw error;
    const { code, maybeSent, attempts } = error as FlawlessError & Record<string, unknown>;
    return { code, maybeSent, attempts };
  }
}

async function codeOf(work: () => Promise<unknown>): Promise<unknown> {
  const failure = await failureOf(work);
  return (failure as { readonly code?: string }).code ?? failure;
}
