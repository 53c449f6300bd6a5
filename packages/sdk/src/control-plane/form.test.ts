import { describe, expect, test } from "vitest";
import { controlPlaneOf, firstForm, secondForm } from "../testing/control-plane-answers.ts";
import { FakeServer, unusedUrl } from "../testing/fake-server.ts";
import { ControlPlane } from "./control-plane.ts";

const page = { text: "<html>Jobs</html>" };
const empty = { json: [] };

describe("the form", () => {
  test("is detected by the first call, once", async () => {
    await using server = await FakeServer.start({ ...firstForm, "GET /queue/list": empty });
    await using client = controlPlaneOf(server);
    expect(await client.form()).toBe("first");
    expect(await client.list()).toEqual([]);
    expect(await client.list()).toEqual([]);
    expect(server.requests.map(({ path }) => path)).toEqual([
      "/api/queue/stats",
      "/queue/stats",
      "/queue/list",
      "/queue/list",
    ]);
  });

  test("is the second if the server has both", async () => {
    await using server = await FakeServer.start({ ...firstForm, ...secondForm });
    await using client = controlPlaneOf(server);
    expect(await client.form()).toBe("second");
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    { status: 405, text: "" },
    page,
    { status: 302, headers: { location: "/" }, text: "" },
  ])("is the first if the second's route responds with %j", async (answer) => {
    await using server = await FakeServer.start({ ...firstForm, "GET /api/queue/stats": answer });
    await using client = controlPlaneOf(server);
    expect(await client.form()).toBe("first");
  });

  test.each(["first", "second"] as const)("is not asked for when given: %s", async (form) => {
    await using server = await FakeServer.start({
      "GET /queue/list": empty,
      "GET /api/queue/list": empty,
    });
    await using client = controlPlaneOf(server, { form });
    await client.list();
    expect(server.requests.map(({ path }) => path)).toEqual([
      form === "first" ? "/queue/list" : "/api/queue/list",
    ]);
  });

  test("is checked again after a failure", async () => {
    await using server = await FakeServer.start({
      "GET /api/queue/stats": [
        { status: 500, text: "no leader" },
        { status: 401, text: "who?" },
        { json: { pending: 0, claimed: 0, in_progress: 0, completed: 0, failed: 0, total: 0 } },
      ],
    });
    await using client = controlPlaneOf(server);
    await expect(client.form()).rejects.toMatchObject({ code: "FLAWLESS_SERVER_REFUSED" });
    await expect(client.form()).rejects.toMatchObject({ code: "FLAWLESS_UNAUTHORIZED" });
    expect(await client.form()).toBe("second");
  });

  test("of anything but a control plane is refused, with its address", async () => {
    await using server = await FakeServer.start({
      "GET /api/queue/stats": page,
      "GET /queue/stats": page,
    });
    await using client = controlPlaneOf(server);
    await expect(client.form()).rejects.toMatchObject({
      code: "FLAWLESS_UNEXPECTED_ANSWER",
      message: expect.stringMatching(/GET http:.*\/queue\/stats.*Is it a control plane/),
    });
  });

  test("of a missing server: says what to start", async () => {
    const url = await unusedUrl();
    await using client = controlPlaneOf({ url }, { retry: false });
    await expect(client.form()).rejects.toMatchObject({
      code: "FLAWLESS_CONNECTION_FAILED",
      maybeSent: false,
      message: expect.stringMatching(
        /No answer from the control plane \(GET http:.*Is the server running \(`control-plane up`\)/,
      ),
    });
  });

  test("must exist", () => {
    const make = (): ControlPlane =>
      new ControlPlane({ url: "http://127.0.0.1:3020", form: "third" as "first" });
    expect(make).toThrow(expect.objectContaining({ option: "form" }));
    expect(() => new ControlPlane({ url: "nowhere" })).toThrow(
      expect.objectContaining({ option: "url" }),
    );
  });
});
