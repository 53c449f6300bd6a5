import { access, constants } from "node:fs/promises";
import type { Browser } from "playwright-core";

/** The program of Debian's package `chromium`. */
const program = "/usr/bin/chromium";

/**
 * Why browser tests can't run; `null` if they can. In CI nothing may be missing: there, starting the browser fails.
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

/** Starts a browser that only contacts the pages' own server. */
export async function launchBrowser(): Promise<Browser> {
  // Imported late, because most of the tests that load this file use no browser.
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
