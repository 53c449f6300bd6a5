import type { DeployedModule, WorkflowHandle } from "@flawless-ts/sdk";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFailed, test } from "vitest";
import {
  allCallsSteps,
  faultsOf,
  goMessage,
  readRun,
  undisturbedRun,
  type Interruptions,
} from "./all-calls-run.ts";
import { OutsideWorld, type Site } from "./outside-world.ts";
import { ServerProcess } from "./server-process.ts";

/** Requests in the order in which they are made; `/child` is made by the child workflow. */
const requestPaths = ["/effect-1", "/read", "/child", "/effect-2", "/effect-3"] as const;
type RequestPath = (typeof requestPaths)[number];
const idempotentPath = "/read";
/** These may be under way at the same time: the parent does not wait for its child. */
const concurrentPaths: readonly string[] = ["/child", "/effect-2", "/effect-3"];

let server: ServerProcess;
let world: OutsideWorld;
let conformance: DeployedModule;

/** Which of the kills are tried. */
export interface Kills {
  /** While one of these requests is under way. */
  readonly paths: readonly RequestPath[];
  /** When the journal shows so many steps. */
  readonly steps: readonly number[];
}

/** All of them. */
export const allKills: Kills = {
  paths: requestPaths,
  steps: allCallsSteps.map((_, index) => index + 1),
};

/** Tests that kill the process of a server at boundaries of a workflow that makes each host call. */
export function describeKills({ paths, steps }: Kills): void {
  beforeAll(async () => {
    server = await ServerProcess.start();
    world = await OutsideWorld.open();
    conformance = await server.flawless.deploy(fixtureBytes("conformance"));
  });

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await world?.[Symbol.asyncDispose]();
  });

  beforeEach(async ({ task }) => {
    onTestFailed(() => console.error(`${task.name}: the server wrote:\n${server.output}`));
    if (!server.runs) {
      await server.restart();
    }
  });

  test("without a kill each host call is made once", async () => {
    const site = world.site("undisturbed");
    const { id } = await startWithMessage(site);
    expect(await readRun(server.flawless, id, site)).toEqual(undisturbedRun);
  });

  describe.each(paths)("a kill while %s is under way", (path) => {
    const interrupts = path !== idempotentPath;
    const certain = interrupts ? [path] : [];
    const alongside = concurrentPaths.includes(path) ? concurrentPaths : [];

    test("before it is answered", async () => {
      const site = world.site(`unanswered${path}`.replace("/", "-"));
      const held = site.hold(path);
      const run = await startWithMessage(site);
      await held.arrived();
      await killAndRestart(site);

      expect(await faultsAfterKill(run, site, { certain, possible: alongside })).toEqual([]);
      expect(site.requests.filter((request) => request.path === path)).toHaveLength(
        interrupts ? 1 : 2,
      );
    });

    test("when a part of the answer has come", async () => {
      const site = world.site(`part${path}`.replace("/", "-"));
      const held = site.hold(path);
      const run = await startWithMessage(site);
      await held.answerInPart();
      await killAndRestart(site);

      expect(await faultsAfterKill(run, site, { certain, possible: alongside })).toEqual([]);
    });

    test("just when it was answered", async () => {
      const site = world.site(`answered${path}`.replace("/", "-"));
      const held = site.hold(path);
      const run = await startWithMessage(site);
      await held.answer();
      await killAndRestart(site);

      // The server may have read the answer or not, and may have gone on.
      const after = requestPaths.slice(requestPaths.indexOf(path));
      expect(await faultsAfterKill(run, site, { possible: [...after, ...alongside] })).toEqual([]);
    });
  });

  describe("a kill when the journal shows", () => {
    test.each(steps.map((count) => [count, allCallsSteps[count - 1]] as const))(
      "%i steps, the last of them %s",
      async (count) => {
        const site = world.site(`step-${count}`);
        // No request from this step on is answered, so that the workflow can't get away meanwhile.
        const ahead = requestPaths.filter((path) => stepOf(path) >= count);
        for (const path of ahead) {
          site.hold(path);
        }
        const run = await startWithMessage(site);
        await pollUntil(async () => (await run.journal()).steps.length >= count);
        expect(await run.info()).toMatchObject({ status: "running" });
        await killAndRestart(site);

        expect(await faultsAfterKill(run, site, { possible: [...ahead, "/child"] })).toEqual([]);
      },
    );
  });

  describe("a kill just when the server has acknowledged", () => {
    test("a start", async () => {
      const site = world.site("start");
      const run = await start(site);
      await killAndRestart(site);

      await run.send("go", goMessage);
      expect(await faultsAfterKill(run, site, { possible: ["/effect-1"] })).toEqual([]);
    });

    test("a message that the workflow does not wait for yet", async () => {
      const site = world.site("early-message");
      const held = site.hold("/effect-1");
      const run = await start(site);
      await held.arrived();
      await run.send("go", goMessage);
      await killAndRestart(site);

      expect(await faultsAfterKill(run, site, { certain: ["/effect-1"] })).toEqual([]);
    });

    test("the message that the workflow waits for", async () => {
      const site = world.site("awaited-message");
      const run = await start(site);
      await pollUntil(async () => (await run.info()).waiting?.on === "message");
      await run.send("go", goMessage);
      await killAndRestart(site);

      expect(
        await faultsAfterKill(run, site, { possible: ["/child", "/effect-2", "/effect-3"] }),
      ).toEqual([]);
    });

    test("a start by giving the response", async () => {
      const site = world.site("response");
      const held = site.hold("/effect-1");
      const response = conformance.execute("all_calls", inputFor(site));
      await held.arrived();
      const { workflows } = await server.flawless.listWorkflows({
        workflow: "all_calls",
        limit: 1,
      });
      const run = server.flawless.workflow(workflows[0]?.id ?? "");
      await run.send("go", goMessage);
      await held.answer();
      expect(await response).toEqual(undisturbedRun.response);
      await killAndRestart(site);

      expect(await faultsAfterKill(run, site, { possible: ["/child", "/effect-3"] })).toEqual([]);
    });
  });

  test("a message that was received is not received again after a kill", async () => {
    const run = await conformance.start("receive_many", { count: 2 });
    const answers = async (): Promise<number> =>
      (await run.journal()).steps.filter(({ answer }) =>
        JSON.stringify(answer)?.includes("Message"),
      ).length;
    await run.send("a", { n: 1 });
    await pollUntil(async () => (await answers()) === 1);
    await killAndRestart();
    await run.send("b", { n: 2 });

    await run.completion();
    expect(JSON.parse((await run.info()).response ?? "")).toEqual([
      { type: "a", n: 1 },
      { type: "b", n: 2 },
    ]);
  });

  test("what has ended is left alone by later kills", async () => {
    const site = world.site("ended");
    const run = await startWithMessage(site);
    await readRun(server.flawless, run.id, site);
    await killAndRestart(site);
    await killAndRestart(site);

    expect(await readRun(server.flawless, run.id, site)).toEqual(undisturbedRun);
  });
}

