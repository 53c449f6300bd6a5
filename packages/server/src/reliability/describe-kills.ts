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

/** The requests in order; the child workflow makes `/child`. */
const requestPaths = ["/effect-1", "/read", "/child", "/effect-2", "/effect-3"] as const;
type RequestPath = (typeof requestPaths)[number];
const idempotentPath = "/read";
/** These may be in flight at the same time, because the parent doesn't wait for its child. */
const concurrentPaths: readonly string[] = ["/child", "/effect-2", "/effect-3"];

let server: ServerProcess;
let world: OutsideWorld;
let conformance: DeployedModule;

/** Which kills are tested. */
export interface Kills {
  /** While one of these requests is in flight. */
  readonly paths: readonly RequestPath[];
  /** When the journal has this many steps. */
  readonly steps: readonly number[];
}

/** All kills. */
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

    test("before its response", async () => {
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

    test("when part of the response has arrived", async () => {
      const site = world.site(`part${path}`.replace("/", "-"));
      const held = site.hold(path);
      const run = await startWithMessage(site);
      await held.answerInPart();
      await killAndRestart(site);

      expect(await faultsAfterKill(run, site, { certain, possible: alongside })).toEqual([]);
    });

    test("just after its response", async () => {
      const site = world.site(`answered${path}`.replace("/", "-"));
      const held = site.hold(path);
      const run = await startWithMessage(site);
      await held.answer();
      await killAndRestart(site);

      // The server may or may not have read the response, and may have continued.
      const after = requestPaths.slice(requestPaths.indexOf(path));
      expect(await faultsAfterKill(run, site, { possible: [...after, ...alongside] })).toEqual([]);
    });
  });

  describe("a kill when the journal shows", () => {
    test.each(steps.map((count) => [count, allCallsSteps[count - 1]] as const))(
      "%i steps, the last of them %s",
      async (count) => {
        const site = world.site(`step-${count}`);
        // Requests from this step on get no response, so that the workflow can't continue meanwhile.
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

    test("a start with the response", async () => {
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

  test("ended workflows are not affected by later kills", async () => {
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

/** Resolves when the start is acknowledged. */
async function start(site: Site): Promise<WorkflowHandle> {
  return conformance.start("all_calls", inputFor(site));
}

/** Resolves when the start and the message are acknowledged. */
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

/** The differences from the undisturbed run, except for these interruptions. */
async function faultsAfterKill(
  { id }: WorkflowHandle,
  site: Site,
  interruptions: Interruptions,
): Promise<readonly string[]> {
  return faultsOf(await readRun(server.flawless, id, site), interruptions);
}

/** The step (counted from 1) that makes a request; for the child's request, the step that starts the child. */
function stepOf(path: RequestPath): number {
  const own = allCallsSteps.findIndex((step) => step.includes(` ${path}: `));
  return 1 + (own < 0 ? allCallsSteps.indexOf("StartWorkflow: child") : own);
}

async function pollUntil(condition: () => Promise<boolean>): Promise<void> {
  await expect.poll(condition, { interval: 1, timeout: 10_000 }).toBe(true);
}
