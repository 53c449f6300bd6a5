import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, test } from "vitest";
import { TestApi } from "../testing/test-api.ts";

type Operation = {
  readonly operationId?: string;
  readonly summary?: string;
  readonly responses: Readonly<Record<string, unknown>>;
};
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

async function readDocument(): Promise<Document> {
  await using api = new TestApi();
  return (await api.get("/openapi.json")).json<Document>();
}

describe("the OpenAPI document", () => {
  test("is valid", async () => {
    const document = await readDocument();
    const result = await new Validator().validate({ ...document });
    expect(result.errors).toBeUndefined();
    expect([result.valid, document.openapi]).toEqual([true, "3.1.0"]);
  });

  test("has the routes of both forms", async () => {
    const { paths } = await readDocument();
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const iroh = (prefix: string): string[] => [
      `GET ${prefix}/blob/{hash}`,
      `GET ${prefix}/gossip/subscribe/{topic}`,
      `GET ${prefix}/info`,
      `POST ${prefix}/blob/store`,
      `POST ${prefix}/connect`,
      `POST ${prefix}/gossip/broadcast`,
      `POST ${prefix}/gossip/join`,
    ];
    const queue = (prefix: string): string[] => [
      `GET ${prefix}/list`,
      `GET ${prefix}/stats`,
      `GET ${prefix}/status/{id}`,
      `POST ${prefix}/claim`,
      `POST ${prefix}/publish`,
      `POST ${prefix}/status/{id}`,
    ];
    const workers = (prefix: string): string[] => [
      `GET ${prefix}`,
      `GET ${prefix}/stats`,
      `GET ${prefix}/{id}`,
      `POST ${prefix}/register`,
      `POST ${prefix}/{id}/drain`,
      `POST ${prefix}/{id}/heartbeat`,
    ];
    expect(operations).toEqual(
      expect.arrayContaining([
        ...queue("/queue"),
        ...queue("/api/queue"),
        ...iroh("/iroh"),
        ...iroh("/api/iroh"),
        ...workers("/workers"),
        ...workers("/api/workers"),
        "GET /api/nodes",
        "GET /health",
        "GET /health/hiqlite",
        "GET /hiqlite/health",
        "GET /list",
        "GET /metrics",
        "POST /new-job",
        "POST /ui-update",
      ]),
    );
  });

  test("gives each operation a unique name and a description", async () => {
    const { paths } = await readDocument();
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    const names = operations.map(({ operationId }) => operationId);

    expect(new Set(names).size).toBe(operations.length);
    for (const { summary, responses } of operations) {
      expect(summary).toMatch(/\w/);
      expect(Object.keys(responses).length).toBeGreaterThan(0);
    }
  });
});
