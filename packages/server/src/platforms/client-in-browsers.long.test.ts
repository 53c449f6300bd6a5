import { describeUnless } from "@flawless-ts/test-helpers";
import { launchBrowser, missingForBrowser } from "@flawless-ts/test-helpers/browser";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LoopbackServer } from "../testing/loopback-server.ts";
import { bundlers } from "./testing/bundle-scenario.ts";
import { expectedWithoutReasons, ScenarioHost } from "./testing/scenario-host.ts";
import type { ScenarioInput } from "./testing/scenario.ts";

describeUnless(await missingForBrowser(), "the client in a browser", () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
  });

  describe.each(Object.entries(bundlers))("bundled by %s", (_name, bundle) => {
    test("reaches only a server that allows the page's origin", async () => {
      const code = await bundle("scenario.ts", "browser");
      await using site = await LoopbackServer.http(({ url }, response) => {
        const isScript = url === "/scenario.js";
        response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
        response.end(isScript ? code : "<!doctype html><title>Scenario</title>");
      });
      const page = await browser.newPage();
      await page.goto(site.url);
      // As text, so that Vitest doesn't change the import.
      const outcome = (input: ScenarioInput): Promise<unknown> =>
        page.evaluate(
          `import("/scenario.js")
            .then(({ scenario }) => scenario(${JSON.stringify(input)}))
            .catch((error) => error.code ?? String(error))`,
        );
      await using host = await ScenarioHost.start([site.url]);
      expect(await outcome(host.input)).toEqual(expectedWithoutReasons);
      await using closed = await ScenarioHost.start();
      expect(await outcome(closed.input)).toBe("FLAWLESS_CONNECTION_FAILED");
      await page.close();
    }, 120_000);
  });
});
