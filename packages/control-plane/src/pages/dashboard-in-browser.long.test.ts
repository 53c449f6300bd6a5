import {
  accessibilityViolations,
  describeInBrowser,
  phone,
  TemporaryDirectory,
  wasNotReloaded,
} from "@flawless-ts/test-helpers";
import type { BrowserContextOptions, Page } from "playwright-core";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { openControlPlane } from "../control-plane.ts";
import type { RunningNode } from "../running-node.ts";
import { TestClock } from "../testing/test-clock.ts";

/** It checks many complete pages. */
const axeTimeoutMs = 180_000;

await describeInBrowser("the dashboard", (openPage) => {
  let clock: TestClock;
  let server: RunningNode;

  beforeEach(async () => {
    const directory = new TemporaryDirectory();
    clock = new TestClock(Date.now());
    server = await openControlPlane({
      directory: directory.path,
      port: 0,
      nodeId: "node-1",
      flawlessUrl: null,
      clock,
    });
    onTestFinished(async () => {
      await server.close({ graceMs: 0 });
      directory.remove();
    });
  });

  function openDashboard(options?: BrowserContextOptions): Promise<Page> {
    return openPage(server.url, options);
  }

  async function post(path: string, body?: unknown): Promise<void> {
    const answer = await fetch(`${server.url}${path}`, {
      method: "POST",
      ...(body === undefined
        ? {}
        : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    expect(answer.ok, await answer.text()).toBe(true);
  }

  function report(status: string, urlsLeft: number, id = 1): Promise<void> {
    return post("/ui-update", { id, status, url: "https://example.com/", urls_left: urlsLeft });
  }

  test.each(["light", "dark"] as const)(
    "and the other pages pass axe-core, in %s",
    async (colorScheme) => {
      await post("/api/queue/publish", { url: "https://example.com/" });
      await post("/queue/claim");
      const page = await openDashboard({ colorScheme });
      for (const path of ["/", "/list", "/dashboard/job/job-1", "/dashboard/state/Claimed"]) {
        await page.goto(`${server.url}${path}`);
        expect(await accessibilityViolations(page), path).toEqual([]);
      }
    },
    axeTimeoutMs,
  );

  test("adds a job with the form, without leaving the page", async () => {
    const page = await openDashboard();
    await page.getByLabel("URL to crawl").fill("https://example.com/?a=1&b=<2>");
    await page.getByRole("button", { name: "Add job" }).click();
    const row = page.getByRole("row", { name: "job-0" });
    await row.getByText("https://example.com/?a=1&b=<2>").waitFor();

    expect(await row.getByText("Pending").isVisible()).toBe(true);
    await page.getByText("Added: https://example.com/?a=1&b=<2>").waitFor();
    expect(await page.getByLabel("URL to crawl").inputValue()).toBe("");
    expect(await page.getByText("No jobs yet").count()).toBe(0);
    expect(await wasNotReloaded(page)).toBe(true);
  });

  test("says why a job was not added", async () => {
    const page = await openDashboard();
    await page.route("**/new-job", (route) =>
      route.fulfill({ status: 400, json: { error: "The queue is full." } }),
    );
    await page.getByLabel("URL to crawl").fill("https://example.com/");
    await page.getByRole("button", { name: "Add job" }).click();
    await page.getByText("Not added. The queue is full.").waitFor();

    expect(await page.getByLabel("URL to crawl").inputValue()).toBe("https://example.com/");
  });

  test("moves a job's progress with each report", async () => {
    const page = await openDashboard();
    await post("/api/queue/publish", { url: "https://example.com/" });
    const bar = page.getByRole("progressbar", { name: "Progress of job-1" });
    const row = page.getByRole("row", { name: "job-1" });

    await report("Request", 9);
    await row.getByText("1 of 30 · Request · 9 URLs left").waitFor();
    await row.getByText("In progress").waitFor();
    expect(await bar.getAttribute("value")).toBe("1");
    await report("Parse", 9);
    await row.getByText("2 of 30 · Parse · 9 URLs left").waitFor();
    for (let urlsLeft = 9; urlsLeft >= 0; urlsLeft -= 1) {
      for (const status of urlsLeft === 9 ? ["Done"] : ["Request", "Parse", "Done"]) {
        await report(status, urlsLeft);
      }
    }
    await row.getByText("30 of 30 · Done · 0 URLs left").waitFor();
    expect([await bar.getAttribute("value"), await bar.getAttribute("max")]).toEqual(["30", "30"]);
    expect(await row.getByText("Completed").isVisible()).toBe(true);
    await page.locator(".tile", { hasText: "Completed" }).getByText("1").waitFor();
    expect(await wasNotReloaded(page)).toBe(true);
  });

  test("shows a new worker, and marks it when it is lost", async () => {
    const page = await openDashboard();
    // Pages tell ages by the machine's time, and opening one may have taken a while.
    clock.advance(Date.now() - clock.now());
    await post("/api/workers/register", { worker_type: "wasm", worker_id: "worker-7" });
    const row = page.getByRole("row", { name: "worker-7" });
    await row.getByText("Online").waitFor();
    expect(await row.getByText("wasm").isVisible()).toBe(true);
    await row.getByText("just now").waitFor();

    clock.advance(600_000);
    await server.queue.returnLost();
    await row.getByText("Lost").waitFor();
    await page.getByText("0 online, 1 lost").waitFor();

    await post("/api/workers/worker-7/heartbeat", {});
    await row.getByText("Online").waitFor();
    expect(await wasNotReloaded(page)).toBe(true);
  });

  test("keeps the order of jobs as they come and start", async () => {
    const page = await openDashboard();
    for (const id of ["a", "b", "c"]) {
      await post("/queue/publish", { job_id: id, payload: {} });
    }
    await post("/queue/claim");
    await page.getByRole("row", { name: "a" }).getByText("Claimed").waitFor();

    expect(await page.locator(".job th").allInnerTexts()).toEqual(["a", "c", "b"]);
  });

  test("recovers after the connection was lost", async () => {
    const page = await openDashboard();
    const url = new URL(server.url);
    await server.close({ graceMs: 0 });
    await page.getByText("Connection lost").waitFor();
    const directory = new TemporaryDirectory();
    onTestFinished(() => directory.remove());
    server = await openControlPlane({
      directory: directory.path,
      port: Number(url.port),
      flawlessUrl: null,
    });
    await post("/api/workers/register", { worker_type: "wasm", worker_id: "worker-new" });
    await page.getByRole("row", { name: "worker-new" }).waitFor();

    await page.getByText("Live", { exact: true }).waitFor();
    expect(await wasNotReloaded(page)).toBe(true);
  });

  test("closes its connection while hidden", async () => {
    const page = await openDashboard();
    const setHidden = (hidden: boolean): Promise<unknown> =>
      page.evaluate(
        `Object.defineProperty(document, "hidden", { value: ${hidden}, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));`,
      );
    const openStreams = async (): Promise<string | undefined> => {
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      return /^control_plane_event_streams (\d+)$/m.exec(metrics)?.[1];
    };
    expect(await openStreams()).toBe("1");

    await setHidden(true);
    await expect.poll(openStreams).toBe("0");
    await post("/queue/publish", { job_id: "meanwhile", payload: {} });
    await setHidden(false);
    await page.getByRole("row", { name: "meanwhile" }).waitFor();
    expect(await openStreams()).toBe("1");
  });

  test("runs no scripts from user input", async () => {
    const page = await openDashboard();
    const hostile = `"><img src=x onerror="window.hacked = true"><script>window.hacked = true</script>`;
    await post("/queue/publish", { job_id: "x", payload: { url: hostile } });
    await post("/queue/status/x", { status: "Failed" });
    await post("/api/workers/register", {
      worker_type: "wasm",
      worker_id: "w",
      endpoint_id: hostile,
    });
    await page.locator(".worker").getByText(hostile).waitFor();
    await page.locator(".job").getByText(hostile).waitFor();
    await page.reload();

    expect(await page.locator("img, body script").count()).toBe(0);
    expect(await page.evaluate("window.hacked")).toBeUndefined();
  });

  test("fits a phone, however long the texts are", async () => {
    const long = "x".repeat(2_000);
    await post("/api/queue/publish", { url: `https://example.com/${long}` });
    await post("/queue/publish", { job_id: "j".repeat(100), payload: { [long]: 1 } });
    await post("/api/workers/register", {
      worker_type: "wasm",
      worker_id: "w".repeat(128),
      endpoint_id: long.slice(0, 1_000),
    });
    await report("Request", 9);
    const page = await openDashboard({ viewport: phone });
    for (const path of ["/", "/list"]) {
      await page.goto(`${server.url}${path}`);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(phone.width);
    }
  });

  test("works without JavaScript", async () => {
    const page = await openDashboard({ javaScriptEnabled: false });
    await page.getByLabel("URL to crawl").fill("https://example.com/");
    await page.getByRole("button", { name: "Add job" }).click();
    await page.getByRole("row", { name: "job-0" }).getByText("https://example.com/").waitFor();
    expect(new URL(page.url()).pathname).toBe("/new-job");

    await report("Request", 9, 0);
    await page.getByRole("link", { name: "dashboard", exact: true }).click();
    await page.getByText("1 of 30 · Request · 9 URLs left").waitFor();
    await report("Parse", 9, 0);
    await page.getByRole("link", { name: "reload it" }).click();
    await page.getByText("2 of 30 · Parse · 9 URLs left").waitFor();
  });
});
