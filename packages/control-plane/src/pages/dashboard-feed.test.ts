import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { EventStream, type RegionPatch } from "@flawless-ts/http-service/pages";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { FlawlessLink, FlawlessState } from "../flawless/flawless-link.ts";
import { TestApi } from "../testing/test-api.ts";
import { DashboardFeed, type DashboardFeedOptions } from "./dashboard-feed.ts";
import { SnapshotReader } from "./snapshot.ts";

interface Message {
  readonly now: number;
  readonly patches: readonly RegionPatch[];
}

/** What a page receives. */
class Page {
  readonly messages: Message[] = [];
  readonly #closed = Promise.withResolvers<void>();

  /** The stream that the feed writes to. */
  get stream(): EventStream {
    return Object.assign(Object.create(EventStream.prototype) as object, {
      closed: this.#closed.promise,
      send: ({ data }: { readonly data: string }) =>
        void this.messages.push(JSON.parse(data) as Message),
    }) as unknown as EventStream;
  }

  leave(): void {
    this.#closed.resolve();
  }

  /** The latest HTML of a piece of a region; undefined if there was none. */
  shown(region: string, key: string): string | undefined {
    const patches = this.messages.flatMap((message) => message.patches);
    return patches.findLast((patch) => patch.region === region && key in patch.changed)?.changed[
      key
    ];
  }
}

let api: TestApi;

beforeEach(async () => {
  api = new TestApi();
  onTestFinished(() => api[Symbol.asyncDispose]());
  await api.app.ready();
});

function open(options: Partial<DashboardFeedOptions> = {}): DashboardFeed {
  const { queue, events } = api.context;
  const feed = new DashboardFeed({
    reader: new SnapshotReader(queue, events),
    events,
    flawless: null,
    clock: api.clock,
    onFailure: (error) => {
      throw error;
    },
    collectMs: 1,
    lookMs: 1_000_000,
    ...options,
  });
  onTestFinished(() => feed[Symbol.dispose]());
  return feed;
}

async function visit(feed: DashboardFeed): Promise<Page> {
  const page = new Page();
  void feed.serve(page.stream);
  await vi.waitFor(() => expect(page.messages).not.toHaveLength(0));
  return page;
}

function publish(): Promise<unknown> {
  return api.post("/api/queue/publish", { url: "https://example.com/" });
}

