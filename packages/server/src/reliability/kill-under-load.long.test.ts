import {
  ConflictError,
  FlawlessConnectionError,
  type DeployedModule,
  type WorkflowInfo,
} from "@flawless-ts/sdk";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { expect, onTestFailed, test } from "vitest";
import { faultsOf, goMessage, readRun } from "./all-calls-run.ts";
import { OutsideWorld } from "./outside-world.ts";
import { SeededRandom } from "./random.ts";
import { ServerProcess } from "./server-process.ts";

const seed = 20_251_123;
const kills = 5;
const workflowsOfEachKind = 10;
const requestsOfSequence = 5;
/** Requests that are repeated until their response arrive despite the kills: enough for every kill. */
const maxRequestsBeforeKill = 10;
const maxTries = 2 * kills + 1;

/** A workflow whose start and messages, if any, were acknowledged. */
interface Acknowledged {
  readonly id: string;
  /** Throws if it didn't end correctly. */
  check(info: WorkflowInfo): void | Promise<void>;
}

/** What the functions below need to start workflows. */
interface Load {
  readonly server: ServerProcess;
  readonly world: OutsideWorld;
  readonly conformance: DeployedModule;
}

/** How long it continues, with further seeds, for `npm run soak`. */
const soakMs = Number(process.env["FLAWLESS_SOAK_MINUTES"] ?? 0) * 60_000;
const roundMs = 60_000;

test(
  `nothing is lost or repeated in kills under load (${kills} kills from seed ${seed} on)`,
  async () => {
    const until = performance.now() + soakMs;
    let rounds = 0;
    do {
      await killsUnderLoad(seed + rounds);
      rounds += 1;
      if (soakMs > 0) {
        console.info(`${rounds} rounds, ${rounds * kills} kills: nothing lost, nothing repeated`);
      }
    } while (performance.now() < until);
    expect(rounds).toBeGreaterThan(0);
  },
  soakMs + roundMs,
);

async function killsUnderLoad(roundSeed: number): Promise<void> {
  await using world = await OutsideWorld.open();
  await using server = await ServerProcess.start();
  onTestFailed(() => console.error(`the server wrote:\n${server.output}`));
  const conformance = await server.flawless.deploy(fixtureBytes("conformance"));
  const load = { server, world, conformance };
  const killed = killNowAndThen(server, world, roundSeed);

  const kinds = [startSleeper, startReceiver, startPost, startOnce, startSequence, startAllCalls];
  const starts = kinds.flatMap((kind) =>
    Array.from({ length: workflowsOfEachKind }, (_, number) => kind(load, number)),
  );
  const [acknowledged] = await Promise.all([Promise.all(starts), killed]);
  await endAll(server, new Set(acknowledged.map(({ id }) => id)));

  const found = await readAll(server);
  expect([...found.values()].filter(({ status }) => status !== "completed")).toEqual([]);
  for (const { id, check } of acknowledged) {
    await check(found.get(id) as WorkflowInfo);
  }
  const once = [...found.values()].filter(({ workflow }) => workflow === "responds_later");
  expect(once).toHaveLength(workflowsOfEachKind);
  const posts = world.requests.filter(({ method }) => method === "POST");
  expect(repeated(posts.map(({ url, body }) => `${url} ${body}`))).toEqual([]);
}

/** Kills and restarts the server, each time after a number of further requests. */
function killNowAndThen(
  server: ServerProcess,
  world: OutsideWorld,
  roundSeed: number,
): Promise<void> {
  const random = new SeededRandom(roundSeed);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let left = kills;
  let killAt = random.between(1, maxRequestsBeforeKill);
  const restart = async (): Promise<void> => {
    await server.restart();
    killAt = world.requests.length + random.between(1, maxRequestsBeforeKill);
    if (left === 0) {
      resolve();
    }
  };
  world.onRequest(() => {
    if (left > 0 && world.requests.length >= killAt) {
      left -= 1;
      killAt = Number.POSITIVE_INFINITY;
      server.kill();
      restart().catch(reject);
    }
  });
  return promise;
}

async function startSleeper(load: Load): Promise<Acknowledged> {
  const { id } = await untilAcknowledged(load, () =>
    load.conformance.start("sleep_steps", { count: 4, ms: 25 }),
  );
  return { id, check: (info) => expect(info.response).toBe("4") };
}

async function startReceiver(load: Load, number: number): Promise<Acknowledged> {
  const workflow = await untilAcknowledged(load, () => load.conformance.start("receive", null));
  const approval = { by: `caller ${number}` };
  await untilAcknowledged(load, () => workflow.send("approve", approval)).catch(ignoreEnded);
  return {
    id: workflow.id,
    check: (info) => expect(JSON.parse(info.response ?? "")).toEqual(approval),
  };
}

