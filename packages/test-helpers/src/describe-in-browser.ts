import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { launchBrowser, missingForBrowser } from "./chromium.ts";
import { describeUnless } from "./describe-unless.ts";
import { openLivePage } from "./live-page.ts";

/** Opens a page for one test, and waits until it is live. An error in the page fails the test. */
export type OpenPage = (url: string, options?: BrowserContextOptions) => Promise<Page>;

/** The window of a small phone, in pixels. */
export const phone = { width: 360, height: 740 } as const;

const launchTimeoutMs = 120_000;

/**
 * A suite of tests that share a browser. They are skipped if there is none, but not in CI.
 *
 * @param what the subject of the tests, such as "the dashboard"
 */
export async function describeInBrowser(
  what: string,
  tests: (openPage: OpenPage) => void,
): Promise<void> {
  describeUnless(await missingForBrowser(), `${what} in a browser`, () => {
    let browser: Browser | undefined;

    beforeAll(async () => {
      browser = await launchBrowser();
    }, launchTimeoutMs);

    afterAll(async () => {
      await browser?.close();
    });

    tests(async (url, options = {}) => {
      if (browser === undefined) {
        throw new Error("expected to be called by a test, but no browser was started yet");
      }
      const { page, close } = await openLivePage(browser, url, options);
      onTestFinished(async () => expect(await close()).toEqual([]));
      return page;
    });
  });
}
