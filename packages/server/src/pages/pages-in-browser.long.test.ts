import { describeInBrowser, phone, wasNotReloaded } from "@flawless-ts/test-helpers";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { expect, test } from "vitest";
import { browsedServer } from "../testing/pages-in-browser.ts";

await describeInBrowser("the server's pages", (openPage) => {
  const site = browsedServer(openPage, fixtureBytes("conformance"));
  const { start, open } = site;

  test("show workflows as they start and end, without a reload", async () => {
    const page = await open("/");
    await page.getByText("No workflow was started yet.").waitFor();
    const id = await start("receive");
    const row = page.getByRole("row", { name: id });
    await row.getByText("Waits for a message: approve").waitFor();
    await row.getByText("Running").waitFor();
    await site.server.engine.send(id, "approve", '{"by":"Ann"}');
    await row.getByText("Completed").waitFor();
    await page.locator(".tile", { hasText: "Completed" }).getByText("1", { exact: true }).waitFor();

    expect(await page.getByText("No workflow was started yet.").count()).toBe(0);
    expect(await wasNotReloaded(page)).toBe(true);
  });

  test("find workflows by state, name and id", async () => {
    const running = await start("receive");
    await start("noop");
    const page = await open("/");
    await page.getByRole("link", { name: "Running" }).click();
    // Until the next page has loaded, locators still match this one.
    await expect.poll(() => page.locator(".workflow").count()).toBe(1);
    await page.getByRole("row", { name: running }).waitFor();
    await page.getByLabel("State", { exact: true }).selectOption("All");
    await page.getByLabel("Workflow or id").fill("noop");
    await page.getByRole("button", { name: "Search" }).click();
    await page.locator(".workflow", { hasText: "noop" }).waitFor();
    await expect.poll(() => page.locator(".workflow").count()).toBe(1);
    await page.getByLabel("Workflow or id").fill(running);
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("heading", { name: running }).waitFor();
  });

  test("send a message to a workflow, and show its steps live", async () => {
    const id = await start("receive_many", { count: 2 });
    const page = await open(`/workflows/${id}`);
    await page.getByText("Waits for a message: a, b").waitFor();
    await page.getByText("Input", { exact: true }).first().click();
    await page.getByLabel("Type").fill("a");
    await page.getByLabel("Data, as JSON").fill('{"n":');
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("Not sent.").waitFor();
    await page.getByLabel("Data, as JSON").fill('{"n":1}');
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("Sent: a").waitFor();
    await page.getByText('Received "a" {"n":1}').waitFor();

    // Expanded details and typed text stay.
    await page.getByLabel("Type").fill("b");
    await site.server.engine.send(id, "b", '{"n":2}');
    await page.getByRole("heading", { name: "Completed" }).waitFor();
    await page.getByText('Received "b" {"n":2}').waitFor();
    expect(await page.locator(".values details[open]").count()).toBe(1);
    expect(await page.getByRole("button", { name: "Send" }).count()).toBe(0);
    expect(await wasNotReloaded(page)).toBe(true);
  });

  test("keep what is being typed on a reconnect", async () => {
    const id = await start("receive");
    const page = await open(`/workflows/${id}`);
    await page.getByLabel("Type").fill("half a ty");
    const { port } = new URL(site.server.url);
    await site.server.close({ graceMs: 0 });
    await page.getByText("Connection lost").waitFor();
    await site.reopen({ port: Number(port) });
    await page.getByText("Live", { exact: true }).waitFor();

    expect(await page.getByLabel("Type").inputValue()).toBe("half a ty");
    expect(await wasNotReloaded(page)).toBe(true);
  });

  test("cancel a workflow after a confirmation", async () => {
    const id = await start("receive");
    const page = await open(`/workflows/${id}`);
    const answers = [false, true];
    page.on("dialog", (dialog) => void (answers.shift() ? dialog.accept() : dialog.dismiss()));
    const button = page.getByRole("button", { name: "Cancel the workflow" });
    await button.click();
    expect((await site.server.engine.workflow(id)).status).toBe("running");
    await button.click();
    await page.getByRole("heading", { name: "Cancelled" }).waitFor();

    expect((await site.server.engine.workflow(id)).status).toBe("cancelled");
    expect(await wasNotReloaded(page)).toBe(true);
  });

  test("work without JavaScript", async () => {
    const id = await start("receive");
    const page = await open("/", { javaScriptEnabled: false });
    await page.getByRole("link", { name: id }).click();
    await page.getByLabel("Type").fill("approve");
    await page.getByLabel("Data, as JSON").fill('{"by":"Ann"}');
    await page.getByRole("button", { name: "Send" }).click();
    await page.waitForURL(`**/workflows/${id}`);
    await site.server.engine.wait(id, { timeoutMs: 10_000 });
    await page.getByRole("link", { name: "reload it" }).click();
    await page.getByRole("heading", { name: "Completed" }).waitFor();
    expect((await site.server.engine.workflow(id)).response).toBe('{"by":"Ann"}');
  });

  test("ask for the token as a password", async () => {
    await site.server.close({ graceMs: 0 });
    await site.reopen({ tokens: ["secret"] });
    const id = await start("receive");
    const page = await open(`/workflows/${id}`, {
      httpCredentials: { username: "anyone", password: "secret" },
    });
    await page.getByLabel("Type").fill("approve");
    await page.getByLabel("Data, as JSON").fill('{"by":"Ann"}');
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("heading", { name: "Completed" }).waitFor();
    expect(await wasNotReloaded(page)).toBe(true);
  });

  test("don't run scripts from untrusted values", async () => {
    const hostile = `"><img src=x onerror="window.hacked = true"><script>window.hacked = true</script>`;
    const id = await start("panic_before_response", { message: hostile });
    await site.server.engine.wait(id, { timeoutMs: 10_000 });
    const waiting = await start("receive");
    await site.server.engine.send(waiting, hostile, JSON.stringify(hostile));
    const page = await open("/");
    await page.locator(".reason", { hasText: "<script>" }).waitFor();
    for (const path of [`/workflows/${id}`, `/workflows/${id}/steps/1`, `/?workflow=${hostile}`]) {
      await page.goto(`${site.server.url}${path}`);
      expect(await page.locator("img, body script").count()).toBe(0);
      expect(await page.evaluate("window.hacked")).toBeUndefined();
    }
  });

  test("fit on a phone, however long the texts are", async () => {
    const long = "x".repeat(2_000);
    const failed = await start("panic_before_response", { message: long });
    await site.server.engine.wait(failed, { timeoutMs: 10_000 });
    const echo = await start("echo", { [long]: [long] });
    const page = await open("/", { viewport: phone });
    for (const path of [
      "/",
      `/workflows/${failed}`,
      `/workflows/${echo}`,
      "/modules",
      "/activities",
    ]) {
      await page.goto(`${site.server.url}${path}`);
      await page.evaluate("document.querySelectorAll('details').forEach((it) => (it.open = true))");
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(phone.width);
    }
  });
});
