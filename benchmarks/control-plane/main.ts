import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { describeMachine } from "../measure/machine.ts";
import { exitOnSignals } from "../run-benchmark.ts";
import { makeFreshDirectory } from "../server/fresh-directory.ts";
import { ControlPlaneProcess } from "./control-plane-process.ts";
import { ControlPlaneQueue } from "./control-plane-queue.ts";
import { watchOtherLoad } from "./other-load.ts";
import { installPgBoss, PgBossQueue } from "./pg-boss.ts";
import { fullPlan, type Plan, quickPlan } from "./plan.ts";
import { findPostgres, PostgresCluster } from "./postgres.ts";
import { formatDocument, formatTables, type Results } from "./report.ts";
import { runRounds } from "./rounds.ts";

const documentFile = fileURLToPath(
  new URL("../../docs/benchmarks-control-plane.md", import.meta.url),
);
const controlPlanePackage = new URL("../../packages/control-plane/package.json", import.meta.url);
/** Aborts a run that hangs: nothing here takes this long. */
const maxMs = 180_000;

exitOnSignals();
setTimeout(() => {
  console.error(`the benchmark was not done after ${maxMs / 1000} seconds`);
  process.exit(1);
}, maxMs).unref();

async function measure(plan: Plan, parent: string): Promise<Results> {
  const machine = describeMachine(parent);
  using directory = makeFreshDirectory(parent);
  await using cleanUp = new AsyncDisposableStack();
  const server = cleanUp.use(await ControlPlaneProcess.start(["--data-dir", directory.path]));
  const queue = cleanUp.use(
    await ControlPlaneQueue.open({ url: server.url, connections: plan.callers }),
  );
  const opponent = await openPgBoss(cleanUp, plan, parent);
  const contenders = [
    queue.contender("claim, complete", false),
    queue.contender("claim, in progress, complete", true),
    ...(opponent === undefined ? [] : [opponent.queue]),
  ];
  const servers = [server.pid, ...(opponent === undefined ? [] : [opponent.pid])];
  console.error("measuring ...");
  const otherLoad = watchOtherLoad(servers);
  const [short, long, theirs] = await runRounds(contenders, plan);
  if (short === undefined || long === undefined) {
    throw new Error("nothing was measured");
  }
  return {
    date: new Date(),
    plan,
    machine,
    controlPlane: (JSON.parse(readFileSync(controlPlanePackage, "utf8")) as { version: string })
      .version,
    short,
    long,
    pgBoss:
      opponent === undefined || theirs === undefined
        ? undefined
        : { measured: theirs, versions: opponent.queue.versions },
    otherLoad: otherLoad(),
  };
}

async function openPgBoss(
  cleanUp: AsyncDisposableStack,
  plan: Plan,
  parent: string,
): Promise<{ readonly queue: PgBossQueue; readonly pid: number } | undefined> {
  const programs = findPostgres();
  if (programs === undefined) {
    console.error(
      "PostgreSQL is missing (apt-get install postgresql): only the control plane is measured.",
    );
    return undefined;
  }
  installPgBoss();
  const cluster = cleanUp.use(await PostgresCluster.start(programs, parent));
  return {
    queue: cleanUp.use(await PgBossQueue.open(cluster.port, plan.callers)),
    pid: cluster.pid,
  };
}

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    dir: { type: "string", default: tmpdir() },
  },
});
const results = await measure(values.quick ? quickPlan : fullPlan, values.dir);
console.log(`\n${formatTables(results)}`);
if (!values.quick && results.pgBoss !== undefined) {
  writeFileSync(documentFile, formatDocument(results));
  console.log("\nWritten to docs/benchmarks-control-plane.md.");
}
