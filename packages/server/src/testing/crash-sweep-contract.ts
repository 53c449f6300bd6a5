import { describe, expect, test } from "vitest";
import { type CrashPoint, runWithCrash, type SweptRun, type SweptWorkflow } from "./crash-sweep.ts";
import type { StoreSetup } from "./store-contract/test-store.ts";
import { memoryModes } from "./test-engine.ts";

/** A run that crashed after its start was durable. */
interface BegunRun extends SweptRun {
  readonly workflow: NonNullable<SweptRun["workflow"]>;
  /** The message of failed assertions. */
  readonly where: string;
}

/** Runs a workflow with a crash at each point, or at some, up to the first run that ends before it crashes. */
async function sweep(
  swept: SweptWorkflow,
  side: CrashPoint["side"],
  every: number,
): Promise<readonly BegunRun[]> {
  const begun: BegunRun[] = [];
  // Nothing has begun before the first commit, so a sweep of only some points starts later.
  for (let commit = Math.min(every, 2); ; commit += every) {
    const run = await runWithCrash(swept, { side, commit });
    if (!run.crashed) {
      return begun;
    }
    const { workflow, children, requests, accepted } = run;
    const where = `crash ${side} transaction ${commit}`;
    if (workflow !== undefined) {
      begun.push({ ...run, workflow, where });
    } else if (
      side !== "before" ||
      commit > 1 ||
      children.length + requests.length + accepted.length > 0
    ) {
      throw new Error(`${where}: the workflow is lost`);
    }
  }
}

function statuses(run: BegunRun): readonly string[] {
  return [run.workflow, ...run.children].map(({ status }) => status);
}

/** How often the outside world got a request. */
function times(run: SweptRun, request: string): number {
  return run.requests.filter((other) => other === request).length;
}

/** The response without the fields about interrupted requests. */
function responseOf(run: SweptRun, interrupted: readonly string[]): unknown {
  const response = JSON.parse(run.workflow?.response ?? "null") as Record<string, unknown>;
  const fields: Readonly<Record<string, string>> = {
    "/effect-1": "first_status",
    "/effect-2": "second_status",
  };
  const unknown = interrupted.map((path) => fields[path]);
  return Object.fromEntries(Object.entries(response).filter(([name]) => !unknown.includes(name)));
}

/** The store, points and modes of a sweep. */
export interface CrashSweepOptions {
  /** The store. Default: memory. */
  readonly setup?: () => StoreSetup;
  /** Crashes at every n-th point. Default 1: at all of them. */
  readonly every?: number;
  /** Default: all. */
  readonly modes?: readonly (typeof memoryModes)[number][];
}

/** What a crash must not change, in any store. */
export function crashSweepContract(options: CrashSweepOptions = {}): void {
  const { every = 1, modes = memoryModes } = options;
  const store = options.setup === undefined ? {} : { setup: options.setup };
  describe.each(modes)("$mode", ({ limits }) => {
    describe.each(["before", "after"] as const)(
      "a crash just %s a transaction is durable",
      (side) => {
        test("changes nothing visible to the outside world, for a workflow with every host call", async () => {
          const swept: SweptWorkflow = {
            workflow: "all_calls",
            input: { url: "http://site", secret: "none" },
            limits,
            ...store,
            message: { type: "go", data: () => ({ value: "on" }) },
          };
          const undisturbed = await runWithCrash(swept, null);
          const posts = undisturbed.requests
            .filter((request) => request.startsWith("POST"))
            .toSorted();
          expect(undisturbed.workflow).toMatchObject({ status: "completed" });
          expect(times(undisturbed, "GET /read")).toBe(1);
          expect(posts).toEqual([
            "POST /child effect-child",
            "POST /effect-1 effect-1",
            expect.stringMatching(/^POST \/effect-2 \{"random":"-?\d+","received":"on"\}$/),
            "POST /effect-3 effect-3",
          ]);

          const runs = await sweep(swept, side, every);

          // How many calls share a transaction depends on timing, but each call that waits ends one.
          expect(runs.length).toBeGreaterThanOrEqual(every === 1 ? 6 : 1);
          for (const run of runs) {
            const { where, interrupted, workflow } = run;
            expect(statuses(run), where).toEqual(["completed", "completed"]);
            expect(workflow.id, where).toBe(undisturbed.workflow?.id);
            expect(run.told ?? workflow.response, where).toBe(workflow.response);
            expect(responseOf(run, interrupted), where).toEqual(
              responseOf(undisturbed, interrupted),
            );
            // At most the one that each of the two workflows had in flight.
            expect(
              interrupted.filter((path) => path !== "/child").length,
              where,
            ).toBeLessThanOrEqual(1);
            expect(new Set(interrupted).size, where).toBe(interrupted.length);

            const certain = posts.filter((post) => !interrupted.includes(post.split(" ")[1] ?? ""));
            const uncertain = posts.filter((post) => !certain.includes(post));
            expect(
              certain.map((post) => times(run, post)),
              where,
            ).toEqual(certain.map(() => 1));
            expect(
              uncertain.filter((post) => times(run, post) > 1),
              where,
            ).toEqual([]);
            expect([1, 2], where).toContain(times(run, "GET /read"));
            expect(new Set([...run.requests, ...undisturbed.requests]).size, where).toBe(5);
          }
        });

        test("leaves either both parent and child, or neither", async () => {
          const input = { url: "http://site/child", body: "x" };
          const runs = await sweep(
            { workflow: "start_child", input, limits, ...store },
            side,
            every,
          );

          // Everything after the start may share one transaction.
          expect(runs.length).toBeGreaterThanOrEqual(Math.floor(1 / every));
          for (const run of runs) {
            expect(statuses(run), run.where).toEqual(["completed", "completed"]);
            expect(run.workflow.response, run.where).toBe("true");
            expect(run.children[0]?.parent, run.where).toBe(run.workflow.id);
            expect(run.requests.length, run.where).toBeLessThanOrEqual(1);
            expect(run.requests.length + run.interrupted.length, run.where).toBeGreaterThanOrEqual(
              1,
            );
          }
        });

        test("loses no message, and delivers none twice", async () => {
          const message = { type: "a", data: (n: number) => ({ n }) };
          const runs = await sweep(
            { workflow: "receive_many", input: { count: 3 }, limits, ...store, message },
            side,
            every,
          );

          expect(runs.length).toBeGreaterThan(Math.floor(2 / every));
          for (const run of runs) {
            const received = JSON.parse(run.workflow.response ?? "null") as readonly {
              n: number;
            }[];
            const numbers = received.map(({ n }) => n);
            expect(statuses(run), run.where).toEqual(["completed"]);
            expect(numbers, run.where).toHaveLength(3);
            expect(numbers, run.where).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
            expect(numbers, run.where).toEqual(expect.arrayContaining([...run.accepted]));
          }
        });
      },
    );
  });
}
