export { firstCertificate, secondCertificate } from "./certificates.ts";
export { canUseBrowser, launchBrowser } from "./chromium.ts";
export { type LivePage, openLivePage, wasNotReloaded } from "./live-page.ts";
export { type CliEnd, CliProcess, type CliProcessOptions } from "./cli-process.ts";
export { listenOnFreePort, rawRequest } from "./raw-request.ts";
export { TemporaryDirectory } from "./temporary-directory.ts";
