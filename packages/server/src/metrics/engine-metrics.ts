import { Counter, Gauge, Histogram, type Registry } from "@flawless-ts/http-service/prom-client";
import type { EngineObserver } from "../engine/index.ts";
import type { ActivityQueueSummary } from "@flawless-ts/sdk";
import type { ActivityApi } from "../api/engine-api.ts";
import type { WorkflowCounts } from "../store/workflow-store.ts";
import type { ClusterFigures } from "./scraped-metrics.ts";
import { otherSeries, SeriesLimit } from "./series-limit.ts";

/** Users name modules and workflows, and each name is a time series. */
const maxNames = 500;
const seconds = 1 / 1_000;

/** Metrics of engine events as they occur: starts, ends, replays, commits. */
export function engineMetrics(registry: Registry): EngineObserver {
  const registers = [registry];
  const names = new SeriesLimit(maxNames);
  const started = new Counter({
    name: "flawless_workflows_started_total",
    help: "Workflows started, including those started by other workflows.",
    labelNames: ["module", "workflow"],
    registers,
  });
  const ended = new Counter({
    name: "flawless_workflows_ended_total",
    help: "Workflows that ended, by outcome.",
    labelNames: ["module", "workflow", "status"],
    registers,
  });
  const durations = new Histogram({
    name: "flawless_workflow_duration_seconds",
    help: "Time from the start of a workflow to its end.",
    labelNames: ["status"],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 600, 3_600, 86_400, 604_800],
    registers,
  });
  const replays = new Counter({
    name: "flawless_replays_total",
    help: "How often a workflow was rebuilt from its journal.",
    registers,
  });
  const evictions = new Counter({
    name: "flawless_suspensions_total",
    help: "How often a waiting workflow was removed from memory.",
    registers,
  });
  const commits = new Histogram({
    name: "flawless_commit_duration_seconds",
    help: "Duration of journal transactions including fsync; their count is the number of fsyncs.",
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2],
    registers,
  });
  const writes = new Counter({
    name: "flawless_commit_writes_total",
    help: "Changes written in journal transactions.",
    registers,
  });
  const characters = new Counter({
    name: "flawless_journal_characters_total",
    help: "Characters added to workflow journals.",
    registers,
  });
  const attempts = new Counter({
    name: "flawless_activity_attempts_total",
    help: "Ended activity attempts, by outcome.",
    labelNames: ["queue", "activity", "outcome"],
    registers,
  });
  const attemptDurations = new Histogram({
    name: "flawless_activity_attempt_duration_seconds",
    help: "How long workers held activity attempts.",
    labelNames: ["outcome"],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 600, 3_600, 86_400],
    registers,
  });
  const scheduled = new Counter({
    name: "flawless_schedule_decisions_total",
    help: "Outcomes of scheduled times: started, waiting for earlier starts, skipped, failed.",
    labelNames: ["outcome"],
    registers,
  });
  const activityNames = new SeriesLimit(maxNames);
  const labelsOf = ({ module, workflow }: { readonly module: string; readonly workflow: string }) =>
    names.limited(`${module} ${workflow}`) === `${module} ${workflow}`
      ? { module, workflow }
      : { module: "other", workflow: "other" };
  return {
    workflowStarted: (workflow) => started.inc(labelsOf(workflow)),
    workflowEnded: (workflow, { status, endedAt }) => {
      ended.inc({ ...labelsOf(workflow), status });
      durations.observe({ status }, Math.max(0, endedAt - workflow.createdAt) * seconds);
    },
    workflowResumed: () => replays.inc(),
    workflowSuspended: () => evictions.inc(),
    activityAttemptEnded: (queue, activity, outcome, milliseconds) => {
      const isNamed = activityNames.limited(`${queue} ${activity}`) !== otherSeries;
      const labels = isNamed ? { queue, activity } : { queue: otherSeries, activity: otherSeries };
      attempts.inc({ ...labels, outcome });
      attemptDurations.observe({ outcome }, Math.max(0, milliseconds) * seconds);
    },
    scheduleDecided: ({ outcome }) => scheduled.inc({ outcome }),
    committed: (commit) => {
      commits.observe(commit.milliseconds * seconds);
      writes.inc(commit.writes);
      characters.inc(commit.journalCharacters);
    },
  };
}

/** The engine state that is read when metrics are requested. */
export interface MeasuredEngine {
  statistics(): {
    readonly computing: number;
    readonly requesting: number;
    readonly residentGuests: number;
    readonly queuedWorkflows: number;
    readonly executors: {
      readonly threads: number;
      readonly hostCalls: readonly { readonly kind: string; readonly count: number }[];
    };
  };
  counts(): Promise<WorkflowCounts>;
  /** The number of schedules on this server. */
  readonly schedules: { readonly count: number };
  health(): { readonly status: "ok" | "degraded" };
  readonly activities: Pick<ActivityApi, "summaries">;
}

