import { ControlPlane } from "@flawless-ts/sdk";
import { controlPlanePort } from "./ports.ts";
import { StartedServiceContainer, type StartedParts } from "./started-service.ts";

/** A container in which a control plane is ready. */
export abstract class StartedControlPlane extends StartedServiceContainer {
  readonly #token: string | undefined;
  #client: ControlPlane | undefined;

  constructor(parts: StartedParts, token?: string) {
    super(parts);
    this.#token = token;
  }

  /**
   * Where this machine reaches its control plane, such as `http://127.0.0.1:24817`.
   *
   * @throws TestkitError `FLAWLESS_TESTKIT_UNREACHABLE` where its port is not published
   */
  get url(): string {
    return this.publishedUrl(controlPlanePort, "Publish it by withPublishedPorts(3020).");
  }

  /** Where other containers in its network reach its control plane, such as `http://mvm-ci-node1:3020`. */
  get networkUrl(): string {
    return `http://${this.networkHost}:${controlPlanePort}`;
  }

  /** A client of its control plane; it is closed with the container. */
  protected get controlPlaneClient(): ControlPlane {
    this.#client ??= this.closeWithIt(new ControlPlane({ url: this.url, token: this.#token }));
    return this.#client;
  }
}
