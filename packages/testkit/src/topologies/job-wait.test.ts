import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  ControlPlane,
  FlawlessConnectionError,
  type FlawlessError,
  ServerUnavailableError,
  UnauthorizedError,
} from "@flawless-ts/sdk";
import { expect, test } from "vitest";
import { waitForJob, type WatchedCluster } from "./job-wait.ts";

const completed = {
  id: "job-1",
  status: "Completed",
  created_at: 1_700_000_000,
  updated_at: 1_700_000_009,
  retry_count: 0,
  payload: {},
};

/** A control plane that gives every request the same response. */
async function listening(status: number, body: object, port = 0): Promise<Server> {
  const server = createServer((_, response) => {
    response.writeHead(status, { "content-type": "application/json", connection: "close" });
    response.end(JSON.stringify(body));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** A cluster of a control plane only; `onFailure` gets the reason why a request failed, before the next one is sent. */
function clusterOf(
  controlPlane: ControlPlane,
  onFailure: (error: unknown) => Promise<void>,
): WatchedCluster {
  return {
    workers: [],
    explainReachability: () => Promise.reject(new Error("there is no worker")),
    controlPlane: {
      async job(id, options) {
        try {
          return await controlPlane.job(id, options);
        } catch (error) {
          await onFailure(error);
          throw error;
        }
      },
    },
  };
}

function clientOf(server: Server): ControlPlane {
  const { port } = server.address() as AddressInfo;
  return new ControlPlane({ url: `http://127.0.0.1:${port}`, form: "second", retry: false });
}

test("waiting for a job continues while a control plane starts, goes down, and comes back", async () => {
  let server = await listening(503, { error: "starting" });
  const { port } = server.address() as AddressInfo;
  await using client = clientOf(server);
  const failures: FlawlessError[] = [];
  const cluster = clusterOf(client, async (error) => {
    failures.push(error as FlawlessError);
    if (ServerUnavailableError.is(error)) {
      server.close();
      await once(server, "close");
    } else {
      server = await listening(200, completed, port);
    }
  });
  try {
    expect(await waitForJob(cluster, "job-1", {})).toMatchObject({ status: "Completed" });
    expect(failures).toEqual([
      expect.any(ServerUnavailableError),
      expect.any(FlawlessConnectionError),
    ]);
  } finally {
    server.close();
  }
});

test("waiting for a job ends after its timeout, and says that the control plane was down", async () => {
  const server = await listening(200, completed);
  await using client = clientOf(server);
  server.close();
  await once(server, "close");
  const waiting = waitForJob(
    clusterOf(client, async () => undefined),
    "job-1",
    { timeoutMs: 1 },
  );
  await expect(waiting).rejects.toMatchObject({
    code: "FLAWLESS_TESTKIT_JOB_UNFINISHED",
    message: expect.stringMatching(
      /^The job job-1 was not ready after 1 ms\. The control plane can't be asked: /,
    ),
  });
});

test("waiting for a job ends immediately if the control plane refuses the request", async () => {
  const server = await listening(401, { error: "a token is needed" });
  await using client = clientOf(server);
  try {
    const waiting = waitForJob(
      clusterOf(client, async () => undefined),
      "job-1",
      {},
    );
    await expect(waiting).rejects.toSatisfy(UnauthorizedError.is);
  } finally {
    server.close();
  }
});
