import type { ApiForm, JobStatus } from "../control-plane/types.ts";
import { FakeServer, type FakeAnswer, type FakeRoutes, type SeenRequest } from "./fake-server.ts";

/** A job in the fake control plane's format. */
export interface FakeJob {
  readonly id: string;
  readonly job_id: string;
  status: JobStatus;
  payload: unknown;
  readonly created_at: number;
  updated_at: number;
  error_message: string | null;
}

const ok: FakeAnswer = { text: "" };

/** A control plane that assigns jobs and records events. Later routes override its own. */
export class FakeControlPlane implements AsyncDisposable {
  readonly jobs: FakeJob[] = [];
  /** What happened to jobs and workers, such as `job-1 Completed`, `drain w1`. */
  readonly events: string[] = [];
  /** Called after the response to each event. */
  onEvent: (event: string) => void = () => undefined;
  readonly server: FakeServer;

  private constructor(server: FakeServer) {
    this.server = server;
  }

  static async start(form: ApiForm, routes: FakeRoutes = {}): Promise<FakeControlPlane> {
    const base = form === "first" ? "" : "/api";
    // Routes are called long after the plane is created.
    let plane: FakeControlPlane | undefined;
    const own: Record<string, FakeRoutes[string]> = {
      [`GET ${base}/queue/stats`]: {
        json: { pending: 0, claimed: 0, in_progress: 0, completed: 0, failed: 0 },
      },
      [`POST ${base}/queue/claim`]: () => plane?.claim() ?? ok,
      [`GET ${base}/queue/list`]: () => ({ json: plane?.jobs ?? [] }),
      ...(form === "second"
        ? {
            "POST /api/workers/register": () => {
              plane?.tell("register");
              return { status: 201, json: { worker_id: "w1" } };
            },
            "POST /api/workers/w1/heartbeat": ({ body }: SeenRequest) => {
              const { active_jobs: active } = JSON.parse(body.toString()) as {
                active_jobs: number;
              };
              plane?.tell(`heartbeat ${active}`);
              return ok;
            },
            "POST /api/workers/w1/drain": () => {
              plane?.tell("drain");
              return ok;
            },
          }
        : {}),
    };
    for (let number = 1; number <= 20; number += 1) {
      own[`POST ${base}/queue/status/job-${number}`] = ({ body }) =>
        plane?.setStatus(`job-${number}`, body.toString()) ?? ok;
    }
    const server = await FakeServer.start({ ...own, ...routes });
    plane = new FakeControlPlane(server);
    return plane;
  }

  get url(): string {
    return this.server.url;
  }

  /** Adds the job `job-N`. */
  add(number: number, payload: unknown = { id: number, url: `http://site/${number}` }): FakeJob {
    const id = `job-${number}`;
    const job: FakeJob = {
      id,
      job_id: id,
      status: "Pending",
      payload,
      created_at: 1000,
      updated_at: 1000,
      error_message: null,
    };
    this.jobs.push(job);
    return job;
  }

  /** Resolves when this event has happened this many times. */
  async until(event: string, times = 1): Promise<void> {
    const happened = (): boolean => this.events.filter((one) => one === event).length >= times;
    if (happened()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.onEvent;
    this.onEvent = (one) => {
      before(one);
      if (happened()) resolve();
    };
    await promise;
  }

  /** Records an event. */
  tell(event: string): void {
    this.events.push(event);
    this.onEvent(event);
  }

  claim(): FakeAnswer {
    const job = this.jobs.find(({ status }) => status === "Pending");
    if (job === undefined) return { status: 204, text: "" };
    job.status = "Claimed";
    this.tell(`${job.id} claimed`);
    return { json: job };
  }

  setStatus(id: string, body: string): FakeAnswer {
    const change = JSON.parse(body) as { status: JobStatus; error_message?: string | null };
    const job = this.jobs.find((one) => one.id === id);
    if (job === undefined) return { status: 404, text: `There is no job ${id}.` };
    job.status = change.status;
    job.error_message = change.error_message ?? null;
    this.tell(`${id} ${change.status}`);
    return ok;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}
