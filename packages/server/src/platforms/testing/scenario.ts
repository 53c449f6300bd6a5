// Everything a client does, as one program for every platform: it is run unchanged, bundled, and loaded by a page. So
// it takes everything as an argument, returns its result as JSON, and uses no syntax newer than the platforms.
import { Flawless, FlawlessError } from "@flawless-ts/sdk";

/** The input of the scenario. */
export interface ScenarioInput {
  readonly url: string;
  /** An address where nothing listens. */
  readonly deadUrl: string;
  /** A server that hangs up on each request. */
  readonly brokenUrl: string;
  readonly token: string;
  /** Where the module `conformance` can be fetched. */
  readonly moduleUrl: string;
}

/** The result, the same everywhere except for `dead`, because browsers don't say what went wrong. */
export type ScenarioResult = Readonly<Record<string, unknown>>;

/** Runs the scenario. */
export async function scenario(input: ScenarioInput): Promise<ScenarioResult> {
  const { url, deadUrl, brokenUrl, token } = input;
  const result: Record<string, unknown> = {};
  const flawless = new Flawless({ url, token });
  const module = await flawless.deploy(await (await fetch(input.moduleUrl)).arrayBuffer());
  result["deployed"] = [module.name, module.version];
  const sum = await module.start("add", { a: 2, b: 3 }, { idempotencyKey: "once" });
  result["response"] = await sum.response();
  const again = await module.start("add", { a: 2, b: 3 }, { idempotencyKey: "once" });
  result["sameWorkflow"] = again.id === sum.id;
  result["executed"] = await module.execute("add", { a: 20, b: 30 });

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

  result["unknown"] = await codeOf(() => flawless.workflow("wkf_unknown").info());
  result["badToken"] = await codeOf(() =>
    withClient({ url, token: "no" }, (one) => one.listModules()),
  );
  result["tooLarge"] = await codeOf(() =>
    withClient({ url, token, maxResponseBytes: 10 }, (one) => one.listModules()),
  );
  const retry = { attempts: 3, initialDelayMs: 1 };
  result["failOver"] = await withClient({ url: [deadUrl, url], token, retry }, async (one) => {
    return (await one.listModules()).map(({ name }) => name);
  });
  const start = (one: Flawless): Promise<unknown> => one.module("m", "1").execute("w", null);
  result["dead"] = await failureOf(() => withClient({ url: deadUrl, retry }, start));
  result["broken"] = await failureOf(() => withClient({ url: brokenUrl, retry }, start));
  result["brokenAgain"] = await failureOf(() =>
    withClient({ url: brokenUrl, retry }, (one) => one.version()),
  );

  await flawless.close();
  await flawless.close();
  result["closed"] = await codeOf(() => flawless.version());
  return result;
}

async function withClient<Value>(
  options: ConstructorParameters<typeof Flawless>[0],
  work: (flawless: Flawless) => Promise<Value>,
): Promise<Value> {
  const flawless = new Flawless(options);
  try {
    return await work(flawless);
  } finally {
    await flawless.close();
  }
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
