import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { fakeEngine } from "../testing/fake-engine.ts";
import { createApi } from "./create-api.ts";

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly security?: unknown;
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<
    Record<
      string,
      { readonly description: string; readonly content?: unknown; readonly headers?: object }
    >
  >;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: object; readonly securitySchemes: object };
}

let app: FastifyInstance;
let text: string;
let document: Document;

beforeAll(async () => {
  app = createApi(fakeEngine());
  const reply = await app.inject({ url: "/openapi.json" });
  text = reply.payload;
  document = reply.json<Document>();
});

afterAll(async () => {
  await app.close();
});

describe("the OpenAPI document", () => {
  test("is valid", async () => {
    const result = await new Validator().validate(JSON.parse(text) as Record<string, unknown>);
    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
    expect(document.openapi).toBe("3.1.0");
  });

  test("has every route once, but not the routes that refuse a method", () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(operations.toSorted()).toEqual([
      "DELETE /api/schedules/{name}",
      "GET /api/activities",
      "GET /api/modules",
      "GET /api/schedules",
      "GET /api/schedules/{name}",
      "GET /api/workflows",
      "GET /api/workflows/{id}",
      "GET /api/workflows/{id}/history",
      "GET /api/workflows/{id}/journal",
      "GET /api/workflows/{id}/state",
      "GET /api/workflows/{id}/wait",
      "GET /health",
      "GET /openapi.json",
      "GET /version",
      "PATCH /api/schedules/{name}",
      "POST /api/activities/{queue}/heartbeat",
      "POST /api/activities/{queue}/leave",
      "POST /api/activities/{queue}/poll",
      "POST /api/activities/{queue}/report",
      "POST /api/activities/{queue}/workers",
      "POST /api/module/deploy",
      "POST /api/schedules/{name}/backfill",
      "POST /api/schedules/{name}/pause",
      "POST /api/schedules/{name}/resume",
      "POST /api/schedules/{name}/trigger",
      "POST /api/workflow/send-msg/{id}",
      "POST /api/workflow/start",
      "POST /api/workflows/cancel",
      "POST /api/workflows/restart",
      "POST /api/workflows/terminate",
      "POST /api/workflows/{id}/cancel",
      "POST /api/workflows/{id}/fork",
      "POST /api/workflows/{id}/restart",
      "POST /api/workflows/{id}/terminate",
      "POST /api/workflows/{id}/updates",
      "PUT /api/schedules/{name}",
    ]);
  });

  test("describes every operation, its errors, and that it needs a token", () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const operation of Object.values(methods)) {
        expect(operation.operationId, path).toMatch(/^[a-z]+[A-Za-z]+$/);
        expect(operation.summary, path).toBeTruthy();
        if (!path.startsWith("/api/")) {
          continue;
        }
        expect(operation.security, path).toEqual([{ token: [] }]);
        expect(operation.responses["401"], path).toMatchObject({
          content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
          headers: { "flawless-error-code": { schema: { type: "string" } } },
        });
      }
    }
  });

  test("says which failed starts may return a workflow's id", () => {
    const responses = Object.entries(
      document.paths["/api/workflow/start"]?.["post"]?.responses ?? {},
    );
    const statuses = responses
      .filter(([, { headers }]) => "flawless-workflow-id" in (headers ?? {}))
      .map(([status]) => status);
    expect(statuses).toEqual(["409", "422"]);
  });

  test("names the schemas", () => {
    expect(Object.keys(document.components.schemas).toSorted()).toEqual([
      "ActivityPolicy",
      "ActivityQueue",
      "ActivityTask",
      "CancelledWorkflows",
      "Error",
      "HandedOutActivity",
      "Health",
      "History",
      "Journal",
      "Module",
      "PublishedState",
      "RestartedWorkflows",
      "Schedule",
      "ScheduleBackfill",
      "ScheduleDescription",
      "SchedulePage",
      "ScheduleStart",
      "StartedWorkflow",
      "ThrownError",
      "UpdateAnswer",
      "Workflow",
      "WorkflowDetails",
      "WorkflowPage",
      "WorkflowRestart",
    ]);
    expect(document.components.securitySchemes).toHaveProperty("token.scheme", "bearer");
  });

  test("says how to upload a module and what a start needs", () => {
    const deploy = document.paths["/api/module/deploy"]?.["post"];
    const start = document.paths["/api/workflow/start"]?.["post"];

    expect(Object.keys(deploy?.requestBody?.content ?? {})).toEqual(["multipart/form-data"]);
    expect(start?.parameters?.map(({ name, in: place }) => `${place} ${name}`)).toEqual([
      "header idempotency-key",
      "header prefer",
    ]);
    expect(Object.keys(start?.requestBody?.content ?? {})).toEqual(["application/json"]);
  });

  test("matches the actual responses", async () => {
    const schemas = document.components.schemas as Record<
      string,
      { required: string[]; properties: object }
    >;
    const answers: readonly [string, unknown][] = [
      ["Workflow", (await app.inject("/api/workflows/wkf_1/wait")).json<{ ok: unknown }>().ok],
      ["WorkflowDetails", (await app.inject("/api/workflows/wkf_1")).json<{ ok: unknown }>().ok],
      ["Journal", (await app.inject("/api/workflows/wkf_1/journal")).json<{ ok: unknown }>().ok],
      ["WorkflowPage", (await app.inject("/api/workflows")).json<{ ok: unknown }>().ok],
      ["Module", (await app.inject("/api/modules")).json<{ ok: unknown[] }>().ok[0]],
      ["Health", (await app.inject("/health")).json()],
      ["Error", (await app.inject("/nothing")).json()],
    ];
    for (const [name, answer] of answers) {
      const keys = Object.keys(answer as object).toSorted();
      const { required, properties } = schemas[name] ?? { required: [], properties: {} };
      expect(keys, name).toEqual(expect.arrayContaining(required));
      expect(Object.keys(properties), name).toEqual(expect.arrayContaining(keys));
    }
  });
});
