import type { FastifyInstance, LightMyRequestResponse } from "@flawless-ts/http-service/fastify";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createApi } from "../api/create-api.ts";
import type { EngineApi, ScheduleApi } from "../api/engine-api.ts";
import { EngineError } from "../errors.ts";
import { fakeEngine } from "../testing/fake-engine.ts";

const hostile = `<script>alert("x")</script>`;

function open(schedules: Partial<ScheduleApi> = {}): FastifyInstance {
  const engine: EngineApi = fakeEngine();
  const app = createApi({ ...engine, schedules: { ...engine.schedules, ...schedules } }, {});
  onTestFinished(() => app.close());
  return app;
}

function post(
  app: FastifyInstance,
  url: string,
  site = "same-origin",
): Promise<LightMyRequestResponse> {
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "sec-fetch-site": site,
  };
  return app.inject({ method: "POST", url, headers, payload: "" });
}

describe("the page of schedules", () => {
  test("lists them with their times and what they started", async () => {
    const { body, statusCode } = await open().inject({ url: "/schedules" });

    expect(statusCode).toBe(200);
    expect(body).toContain('<a href="/schedules/hourly">hourly</a>');
    expect(body).toContain("0 * * * *");
    expect(body).toContain("Europe/Berlin");
  });

  test("has pages", async () => {
    const list = vi.fn<ScheduleApi["list"]>(async () => ({ schedules: [], cursor: "a&b" }));
    const app = open({ list });
    const { body } = await app.inject({ url: "/schedules?cursor=x" });

    expect(list).toHaveBeenCalledWith({ limit: 100, cursor: "x" });
    expect(body).toContain('href="/schedules?cursor=a%26b"');
    expect((await app.inject({ url: "/schedules?cursor=a&cursor=b" })).statusCode).toBe(400);
  });

  test("shows names and reasons as text", async () => {
    const [described] = [await fakeEngine().schedules.describe("hourly")];
    const error = { code: "MODULE_NOT_FOUND", message: hostile };
    const [start] = described?.last ?? [];
    const odd = {
      ...described,
      name: hostile,
      workflow: hostile,
      input: JSON.stringify(hostile),
      last: [{ ...start, outcome: "failed", workflow: null, error }],
    } as Awaited<ReturnType<ScheduleApi["describe"]>>;
    const app = open({
      list: async () => ({ schedules: [odd], cursor: null }),
      describe: async () => odd,
    });
    for (const url of ["/schedules", `/schedules/${encodeURIComponent(hostile)}`]) {
      const { body, statusCode } = await app.inject({ url });
      expect(statusCode).toBe(200);
      expect(body).toContain("&lt;script&gt;");
      expect(body).not.toContain(hostile);
    }
  });
});

describe("the page of a schedule", () => {
  test("shows its next and last times", async () => {
    const { body } = await open().inject({ url: "/schedules/hourly" });

    expect(body).toContain("Next times");
    expect(body).toContain('<a href="/workflows/wkf_xhRDf">wkf_xhRDf</a>');
    expect(body).toContain('action="/schedules/hourly/pause"');
  });

  test("is an error for an unknown schedule", async () => {
    const describeOne = async (): Promise<never> => {
      throw new EngineError("SCHEDULE_NOT_FOUND", "There is no such schedule.");
    };
    const answer = await open({ describe: describeOne }).inject({ url: "/schedules/none" });

    expect(answer.statusCode).toBe(404);
  });

  test.each([
    ["pause", "/schedules/hourly"],
    ["resume", "/schedules/hourly"],
    ["trigger", "/schedules/hourly"],
    ["delete", "/schedules"],
  ] as const)("lets people %s it, and continues at %s", async (action, location) => {
    const run = vi.fn<(name: string) => Promise<never>>(
      async (name) => fakeEngine().schedules.describe(name) as Promise<never>,
    );
    const app = open({ [action]: run });
    const answer = await post(app, `/schedules/hourly/${action}`);

    expect([answer.statusCode, answer.headers["location"]]).toEqual([200, location]);
    expect(run.mock.calls[0]?.[0]).toBe("hourly");
    expect((await post(app, `/schedules/hourly/${action}`, "cross-site")).statusCode).toBe(403);
    expect(run).toHaveBeenCalledTimes(1);
  });
});