function inputFor(site: Site): { readonly url: string; readonly secret: string } {
  return { url: site.url, secret: "NONE" };
}

/** Settled when the start is acknowledged. */
async function start(site: Site): Promise<WorkflowHandle> {
  return conformance.start("all_calls", inputFor(site));
}

/** Settled when start and message are acknowledged. */
async function startWithMessage(site: Site): Promise<WorkflowHandle> {
  const run = await start(site);
  await run.send("go", goMessage);
  return run;
}

async function killAndRestart(site?: Site): Promise<void> {
  server.kill();
  await server.end;
  site?.release();
  await server.restart();
}

/** What sets the run apart from the undisturbed one, beside these interruptions. */
async function faultsAfterKill(
  { id }: WorkflowHandle,
  site: Site,
  interruptions: Interruptions,
): Promise<readonly string[]> {
  return faultsOf(await readRun(server.flawless, id, site), interruptions);
}

/** The step (counted from 1) at which a request is made, for the child's the one that starts it. */
function stepOf(path: RequestPath): number {
  const own = allCallsSteps.findIndex((step) => step.includes(` ${path}: `));
  return 1 + (own < 0 ? allCallsSteps.indexOf("StartWorkflow: child") : own);
}

async function pollUntil(condition: () => Promise<boolean>): Promise<void> {
  await expect.poll(condition, { interval: 1, timeout: 10_000 }).toBe(true);
}
