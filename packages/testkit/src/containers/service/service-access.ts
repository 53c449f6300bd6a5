import { setTimeout as sleep } from "node:timers/promises";
import { type CallOptions, ControlPlane, Flawless, type Sleep } from "@flawless-ts/sdk";
import { TestkitError } from "../../errors.ts";
import type { DockerContainer, DockerEngine } from "../docker/engine.ts";
import { waitCommand } from "../image/image-paths.ts";

/** The max time to wait. */
export interface AskScope extends CallOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** A container starts in less time than a client would wait between two requests. */
const firstPausesMs = 25;
/** How long to poll this often: on a busy machine, polling itself would slow the startup down. */
const eagerMs = 2_000;

/** Access to a container: from here through its published ports, or by a command that runs in it. */
export class ServiceAccess {
  readonly engine: DockerEngine;
  readonly container: DockerContainer;
  readonly #ports: ReadonlyMap<number, number>;

  /** @param ports on the host, by ports in the container */
  constructor(
    engine: DockerEngine,
    container: DockerContainer,
    ports: ReadonlyMap<number, number>,
  ) {
    this.engine = engine;
    this.container = container;
    this.#ports = ports;
  }

  /** The URL of a published port, from here; null if it is not published. */
  urlOf(port: number): string | null {
    const published = this.#ports.get(port);
    return published === undefined ? null : `http://${this.engine.host}:${published}`;
  }

  /** Waits until the Flawless server at `url` is healthy, or if it is the original, until it returns its version. */
  async flawlessReady(url: string, scope: AskScope, token?: string): Promise<void> {
    await using client = new Flawless({ url, token, sleep: eagerSleep() });
    await client.waitUntilReady(scope);
  }

  /** Waits until the control plane at `url` is healthy. */
  async controlPlaneReady(url: string, scope: AskScope, token?: string): Promise<void> {
    await using client = new ControlPlane({ url, token, sleep: eagerSleep() });
    await client.waitUntilReady(scope);
  }

  /**
   * Waits until all roles are healthy by a check inside the container, for roles that can't be reached from here.
   *
   * @throws TestkitError `FLAWLESS_TESTKIT_CONTAINER_FAILED`
   */
  async readyInside({ timeoutMs }: AskScope): Promise<void> {
    const { exitCode, output } = await this.engine.client.container.exec(this.container, [
      ...waitCommand,
      String(Math.ceil(timeoutMs)),
    ]);
    if (exitCode !== 0) {
      throw new TestkitError("FLAWLESS_TESTKIT_CONTAINER_FAILED", output.trim());
    }
  }
}

/** Sleeps briefly at first. */
function eagerSleep(): Sleep {
  const eagerUntil = performance.now() + eagerMs;
  return async (milliseconds, signal) => {
    const pauseMs =
      performance.now() < eagerUntil ? Math.min(milliseconds, firstPausesMs) : milliseconds;
    await sleep(pauseMs, undefined, { signal });
  };
}
