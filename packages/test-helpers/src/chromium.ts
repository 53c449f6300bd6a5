import { access, constants } from "node:fs/promises";
import type { Browser } from "playwright-core";

/** Where Debian's package `chromium` puts it. */
const program = "/usr/bin/chromium";

/**
 * Whether browser tests can run; where they can't, it says why. In CI nothing may be missing: there, starting the browser
 * fails.
 *
 * @param what is not tried otherwise, such as "the dashboard"
 */
export async function canUseBrowser(what: string): Promise<boolean> {
  if (process.env["CI"]) {
    return true;
  }
  try {
    await access(program, constants.X_OK);
    return true;
  } catch {
    console.warn(
      `Not tried in a browser: ${what}, because there is no ${program} (Debian's package chromium).`,
    );
    return false;
  }
}

/** Starts a browser that asks nobody but the pages' own server. */
export async function launchBrowser(): Promise<Browser> {
  // Only now: most of the tests that load this file use no browser.
  const { chromium } = await import("playwright-core");
  return chromium.launch({
    executablePath: program,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
