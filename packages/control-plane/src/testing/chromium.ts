import { access, constants } from "node:fs/promises";
import { type Browser, chromium } from "playwright-core";

/** Where Debian's package `chromium` puts it. */
const program = "/usr/bin/chromium";

/** Tells what keeps this machine from running browser tests; `null`: nothing. */
export async function missingForBrowser(): Promise<string | null> {
  return access(program, constants.X_OK).then(
    () => null,
    () => `there is no ${program} (Debian's package chromium)`,
  );
}

/** Starts a browser that asks nobody but the pages' own server. */
export function launchBrowser(): Promise<Browser> {
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
