import type { Shape } from "../http/shape.ts";
import type { CallScope } from "../http/call-scope.ts";
import type { HttpRequest } from "../http/messages.ts";
import type { Ask } from "./ask.ts";
import { readOk } from "./answers.ts";
import { get, toQuery } from "./requests.ts";
import {
  nothing,
  scheduleBackfill,
  scheduleDescription,
  schedulePage,
  scheduleStart,
} from "./schedule-answer-shapes.ts";
import type {
  ScheduleChanges,
  SchedulePageRequest,
  ScheduleRange,
  ScheduleRequest,
  SchedulesConnection,
  ScheduleTrigger,
} from "./schedule-requests.ts";
import type {
  ScheduleBackfill,
  ScheduleDescription,
  SchedulePage,
  ScheduleStart,
} from "./schedule-types.ts";

/** Schedules over HTTP. */
export class HttpSchedules implements SchedulesConnection {
  readonly #ask: Ask;

  /** @param ask for features that not every server has */
  constructor(ask: Ask) {
    this.#ask = ask;
  }

  create(name: string, request: ScheduleRequest, scope: CallScope): Promise<ScheduleDescription> {
    return this.#send(json("PUT", pathOf(name), request), scope, scheduleDescription);
  }

  list({ limit, cursor }: SchedulePageRequest, scope: CallScope): Promise<SchedulePage> {
    return this.#send(get(`/api/schedules${toQuery({ limit, cursor })}`), scope, schedulePage);
  }

  describe(
    name: string,
    times: number | undefined,
    scope: CallScope,
  ): Promise<ScheduleDescription> {
    return this.#send(get(`${pathOf(name)}${toQuery({ times })}`), scope, scheduleDescription);
  }

  update(name: string, changes: ScheduleChanges, scope: CallScope): Promise<ScheduleDescription> {
    return this.#send(json("PATCH", pathOf(name), changes), scope, scheduleDescription);
  }

  pause(name: string, scope: CallScope): Promise<ScheduleDescription> {
    return this.#send(post(`${pathOf(name)}/pause`), scope, scheduleDescription);
  }

  resume(name: string, scope: CallScope): Promise<ScheduleDescription> {
    return this.#send(post(`${pathOf(name)}/resume`), scope, scheduleDescription);
  }

  trigger(
    name: string,
    { key, overlap }: ScheduleTrigger,
    scope: CallScope,
  ): Promise<ScheduleStart> {
    const request: HttpRequest = {
      ...post(`${pathOf(name)}/trigger${toQuery({ overlap })}`),
      headers: { "idempotency-key": key },
    };
    return this.#send(request, scope, scheduleStart);
  }

  backfill(name: string, range: ScheduleRange, scope: CallScope): Promise<ScheduleBackfill> {
    return this.#send(json("POST", `${pathOf(name)}/backfill`, range), scope, scheduleBackfill);
  }

  async delete(name: string, scope: CallScope): Promise<void> {
    // A retry would find no schedule.
    const request = { method: "DELETE", path: pathOf(name), repeat: "unless-sent" } as const;
    await this.#send(request, scope, nothing);
  }

  #send<T>(request: HttpRequest, scope: CallScope, shape: Shape<T>): Promise<T> {
    return this.#ask("schedules", request, scope, (answer) => readOk(answer, shape));
  }
}

function post(path: string): HttpRequest {
  return { method: "POST", path, repeat: "harmless" };
}

function json(method: "POST" | "PUT" | "PATCH", path: string, body: object): HttpRequest {
  const headers = { "content-type": "application/json" };
  return { method, path, headers, body: JSON.stringify(body), repeat: "harmless" };
}

function pathOf(name: string): string {
  return `/api/schedules/${encodeURIComponent(name)}`;
}
