import type { CallScope } from "../http/call-scope.ts";
import { Senders } from "../http/senders.ts";
import { Transport } from "../http/transport.ts";
import { loadRare } from "../load-rare.ts";
import type { ResolvedOptions } from "../options/flawless-options.ts";
import type { FlawlessConnection } from "./connection.ts";
import type { HttpMore } from "./http-more.ts";
import { HttpWorkflowConnection } from "./http-workflow-connection.ts";
import { onceLoaded } from "./once-loaded.ts";
import type { SchedulesConnection } from "./schedule-requests.ts";

type More<Name extends keyof HttpMore> = HttpMore[Name];

/** All routes of the REST API; {@link HttpMore} and the routes of schedules are loaded on demand. */
export class HttpConnection extends HttpWorkflowConnection implements FlawlessConnection {
  readonly schedules: SchedulesConnection = onceLoaded(async () => {
    const { HttpSchedules } = await loadRare();
    return new HttpSchedules((...call) => this.extra(...call));
  });
  readonly #more = onceLoaded<HttpMore>(async () => {
    const { HttpMore } = await loadRare();
    return new HttpMore(this.transport, (...call) => this.extra(...call));
  });
  readonly version: More<"version"> = this.#more.version;
  readonly deploy: More<"deploy"> = this.#more.deploy;
  readonly endWorkflows: More<"endWorkflows"> = this.#more.endWorkflows;
  readonly restartWorkflows: More<"restartWorkflows"> = this.#more.restartWorkflows;
  readonly workflows: More<"workflows"> = this.#more.workflows;
  readonly modules: More<"modules"> = this.#more.modules;
  readonly registerActivityWorker: More<"registerActivityWorker"> =
    this.#more.registerActivityWorker;
  readonly pollActivities: More<"pollActivities"> = this.#more.pollActivities;
  readonly reportActivities: More<"reportActivities"> = this.#more.reportActivities;
  readonly heartbeatActivities: More<"heartbeatActivities"> = this.#more.heartbeatActivities;
  readonly leaveActivityQueue: More<"leaveActivityQueue"> = this.#more.leaveActivityQueue;
  readonly activityQueues: More<"activityQueues"> = this.#more.activityQueues;

  constructor(options: ResolvedOptions) {
    super(new Transport(options, new Senders(options, "flawless")), loadRare);
  }

  async ready(scope: CallScope): Promise<void> {
    const { waitUntilReady } = await loadRare();
    await waitUntilReady(this, scope);
  }
}
