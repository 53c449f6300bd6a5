import { ControlPlane } from "@flawless-ts/sdk";
import { controlPlanePort } from "./ports.ts";
import { StartedServiceContainer, type StartedParts } from "./started-service.ts";

/** A container with a control plane that is ready. */
export abstract class StartedControlPlane extends StartedServiceContainer {
  readonly #token: string | undefined;
  #client: ControlPlane | undefined;

  constructor(parts: StartedParts, token?: string) {
    super(parts);
    this.#token = token;
  }

  /**
   * Its control plane's URL, as this machine reaches it, such as `http://127.0.0.1:24817`.
   *
   * @throws TestkitError `FLAWLESS_TESTKIT_UNREACHABLE` if its port is not published
   */
  get url(): string {
    return this.publishedUrl(controlPlanePort, "Publish it by withPublishedPorts(3020).");
  }

  /** Its control plane's URL, as other containers in its network reach it, such as `http://mvm-ci-node1:3020`. */
  get networkUrl(): string {
    return `http://${this.networkHost}:${controlPlanePort}`;
  }

  /** A client of its control plane; it is closed with the container. */
  protected get controlPlaneClient(): ControlPlane {
    this.#client ??= this.closeWithIt(new ControlPlane({ url: this.url, token: this.#token }));
    return this.#client;
  }
}
