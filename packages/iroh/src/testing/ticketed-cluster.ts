import { startControlPlane, type ControlPlaneServer } from "@flawless-ts/control-plane";
import { type FlawlessServer, startServer } from "@flawless-ts/server";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";

/** The tests' options for both services. */
export interface TicketedClusterOptions {
  readonly tokens?: readonly string[];
  readonly requestsPerSecond?: number;
}

/**
 * A control plane that is reached by its ticket, with a Flawless server that is reached by its own ticket and by that
 * one.
 */
export class TicketedCluster implements AsyncDisposable {
  readonly flawless: FlawlessServer;
  readonly controlPlane: ControlPlaneServer;
  readonly directory: TemporaryDirectory;
  readonly #resources: AsyncDisposableStack;

  private constructor(
    flawless: FlawlessServer,
    controlPlane: ControlPlaneServer,
    directory: TemporaryDirectory,
    resources: AsyncDisposableStack,
  ) {
    this.flawless = flawless;
    this.controlPlane = controlPlane;
    this.directory = directory;
    this.#resources = resources;
  }

  static async start(options: TicketedClusterOptions = {}): Promise<TicketedCluster> {
    const { tokens, requestsPerSecond = 0 } = options;
    await using resources = new AsyncDisposableStack();
    const directory = resources.use(new TemporaryDirectory());
    const flawless = resources.use(
      await startServer({ directory: directory.join("flawless"), port: 0, tokens, iroh: {} }),
    );
    const controlPlane = resources.use(
      await startControlPlane({
        directory: directory.join("control-plane"),
        port: 0,
        tokens,
        flawlessUrl: flawless.url,
        flawlessToken: tokens?.[0],
        modules: [fixtureBytes("conformance")],
        apiLimits: { requestsPerSecond },
        iroh: {},
      }),
    );
    return new TicketedCluster(flawless, controlPlane, directory, resources.move());
  }

  get ticket(): string {
    return this.controlPlane.ticket ?? "";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}
