export { firstCertificate, secondCertificate } from "./certificates.ts";
export { describeUnless } from "./describe-unless.ts";
export { describeInBrowser, type OpenPage, phone } from "./describe-in-browser.ts";
export { wasNotReloaded } from "./live-page.ts";
export { type CliEnd, CliProcess, type CliProcessOptions } from "./cli-process.ts";
export { listenOnFreePort, rawRequest } from "./raw-request.ts";
export { TemporaryDirectory } from "./temporary-directory.ts";
export { limitDescriptors } from "./limit-descriptors.ts";
export { OpenConnection } from "./open-connection.ts";
