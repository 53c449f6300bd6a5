import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/** A page of a service in a browser. */
export interface LivePage {
  readonly page: Page;
  /** @returns the problems in the page: errors of scripts, and what the browser refused */
  close(): Promise<readonly string[]>;
}

/** Opens a page and, unless scripts are off, waits until it is live. */
export async function openLivePage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<LivePage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    // Those are about responses that the test itself causes.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
      problems.push(message.text());
    }
  });
  await page.goto(url);
  if (options.javaScriptEnabled !== false) {
    await page.getByText("Live", { exact: true }).waitFor();
    // A reloaded page would not have this any more.
    await page.evaluate("window.notReloaded = true");
  }
  return {
    page,
    async close() {
      await context.close();
      return problems;
    },
  };
}

/** Whether the page was changed only by its script and not reloaded. */
export async function wasNotReloaded(page: Page): Promise<boolean> {
  return (await page.evaluate("window.notReloaded")) === true;
}
