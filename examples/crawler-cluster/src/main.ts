import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { ControlPlane, Flawless, type Job, type WorkflowInfo } from "@flawless-ts/sdk";
import { Cluster } from "./cluster.ts";
import { Progress } from "./progress.ts";
import { reportsPerCrawl } from "./report.ts";
import { Site } from "./site.ts";
import { verdictOf } from "./verdict.ts";

/** Enough for three workers with three jobs each. */
const jobNumbers = [1, 2, 3, 4, 5, 6, 7, 8, 9];
/** How many jobs the worker takes that will be killed. */
const doomedJobs = 5;
const reportsBeforeKill = 3;
const maxMs = 45_000;

const interrupted = (): void => process.exit(130);
// A signal would otherwise end only this process, not those that it started: they end on "exit".
process.once("SIGINT", interrupted);
process.once("SIGTERM", () => process.exit(143));

async function main(): Promise<boolean> {
  const deadline = AbortSignal.timeout(maxMs);
  await using cleanUp = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "crawler-cluster-"));
  cleanUp.defer(() => rm(directory, { recursive: true, force: true }));
  const site = cleanUp.use(await Site.open());
  const cluster = cleanUp.use(await Cluster.start(directory, site.url));
  site.passReportsTo(cluster.controlPlaneUrl);
  const controlPlane = cleanUp.use(new ControlPlane({ url: cluster.controlPlaneUrl }));
  const flawless = cleanUp.use(new Flawless({ url: cluster.flawlessUrl }));
  const progress = new Progress(jobNumbers.length * reportsPerCrawl);

  /** Shows the jobs until they are as required. */
  async function watch(wanted: (jobs: readonly Job[]) => boolean): Promise<readonly Job[]> {
    for (;;) {
      const jobs = await controlPlane.list({ signal: deadline });
      progress.show(
        jobs,
        [...site.reports.values()].reduce((sum, count) => sum + count, 0),
      );
      if (wanted(jobs)) {
        return jobs;
      }
      await setTimeout(100, undefined, { signal: deadline });
    }
  }

  progress.say(
    `Flawless runs on ${cluster.flawlessUrl}, a control plane on ${cluster.controlPlaneUrl}.`,
  );
  progress.say(`Watch the dashboard: ${cluster.controlPlaneUrl}/\n`);
  await controlPlane.waitUntilReady({ signal: deadline });
  const ids = await Promise.all(
    jobNumbers.map((id) =>
      controlPlane.publish({ id: `job-${id}`, payload: { id, url: `${site.url}/pages/${id}` } }),
    ),
  );
  progress.say(`Published ${ids.length} crawls of ${site.url}.`);

  const doomed = await cluster.startWorker("worker-1", doomedJobs);
  const ofDoomed = (jobs: readonly Job[]): readonly Job[] =>
    jobs.filter(({ assignedWorkerId }) => assignedWorkerId === "worker-1");
  // The second worker starts after the first has its share, and has room for all jobs.
  await watch((jobs) => ofDoomed(jobs).length === doomedJobs);
  await cluster.startWorker("worker-2", jobNumbers.length);
  progress.say(`Two workers run: worker-1 (process ${doomed.pid}) and worker-2.`);
  await watch(() => ids.every((id) => (site.reports.get(id) ?? 0) >= reportsBeforeKill));
  await doomed.kill();
  progress.say(
    "Killed worker-1 with SIGKILL. Its crawls run on in Flawless, but nobody looks after the jobs.",
  );

  const back = (jobs: readonly Job[]): number =>
    jobs.filter(({ retryCount }) => retryCount > 0).length;
  const hasEnded = ({ status }: Job): boolean => status === "Completed" || status === "Failed";
  const returned = await watch((jobs) => back(jobs) >= doomedJobs || jobs.every(hasEnded));
  progress.say(
    `worker-1 was not heard of: ${back(returned)} jobs went back to the queue, for worker-2.`,
  );
  const jobs = await watch((jobs) => jobs.every(hasEnded));
  progress.end();

  // A job becomes Completed with its crawl's last report, a moment before the workflow ends.
  const workflows: WorkflowInfo[] = [];
  for await (const workflow of flawless.workflows({ signal: deadline })) {
    workflows.push(workflow);
  }
  await Promise.all(
    workflows.map(({ id }) => flawless.workflow(id).completion({ signal: deadline })),
  );
  const journals = await Promise.all(workflows.map(({ id }) => flawless.workflow(id).journal()));
  const verdict = verdictOf(ids, jobs, journals);
  console.log(`
Jobs published          ${verdict.published}
Jobs completed          ${verdict.completed}
Jobs handed out again   ${verdict.handedOutAgain}
Workflows in Flawless   ${verdict.workflows}
Jobs that ran once      ${verdict.ranOnce}
`);
  console.log(verdict.good ? "Every job is Completed and ran once." : "Something went wrong.");
  if (process.argv.includes("--stay")) {
    console.log(`Ctrl+C ends the cluster. Until then: ${cluster.controlPlaneUrl}/`);
    process.off("SIGINT", interrupted);
    await once(process, "SIGINT");
  }
  return verdict.good;
}

process.exitCode = (await main()) ? 0 : 1;
