import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import { ControlPlaneProcess } from "../testing/control-plane-process.ts";

interface Job {
  readonly job_id: string;
  readonly status: string;
  readonly claimed_by: string | null;
  readonly payload: { readonly n: number };
}

/** Sends requests until the server is gone, and records which ones were acknowledged. */
async function hammer(
  url: string,
  first: number,
  seen: {
    readonly published: Set<string>;
    readonly claimed: string[];
    readonly ended: Set<string>;
  },
): Promise<void> {
  const post = async (path: string, body?: unknown): Promise<Response> =>
    fetch(`${url}${path}`, {
      method: "POST",
      ...(body === undefined
        ? {}
        : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
  try {
    for (let n = first; ; n += 1) {
      const id = `job-${n}`;
      expect((await post("/queue/publish", { job_id: id, payload: { n } })).status).toBe(200);
      seen.published.add(id);
      const claim = await post("/queue/claim");
      if (claim.status === 200) {
        const job = (await claim.json()) as Job;
        seen.claimed.push(job.job_id);
        if (n % 2 === 0) {
          await post(`/queue/status/${job.job_id}`, { status: "Completed" });
          seen.ended.add(job.job_id);
        }
      }
    }
  } catch (error) {
    if (!(error instanceof TypeError)) {
      throw error;
    }
    // The connection broke: the server was killed.
  }
}

// Four rounds of two processes each, which may be slow on a busy machine.
const timeoutMs = 120_000;

test(
  "kill -9 during publishing and claiming loses nothing that was acknowledged",
  async () => {
    using directory = new TemporaryDirectory();
    const published = new Set<string>();
    const claimed: string[] = [];
    const ended = new Set<string>();
    const rounds = 4;
    for (let round = 0; round < rounds; round += 1) {
      await using server = ControlPlaneProcess.up(directory.path, ["--log-level", "error"]);
      const url = await server.url();
      const before = published.size;
      const clients = Array.from({ length: 8 }, (_, client) =>
        hammer(url, (round * 8 + client) * 100_000, { published, claimed, ended }),
      );
      await expect
        .poll(() => published.size - before, { interval: 1, timeout: 20_000 })
        .toBeGreaterThan(30 + round * 17);
      server.kill("SIGKILL");
      await server.end;
      await Promise.all(clients);
    }

    await using server = ControlPlaneProcess.up(directory.path);
    const reply = await fetch(`${await server.url()}/queue/list`);
    const jobs = new Map(((await reply.json()) as readonly Job[]).map((job) => [job.job_id, job]));

    const lost = [...published].filter((id) => !jobs.has(id));
    const handedOutTwice = claimed.filter((id, index) => claimed.indexOf(id) !== index);
    const backInQueue = claimed.filter((id) => jobs.get(id)?.status === "Pending");
    const notEnded = [...ended].filter((id) => jobs.get(id)?.status !== "Completed");
    expect({ lost, handedOutTwice, backInQueue, notEnded }).toEqual({
      lost: [],
      handedOutTwice: [],
      backInQueue: [],
      notEnded: [],
    });
    // Each has its original payload.
    expect([...jobs.values()].filter((job) => job.job_id !== `job-${job.payload.n}`)).toEqual([]);
  },
  timeoutMs,
);