async function startPost(load: Load, number: number): Promise<Acknowledged> {
  const site = load.world.site(`post-${number}`);
  const { id, body } = await untilAcknowledged(load, async (attempt) => {
    // A start that was not acknowledged may run nevertheless, and post, too.
    const unique = `attempt ${attempt}`;
    const input = { method: "POST", url: `${site.url}/post`, body: unique };
    const started = await load.conformance.start("http", input);
    return { id: started.id, body: unique };
  });
  return {
    id,
    check: (info) => {
      const seen = site.requests.filter((request) => request.body === body).length;
      const { ok, transport_error: error } = JSON.parse(info.response ?? "");
      expect(ok === undefined ? error : ok).toMatchObject(
        ok === undefined ? { kind: "RequestInterrupted" } : { status: 200 },
      );
      expect(seen).toBeLessThanOrEqual(1);
      expect(seen).toBeGreaterThanOrEqual(ok === undefined ? 0 : 1);
    },
  };
}

async function startOnce(load: Load, number: number): Promise<Acknowledged> {
  const start = async (): Promise<{ readonly id: string; readonly response: unknown }> => {
    const options = { idempotencyKey: `once-${number}` };
    const executed = await load.conformance.executeWithHandle(
      "responds_later",
      { ms: 25 },
      options,
    );
    return { id: executed.workflow.id, response: executed.response };
  };
  const { id, response } = await untilAcknowledged(load, start);
  expect(response).toBe("later");
  return { id, check: async () => expect(await start()).toMatchObject({ id, response }) };
}

async function startSequence(load: Load, number: number): Promise<Acknowledged> {
  const site = load.world.site(`sequence-${number}`);
  const urls = Array.from({ length: requestsOfSequence }, (_, index) => `${site.url}/${index}`);
  const { id } = await untilAcknowledged(load, () =>
    load.conformance.start("http_sequence", { urls, idempotent: true }),
  );
  return {
    id,
    check: (info) =>
      expect(JSON.parse(info.response ?? "")).toMatchObject(
        urls.map((url) => ({ ok: { status: 200, url } })),
      ),
  };
}

async function startAllCalls(load: Load, number: number): Promise<Acknowledged> {
  const { workflow, site } = await untilAcknowledged(load, async (attempt) => {
    const own = load.world.site(`all-calls-${number}-${attempt}`);
    const input = { url: own.url, secret: "NONE" };
    return { workflow: await load.conformance.start("all_calls", input), site: own };
  });
  await untilAcknowledged(load, () => workflow.send("go", goMessage)).catch(ignoreEnded);
  return {
    id: workflow.id,
    check: async () => {
      const run = await readRun(load.server.flawless, workflow.id, site);
      const possible = ["/effect-1", "/child", "/effect-2", "/effect-3"];
      expect(faultsOf(run, { possible })).toEqual([]);
    },
  };
}

/** Repeats an action until no kill interrupts it. */
async function untilAcknowledged<T>(
  { server }: Load,
  action: (attempt: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await action(attempt);
    } catch (error) {
      if (!FlawlessConnectionError.is(error) || attempt >= maxTries) {
        throw error;
      }
      await server.whenUp();
    }
  }
}

/** A message that was not acknowledged may have arrived nevertheless, and ended the workflow. */
function ignoreEnded(error: unknown): void {
  if (!ConflictError.is(error)) {
    throw error;
  }
}

/** Waits for the end of all workflows, including those whose start was never acknowledged. */
async function endAll(server: ServerProcess, acknowledged: ReadonlySet<string>): Promise<void> {
  for await (const { id, workflow } of server.flawless.workflows({ status: "running" })) {
    const handle = server.flawless.workflow(id);
    if (!acknowledged.has(id) && workflow === "receive") {
      await handle.send("approve", { by: "nobody" }).catch(ignoreEnded);
    }
    if (!acknowledged.has(id) && workflow === "all_calls") {
      await handle.send("go", goMessage).catch(ignoreEnded);
    }
    await handle.completion();
  }
}

async function readAll(server: ServerProcess): Promise<ReadonlyMap<string, WorkflowInfo>> {
  const found = new Map<string, WorkflowInfo>();
  for await (const info of server.flawless.workflows()) {
    found.set(info.id, info);
  }
  return found;
}

function repeated(texts: readonly string[]): readonly string[] {
  return texts.filter((text, index) => texts.indexOf(text) !== index);
}
