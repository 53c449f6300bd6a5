import { fastify, type FastifyInstance } from "#libraries/fastify";
import { describe, expect, test } from "vitest";
import { compilersFactory } from "./lazy-validation.ts";

async function withRoute(schema: Record<string, unknown>): Promise<FastifyInstance> {
  const app = fastify({ schemaController: { compilersFactory } });
  app.post("/", { schema: { body: schema }, handler: async () => "done" });
  await app.ready();
  return app;
}

describe("the validation", () => {
  test("refuses every invalid body, and says why each time", async () => {
    await using app = await withRoute({ type: "object", required: ["name"] });
    const send = (payload: object) => app.inject({ method: "POST", url: "/", payload });

    expect((await send({ name: 1 })).body).toBe("done");
    for (let time = 0; time < 2; time += 1) {
      const reply = await send({});
      expect(reply.statusCode).toBe(400);
      expect(reply.json()).toMatchObject({
        message: "body must have required property 'name'",
      });
    }
    expect((await send({ name: 2 })).body).toBe("done");
  });

  test("compiles a schema on the first request only", async () => {
    await using app = await withRoute({ type: "nonsense" });

    expect((await app.inject({ method: "POST", url: "/", payload: {} })).statusCode).toBe(500);
  });
});
