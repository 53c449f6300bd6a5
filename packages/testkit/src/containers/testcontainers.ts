import { createRequire } from "node:module";
import type * as testcontainers from "testcontainers";
import { missingForContainers } from "./missing-for-containers.ts";

type Testcontainers = typeof testcontainers;

// Not a static import: users without containers don't need it, and the error for a missing package should be one line.
const library = load();

export const AbstractStartedContainer: Testcontainers["AbstractStartedContainer"] =
  library.AbstractStartedContainer;
export const GenericContainer: Testcontainers["GenericContainer"] = library.GenericContainer;
export const getContainerPort: Testcontainers["getContainerPort"] = library.getContainerPort;
export const getContainerRuntimeClient: Testcontainers["getContainerRuntimeClient"] =
  library.getContainerRuntimeClient;
export const hasHostBinding: Testcontainers["hasHostBinding"] = library.hasHostBinding;
export const ImageName: Testcontainers["ImageName"] = library.ImageName;
export const PullPolicy: Testcontainers["PullPolicy"] = library.PullPolicy;
export const StartedNetwork: Testcontainers["StartedNetwork"] = library.StartedNetwork;

function load(): Testcontainers {
  try {
    return createRequire(import.meta.url)("testcontainers") as Testcontainers;
  } catch (error) {
    throw missingForContainers("testcontainers", error) ?? error;
  }
}
