import { skipSaidVariable, skipWithoutDocker } from "../docker/skip-without-docker.ts";

/** Runs once before all files of the tests with containers: one line for all of them, in place of one for each. */
export async function setup(): Promise<void> {
  if (await skipWithoutDocker("all tests with containers (CI=true makes them fail instead)")) {
    process.env[skipSaidVariable] = "1";
  }
}
