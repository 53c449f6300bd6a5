import type { ContainerRuntimeClient } from "testcontainers";
import { TestkitError } from "../../errors.ts";
import { getContainerRuntimeClient } from "../testcontainers.ts";
import { isThisMachine } from "./this-machine.ts";

/** Testcontainers' client of the Docker API. */
export type Docker = ContainerRuntimeClient["container"]["dockerode"];
/** A container of {@link Docker}. */
export type DockerContainer = ReturnType<Docker["getContainer"]>;

/** A Docker engine, found as by Testcontainers: through `DOCKER_HOST`, its own settings, or the usual sockets. */
export interface DockerEngine {
  readonly docker: Docker;
  readonly client: ContainerRuntimeClient;
  /** The host on which this process reaches published ports, such as `127.0.0.1`. */
  readonly host: string;
  /** The address to publish ports on: loopback if that is enough, otherwise all (an empty string). */
  readonly publishOn: string;
}

/** Whether containers can be started here. */
export type DockerAvailability =
  | { readonly available: true; readonly version: string }
  | {
      readonly available: false;
      /** The reason in words, on one line. */
      readonly reason: string;
    };

let found: Promise<DockerEngine> | undefined;

/**
 * The Docker engine.
 *
 * @throws TestkitError `FLAWLESS_TESTKIT_NO_DOCKER`
 */
export async function findEngine(): Promise<DockerEngine> {
  found ??= find();
  try {
    return await found;
  } catch (error) {
    // An engine may be started later.
    found = undefined;
    throw error;
  }
}

/** Whether containers can be started here, and if not, why. Never rejects. */
export async function dockerAvailable(): Promise<DockerAvailability> {
  try {
    const { client } = await findEngine();
    return { available: true, version: String(client.info.containerRuntime.serverVersion) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { available: false, reason: message.replaceAll(/\s+/g, " ") };
  }
}

async function find(): Promise<DockerEngine> {
  try {
    const client = await getContainerRuntimeClient();
    const { host } = client.info.containerRuntime;
    const local = await isThisMachine(host);
    return {
      docker: client.container.dockerode,
      client,
      // The name may also resolve to ::1, where nothing is published.
      host: local ? "127.0.0.1" : host,
      publishOn: local ? "127.0.0.1" : "",
    };
  } catch (error) {
    const where = process.env["DOCKER_HOST"] ?? "the usual sockets, such as /var/run/docker.sock";
    throw new TestkitError(
      "FLAWLESS_TESTKIT_NO_DOCKER",
      `No Docker engine answers (looked at ${where}). Start one, or set DOCKER_HOST to where it is.`,
      { cause: error },
    );
  }
}
