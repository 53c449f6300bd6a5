import { dockerAvailable } from "./engine.ts";

/** Set in the environment of test files if their run has already reported that there is no Docker. */
export const skipSaidVariable = "FLAWLESS_TS_SKIP_SAID";

/**
 * Whether to skip tests that need containers: there is no Docker engine, and the variable `CI` is not set. With `CI`,
 * they run and fail. One line says so, unless the run as a whole already has.
 *
 * @param what is skipped, such as `shared-flawless`
 */
export async function skipWithoutDocker(what: string): Promise<boolean> {
  if (process.env["CI"]) {
    return false;
  }
  const docker = await dockerAvailable();
  if (docker.available) {
    return false;
  }
  if (!process.env[skipSaidVariable]) {
    console.warn(`Skipped without Docker: ${what}. ${docker.reason}`);
  }
  return true;
}
