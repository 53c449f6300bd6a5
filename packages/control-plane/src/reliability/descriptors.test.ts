import { limitDescriptors, OpenConnection, TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import { ControlPlaneProcess } from "../testing/control-plane-process.ts";

test.runIf(process.platform === "linux")(
  "a control plane without free file descriptors continues with what it has",
  async () => {
    using directory = new TemporaryDirectory();
    await using server = ControlPlaneProcess.up(directory.path, ["--worker-timeout", "1"]);
    using known = new OpenConnection(await server.url());
    const publish = async (id: string): Promise<number> =>
      (await known.ask("/api/queue/publish", { job_id: id, payload: {} })).status;
    // Code that the first job loads needs files.
    expect(await publish("zero")).toBe(200);
    const limit = limitDescriptors(server.pid ?? 0);

    const statuses = [];
    for (const path of ["/metrics", "/", "/openapi.json", "/api/queue/list"]) {
      statuses.push((await known.ask(path)).status);
    }
    expect(statuses.filter((status) => status >= 500 && status !== 503)).toEqual([]);
    expect(await publish("one")).toBe(200);
    limit[Symbol.dispose]();

    expect(await publish("two")).toBe(200);
    for (const path of ["/metrics", "/", "/openapi.json", "/api/queue/list"]) {
      expect([path, (await known.ask(path)).status]).toEqual([path, 200]);
    }
    expect(await fetch(`${await server.url()}/health`)).toMatchObject({ status: 200 });
  },
);