/** Undefined while the store can't be read, because that is when the other metrics are needed most. */
function countsOf(engine: MeasuredEngine): Promise<WorkflowCounts | undefined> {
  return engine.counts().catch(() => undefined);
}

/** Metrics that are counted on request: states, workflows in memory, host calls. */
export function engineGauges(registry: Registry, engine: MeasuredEngine): void {
  const registers = [registry];
  const gauge = (
    name: string,
    help: string,
    read: () => number,
    aggregator: "sum" | "min" = "sum",
  ): void => {
    new Gauge({
      name: `flawless_${name}`,
      help,
      registers,
      aggregator,
      collect() {
        this.set(read());
      },
    });
  };
  new Gauge({
    name: "flawless_workflows",
    help: "Workflows by state, including those from before a restart; may be up to a minute old if there are millions.",
    labelNames: ["status"],
    registers,
    async collect() {
      const counts = await countsOf(engine);
      if (counts === undefined) {
        this.reset();
        return;
      }
      const { sleeping: _sleeping, ...states } = counts;
      for (const [status, count] of Object.entries(states)) {
        this.set({ status }, count);
      }
    },
  });
  new Gauge({
    name: "flawless_workflows_sleeping",
    help: "Running workflows that wait for a time: a sleep, or a message with a timeout.",
    registers,
    async collect() {
      const counts = await countsOf(engine);
      if (counts === undefined) {
        this.remove();
      } else {
        this.set(counts.sleeping);
      }
    },
  });
  new Counter({
    name: "flawless_host_calls_total",
    help: "Host calls of guests, by kind; replayed calls are not counted again.",
    labelNames: ["kind"],
    registers,
    collect() {
      this.reset();
      for (const { kind, count } of engine.statistics().executors.hostCalls) {
        this.inc({ kind }, count);
      }
    },
  });
  new Gauge({
    name: "flawless_activity_tasks",
    help: "Activities that wait for a worker, run, or wait for a retry.",
    labelNames: ["queue", "state"],
    registers,
    async collect() {
      const queues = await shownQueues(engine);
      this.reset();
      for (const { queue, waiting, running, retrying } of queues) {
        this.set({ queue, state: "waiting" }, waiting);
        this.set({ queue, state: "running" }, running);
        this.set({ queue, state: "retrying" }, retrying);
      }
    },
  });
  new Gauge({
    name: "flawless_activity_workers",
    help: "Workers of activities.",
    labelNames: ["queue"],
    registers,
    // A worker is known to all engines of a server.
    aggregator: "max",
    async collect() {
      const queues = await shownQueues(engine);
      this.reset();
      for (const { queue, workers } of queues) {
        this.set({ queue }, workers.length);
      }
    },
  });
  const now = () => engine.statistics();
  gauge("workflows_computing", "Workflows that are computing now.", () => now().computing);
  gauge("workflows_queued", "Workflows that wait for a place in memory.", () => {
    return now().queuedWorkflows;
  });
  gauge("schedules", "Schedules that this server runs.", () => {
    return engine.schedules.count;
  });
  gauge("guests_resident", "Guests that are in memory.", () => now().residentGuests);
  gauge("guest_requests_in_flight", "HTTP requests of workflows under way.", () => {
    return now().requesting;
  });
  gauge("executor_threads", "Threads that run guests.", () => now().executors.threads);
  gauge(
    "journal_writable",
    "1 while the journal can be written, 0 while it can't.",
    () => {
      return engine.health().status === "ok" ? 1 : 0;
    },
    "min",
  );
}

/** Metrics of a cluster node. */
export function clusterMetrics(registry: Registry, figures: ClusterFigures): void {
  const registers = [registry];
  const counter = (name: string, help: string, read: () => number): void => {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  };
  new Gauge({
    name: "flawless_partitions_owned",
    help: "Partitions that this node owns.",
    registers,
    collect() {
      this.set(figures.partitionsOwned());
    },
  });
  new Gauge({
    name: "flawless_cluster_lag_seconds",
    help: "Time since this node last reached its databases: the longest of them.",
    registers,
    collect() {
      this.set(figures.lagMs() * seconds);
    },
  });
  counter(
    "flawless_fences_failed_total",
    "Failed fences: writes to partitions that turned out to have another owner.",
    figures.fencesFailed,
  );
  counter(
    "flawless_requests_passed_on_total",
    "Requests that this node forwarded to other nodes.",
    figures.requestsPassedOn,
  );
}

/** Users name queues, so there may be any number of them. */
async function shownQueues({
  activities,
}: MeasuredEngine): Promise<readonly ActivityQueueSummary[]> {
  return (await activities.summaries(0)).slice(0, maxNames);
}
