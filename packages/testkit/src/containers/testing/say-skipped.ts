import { skipSaidVariable, skipWithoutDocker } from "../docker/skip-without-docker.ts";

/** Runs once before all container test files, to print one line for all of them instead of one each. */
export async function setup(): Promise<void> {
  if (await skipWithoutDocker("all tests with containers (CI=true makes them fail instead)")) {
    process.env[skipSaidVariable] = "1";
  }
}
