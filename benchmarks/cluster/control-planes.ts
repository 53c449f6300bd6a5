import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { PostgresServer } from "@flawless-ts/testkit/internal";
import type { Contender } from "../control-plane/contender.ts";
import { ControlPlaneProcess } from "../control-plane/control-plane-process.ts";
import { ControlPlaneQueue } from "../control-plane/control-plane-queue.ts";
import { watchOtherLoad } from "../control-plane/other-load.ts";
import { installPgBoss, PgBossQueue } from "../control-plane/pg-boss.ts";
import { fullPlan, type Plan, quickPlan } from "../control-plane/plan.ts";
import { runRounds } from "../control-plane/rounds.ts";
import { describeMachine } from "../measure/machine.ts";
import { exitOnSignals } from "../run-benchmark.ts";
import {
  type ControlPlanesResults,
  formatDocument,
  formatTables,
} from "./control-planes-report.ts";

const documentFile = fileURLToPath(
  new URL("../../docs/benchmarks-control-planes.md", import.meta.url),
);
const nodes = 3;
/** Aborts a run that hangs: nothing here takes this long. */
const maxMs = 240_000;

exitOnSignals();
setTimeout(() => {
  console.error(`the benchmark was not done after ${maxMs / 1000} seconds`);
  process.exit(1);
}, maxMs).unref();

/** Several equal nodes: each caller uses one of them. */
function ofAllNodes(contenders: readonly Contender[]): Contender {
  const [first] = contenders;
  if (first === undefined) throw new Error("there are no nodes");
  let published = 0;
  const at = (index: number): Contender => contenders[index % contenders.length] ?? first;
  return {
    name: first.name,
    publish: () => at(published++).publish(),
    complete: (caller) => at(caller).complete(caller),
    // All nodes share one queue.
    count: () => first.count(),
  };
}

async function measure(plan: Plan, parent: string): Promise<ControlPlanesResults> {
  const machine = describeMachine(parent);
  await using cleanUp = new AsyncDisposableStack();
  const database = cleanUp.use(await PostgresServer.start({ durable: true }));
  const servers: ControlPlaneProcess[] = [];
  for (let node = 1; node <= nodes; node += 1) {
    const place = ["--store", database.url];
    servers.push(cleanUp.use(await ControlPlaneProcess.start(place, `node-${node}`)));
  }
  const queues: ControlPlaneQueue[] = [];
  for (const [index, { url }] of servers.entries()) {
    const ids = { prefix: `node-${index + 1}-` };
    queues.push(
      cleanUp.use(await ControlPlaneQueue.open({ url, connections: plan.callers, ...ids })),
    );
  }
  installPgBoss();
  const opponent = cleanUp.use(await PgBossQueue.open(database.port, plan.callers));
  const contenders = [
    ofAllNodes(queues.map((queue) => queue.contender("claim, complete", false))),
    ofAllNodes(queues.map((queue) => queue.contender("claim, in progress, complete", true))),
    opponent,
  ];
  console.error("measuring ...");
  const otherLoad = watchOtherLoad([...servers.map(({ pid }) => pid), database.pid ?? 0]);
  const [short, long, theirs] = await runRounds(contenders, plan);
  if (short === undefined || long === undefined || theirs === undefined) {
    throw new Error("nothing was measured");
  }
  return {
    date: new Date(),
    plan,
    machine,
    nodes,
    short,
    long,
    pgBoss: { measured: theirs, versions: opponent.versions },
    otherLoad: otherLoad(),
  };
}

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    dir: { type: "string", default: tmpdir() },
  },
});
const plan = values.quick ? quickPlan : fullPlan;
// Each node gets as much warm-up as the single process with pg-boss, because their code is compiled while they run.
const results = await measure({ ...plan, warmUpJobs: nodes * plan.warmUpJobs }, values.dir);
console.log(`\n${formatTables(results)}`);
if (!values.quick) {
  writeFileSync(documentFile, formatDocument(results));
  console.log("\nWritten to docs/benchmarks-control-planes.md.");
}
