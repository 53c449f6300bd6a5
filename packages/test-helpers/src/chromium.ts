import { access, constants } from "node:fs/promises";
import type { Browser } from "playwright-core";

/** Where Debian's package `chromium` puts it. */
const program = "/usr/bin/chromium";

/**
 * Tells why browser tests can't run; `null`: they can. In CI nothing may be missing: there, starting the browser fails.
 */
export async function missingForBrowser(): Promise<string | null> {
  if (process.env["CI"]) {
    return null;
  }
  return access(program, constants.X_OK).then(
    () => null,
    () => `there is no ${program} (Debian's package chromium)`,
  );
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