describe("the feed of the dashboard", () => {
  test("sends a new page everything, and the server's time", async () => {
    await publish();
    const { messages } = await visit(open());

    expect(messages).toHaveLength(1);
    expect(messages[0]?.now).toBe(api.clock.now());
    expect(messages[0]?.patches.map(({ region }) => region)).toEqual([
      "flawless",
      "counts",
      "job-summary",
      "jobs",
      "worker-summary",
      "workers",
    ]);
  });

  test("sends only what changed", async () => {
    await publish();
    await publish();
    const page = await visit(open());
    await api.post("/ui-update", { id: 1, status: "Request", url: "u", urls_left: 9 });
    await vi.waitFor(() => expect(page.messages).toHaveLength(2));
    const changed = page.messages[1]?.patches.map(({ region, changed }) => [
      region,
      Object.keys(changed),
    ]);

    expect(changed).toEqual([
      ["counts", ["Pending", "InProgress"]],
      ["jobs", ["job-1"]],
    ]);
    expect(page.shown("jobs", "job-1")).toContain('max="30" value="1"');
  });

  test.each([
    ["a claim", "/queue/claim", undefined, "jobs", "job-1", "Claimed"],
    ["an end", "/queue/status/job-1", { status: "Failed" }, "jobs", "job-1", "Failed"],
    ["a drain", "/api/workers/w/drain", undefined, "workers", "worker-w", "Draining"],
  ] as const)("notices %s", async (_what, path, body, region, key, text) => {
    await publish();
    await api.post("/api/workers/register", { worker_type: "wasm", worker_id: "w" });
    const page = await visit(open());
    await api.post(path, body);

    await vi.waitFor(() => expect(page.shown(region, key)).toContain(text));
  });

  test("reads the queue a few times for many changes and many pages", async () => {
    const feed = open({ collectMs: 20 });
    const pages = await Promise.all([visit(feed), visit(feed), visit(feed)]);
    const counts = vi.spyOn(api.context.queue, "counts");
    const job = { payload: "{}", workerTypes: [], requestId: "r" };
    await Promise.all(Array.from({ length: 300 }, () => api.context.queue.publishNext(job)));
    for (const page of pages) {
      await vi.waitFor(() => expect(page.shown("counts", "Pending")).toContain(">300<"));
    }

    expect(counts.mock.calls.length).toBeLessThan(5);
    expect(pages.map(({ messages }) => messages)).toEqual(pages.map(() => pages[0]?.messages));
  });

  test("reads nothing while no page is open", async () => {
    const feed = open();
    const page = await visit(feed);
    page.leave();
    await vi.waitFor(() => expect(feed.pages).toBe(0));
    const counts = vi.spyOn(api.context.queue, "counts");
    await publish();
    await visit(feed);

    expect(counts).toHaveBeenCalledTimes(1);
    expect(page.messages).toHaveLength(1);
  });

  test("checks periodically for changes without an event, which also keeps the connection alive", async () => {
    let asked = 0;
    const ask = async (): Promise<FlawlessState> => {
      asked += 1;
      const status = asked < 3 ? "waiting" : "ready";
      return { url: "http://127.0.0.1:27288", status, reason: null, modules: [] };
    };
    const page = await visit(open({ flawless: { ask }, lookMs: 5 }));
    await vi.waitFor(() => expect(page.shown("flawless", "one")).toContain("Ready"));

    expect(page.messages[0]?.patches[0]?.changed["one"]).toContain("Not reached yet");
    await vi.waitFor(() => expect(page.messages.at(-1)?.patches).toEqual([]));
  });

  test("sends Flawless no requests while no page is open", async () => {
    const asked = { unseen: 0, seen: 0 };
    const counting = (which: keyof typeof asked): Pick<FlawlessLink, "ask"> => ({
      ask: async () => {
        asked[which] += 1;
        return { url: "http://127.0.0.1:27288", status: "ready", reason: null, modules: [] };
      },
    });
    open({ flawless: counting("unseen"), lookMs: 1 });
    await visit(open({ flawless: counting("seen"), lookMs: 5 }));
    await vi.waitFor(() => expect(asked.seen).toBeGreaterThan(3));

    expect(asked.unseen).toBe(0);
  });

  test("reports once that the queue can't be read, and continues when it can", async () => {
    const onFailure = vi.fn<(error: unknown) => void>();
    const counts = vi.spyOn(api.context.queue, "counts");
    counts.mockRejectedValue(new Error("no disk"));
    const page = new Page();
    void open({ onFailure, lookMs: 5 }).serve(page.stream);
    await vi.waitFor(() => expect(counts.mock.calls.length).toBeGreaterThan(3));
    counts.mockRestore();
    await vi.waitFor(() => expect(page.messages).not.toHaveLength(0));

    expect(onFailure).toHaveBeenCalledTimes(1);
    expect(page.messages[0]?.patches).toHaveLength(6);
  });

  test("forgets a page that does not read", async () => {
    const feed = open();
    const server = createServer((_request, response) => {
      void feed.serve(new EventStream(response, { maxBufferBytes: 1_000, keepAliveMs: 60_000 }));
    });
    onTestFinished(() => void server.close());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);

    await expect(answer.text()).rejects.toThrow("terminated");
    await vi.waitFor(() => expect(feed.pages).toBe(0));
  });

  test("stops when disposed", async () => {
    const { events } = api.context;
    const before = events.listenerCount("worker");
    const feed = open();
    const page = await visit(feed);
    expect(events.listenerCount("worker")).toBe(before + 1);
    const counts = vi.spyOn(api.context.queue, "counts");
    await publish();
    feed[Symbol.dispose]();
    await publish();
    void feed.serve(new Page().stream);
    await visit(open());

    expect(events.listenerCount("worker")).toBe(before + 1);
    expect(counts).toHaveBeenCalledTimes(1);
    expect(page.messages).toHaveLength(1);
  });
});
