import { accessibilityViolations, describeInBrowser, phone } from "@flawless-ts/test-helpers";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { expect, test } from "vitest";
import { browsedServer } from "../testing/pages-in-browser.ts";
import { moduleWithTypes } from "../testing/module-with-types.ts";

const text = { type: "string" } as const;
const types = {
  workflows: {
    add: {
      input: {
        type: "object",
        properties: { a: { type: "integer" }, b: { type: "integer" } },
        required: ["a", "b"],
      },
      response: { type: "integer" },
    },
    receive: {
      messages: {
        approve: {
          type: "object",
          properties: { by: text, note: text },
          required: ["by"],
        },
        reject: { type: "object", properties: { reason: text }, required: ["reason"] },
      },
    },
  },
} as const;

/** For a test that checks many pages completely. */
const axeTimeoutMs = 180_000;

await describeInBrowser("what can be done on the server's pages", (openPage) => {
  const site = browsedServer(openPage, moduleWithTypes(fixtureBytes("conformance"), types));
  const { start, open } = site;

  test("start a workflow through the fields of its input", async () => {
    const page = await open("/");
    await page.getByRole("link", { name: "Modules" }).click();
    await page.getByRole("link", { name: "Start add of conformance 1.0.0", exact: true }).click();
    await page.getByLabel("a whole number").fill("2");
    await page.getByLabel("b whole number").fill("x");
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByText('Not started. b: expected a whole number, but got "x".').waitFor();
    await page.getByLabel("b whole number").fill("3");
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByRole("heading", { name: "add" }).waitFor();
    await page.getByText("Responded 5").waitFor();

    const { workflows } = await site.server.engine.list();
    expect(workflows).toMatchObject([{ workflow: "add", response: "5" }]);
  });

  test("start a workflow without JavaScript, with its input as text", async () => {
    const page = await open("/start?module=conformance&version=1.0.0&workflow=echo", {
      javaScriptEnabled: false,
    });
    await page.getByLabel("Input, as JSON").fill('{"big": 18446744073709551615}');
    await page.getByText("Key and labels").click();
    await page.getByLabel("Labels").fill("order=7");
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByRole("heading", { name: "echo" }).waitFor();
    const { workflows } = await site.server.engine.list();

    expect(workflows).toMatchObject([{ workflow: "echo", labels: { order: "7" } }]);
  });

  test("send a message through the fields of its type", async () => {
    const id = await start("receive");
    const page = await open(`/workflows/${id}`);
    await page.getByLabel("by", { exact: true }).fill("Ann");
    await page.getByRole("button", { name: "Send approve" }).click();
    await page.getByRole("heading", { name: "Completed" }).waitFor();
    await page.getByText('Received "approve" {"by":"Ann"}').waitFor();

    expect((await site.server.engine.workflow(id)).response).toBe('{"by":"Ann"}');
  });

  test("restart a workflow, and go to the new one", async () => {
    const id = await start("add", { a: 1, b: 2 });
    await site.server.engine.wait(id, { timeoutMs: 20_000 });
    const page = await open(`/workflows/${id}`);
    page.on("dialog", (dialog) => void dialog.accept());
    await page.getByRole("button", { name: "Restart with the same input" }).click();
    await page.getByText("Started again from").waitFor();
    await page.getByRole("link", { name: id }).click();
    await page.getByText("Started again as").waitFor();

    const { restarts } = await site.server.engine.workflow(id);
    expect(restarts).toHaveLength(1);
  });

  test("fork a workflow from one of its steps", async () => {
    const id = await start("add", { a: 1, b: 2 });
    await site.server.engine.wait(id, { timeoutMs: 20_000 });
    const page = await open(`/workflows/${id}`);
    await page.getByText("Fork from a step …").click();
    await page.getByLabel("Take over the first").fill("999");
    await page.getByRole("button", { name: "Fork" }).click();
    await page.getByText("Not started.").waitFor();
    await page.getByLabel("Take over the first").fill("1");
    await page.getByRole("button", { name: "Fork" }).click();
    await page.getByText("with its first 1 step").waitFor();

    const { restarts } = await site.server.engine.workflow(id);
    expect(restarts).toMatchObject([{ fromStep: 1 }]);
  });

  test("terminate a workflow after a confirmation", async () => {
    const id = await start("receive");
    const page = await open(`/workflows/${id}`);
    page.on("dialog", (dialog) => void dialog.accept());
    await page.getByRole("button", { name: "Terminate the workflow" }).click();
    await page.getByRole("heading", { name: "Cancelled" }).waitFor();

    expect((await site.server.engine.workflow(id)).status).toBe("cancelled");
  });

  test("pause a schedule, trigger it, and delete it", async () => {
    await site.server.engine.schedules.create("nightly", {
      cron: "0 3 * * *",
      timeZone: "Europe/Zurich",
      module: "conformance",
      workflow: "noop",
    });
    const page = await open("/");
    page.on("dialog", (dialog) => void dialog.accept());
    await page.getByRole("link", { name: "Schedules" }).click();
    await page.getByRole("link", { name: "nightly" }).click();
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("Paused", { exact: true }).first().waitFor();
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByText("Active", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Start now" }).click();
    await page.getByText("by hand").waitFor();
    expect((await site.server.engine.list()).workflows).toMatchObject([{ workflow: "noop" }]);
    await page.getByRole("button", { name: "Delete the schedule" }).click();
    await page.getByText("There is no schedule.").waitFor();
    expect((await site.server.engine.schedules.list()).schedules).toEqual([]);
  });

  test("can be reached with the keyboard only", async () => {
    const id = await start("receive");
    const page = await open(`/workflows/${id}`);
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the content");
    await page.getByRole("button", { name: "Cancel the workflow" }).focus();
    // The focus must be visible.
    expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).not.toBe(
      "none",
    );
    page.on("dialog", (dialog) => void dialog.accept());
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Cancelled" }).waitFor();
  });

  test("don't scroll while new steps arrive", async () => {
    const id = await start("receive_many", { count: 3 });
    const page = await open(`/workflows/${id}`);
    const step = page.locator(".step", { hasText: "Waits for" });
    await step.waitFor();
    await page.evaluate("window.scrollTo(0, document.body.scrollHeight)");
    await page.getByRole("link", { name: "Step 2" }).focus();
    await site.server.engine.send(id, "a", '{"n":1}');
    await page.getByText('Received "a" {"n":1}').waitFor();

    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe("Step 2");
  });

  test.each(["light", "dark"] as const)(
    "have no violations found by axe-core, in %s",
    async (colorScheme) => {
      const failed = await start("panic_before_response", { message: "no" });
      const waiting = await start("receive");
      await site.server.engine.wait(failed, { timeoutMs: 20_000 });
      await site.server.engine.schedules.create("nightly", {
        cron: "0 3 * * *",
        module: "conformance",
        workflow: "noop",
      });
      const page = await open("/", { colorScheme });
      for (const path of [
        "/",
        "/?status=failed",
        "/modules",
        "/activities",
        "/schedules",
        "/schedules/nightly",
        "/start",
        "/start?module=conformance&version=1.0.0&workflow=add",
        `/workflows/${waiting}`,
        `/workflows/${failed}`,
        `/workflows/${failed}/steps/1`,
        "/workflows/wkf_7",
      ]) {
        await page.goto(`${site.server.url}${path}`);
        await page.evaluate(
          "document.querySelectorAll('details').forEach((it) => (it.open = true))",
        );
        expect(await accessibilityViolations(page), path).toEqual([]);
      }
    },
    axeTimeoutMs,
  );

  test("fit on a phone", async () => {
    const id = await start("receive");
    const page = await open("/", { viewport: phone });
    for (const path of [
      "/start",
      "/start?module=conformance&version=1.0.0&workflow=add",
      `/workflows/${id}`,
      `/workflows/${id}/steps/1`,
    ]) {
      await page.goto(`${site.server.url}${path}`);
      await page.evaluate("document.querySelectorAll('details').forEach((it) => (it.open = true))");
      expect(await page.evaluate("document.documentElement.scrollWidth"), path).toBe(phone.width);
    }
  });
});
