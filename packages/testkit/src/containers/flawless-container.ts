import { Flawless, type ModuleSource } from "@flawless-ts/sdk";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal";
import type { OriginalServer } from "./image/original-server.ts";
import type { ImageOption } from "./image/image-option.ts";
import { argumentsVariable, tokenFile } from "./service/arguments.ts";
import { type FlawlessBind, loopbackAdvice, parseFlawlessBind } from "./service/bind.ts";
import { flawlessPort } from "./service/ports.ts";
import type { AskScope, ServiceAccess } from "./service/service-access.ts";
import { ServiceContainer, type ServicePlan } from "./service/service-container.ts";
import { StartedServiceContainer, type StartedParts } from "./service/started-service.ts";

/** Options of {@link FlawlessContainer}. */
export interface FlawlessContainerOptions {
  /** Default `auto`. */
  readonly image?: ImageOption | undefined;
  /**
   * The server: this project's `flawless-ts`, or the original `flawless`, which is not part of this package: see
   * `binary` and `download`. Default `flawless-ts`.
   */
  readonly server?: "flawless-ts" | "flawless" | undefined;
  /**
   * The path of your copy of the original server, 1.0.0-beta.3 for Linux on x64. Refused unless its checksum matches.
   */
  readonly binary?: string | undefined;
  /** Whether the image's build may download the original server. Refused unless its checksum matches. Default false. */
  readonly download?: boolean | undefined;
}

const flawlessContainerOptionNames = optionNames<FlawlessContainerOptions>({
  image: true,
  server: true,
  binary: true,
  download: true,
});

/**
 * A Flawless server in a container.
 *
 * ```ts
 * await using flawless = await new FlawlessContainer().start();
 * const module = await flawless.client.deploy("shop.wasm");
 * ```
 */
export class FlawlessContainer extends ServiceContainer<StartedFlawlessContainer> {
  readonly #original: boolean;
  #bind: FlawlessBind = parseFlawlessBind(`0.0.0.0:${flawlessPort}`);
  #modules: readonly ModuleSource[] = [];
  #tokens: readonly string[] = [];
  #arguments: readonly string[] = [];

  /** @throws InvalidOptionError for options that contradict each other */
  constructor(options: FlawlessContainerOptions = {}) {
    refuseUnknownOptions(options, flawlessContainerOptionNames);
    const original = originalServerOf(options);
    super(
      original === null ? (options.image ?? "auto") : { original, on: options.image ?? "auto" },
    );
    this.#original = original !== null;
  }

  /**
   * The address to listen on in the container. Default `0.0.0.0:27288`. On `127.0.0.1` it can't be reached from outside
   * the container, published port or not.
   *
   * @throws InvalidOptionError
   */
  withBind(bind: string): this {
    this.#bind = parseFlawlessBind(bind);
    return this;
  }

  /** The modules to deploy once it is ready: bytes, paths, or file URLs. */
  withModules(...modules: ModuleSource[]): this {
    this.#modules = [...this.#modules, ...modules];
    return this;
  }

  /** A secret that workflows can read. The original server has no secrets. */
  withSecret(name: string, value: string): this {
    return this.withEnvironment({ [`FLAWLESS_SECRET_${name}`]: value });
  }

  /** Requires one of these tokens; the client uses the first. */
  withTokens(...tokens: string[]): this {
    this.#tokens = tokens;
    return this;
  }

  /** More arguments for `flawless up`, such as `--dev`. */
  withArguments(...args: string[]): this {
    this.#arguments = [...this.#arguments, ...args];
    return this;
  }

  protected override async plan(): Promise<ServicePlan> {
    const { host, port, loopback } = this.#bind;
    if (this.#original && this.#tokens.length > 0) {
      throw new InvalidOptionError(
        "withTokens()",
        "withTokens() is for this project's server. Give the original one its own arguments by withArguments().",
      );
    }
    const tokens = tokenFile("flawless", this.#tokens);
    return {
      roles: ["flawless"],
      environment: {
        FLAWLESS_BIND: `${host}:${port}`,
        ...argumentsVariable("FLAWLESS_ARGS", [...tokens.args, ...this.#arguments]),
      },
      files: tokens.files,
      ports: loopback ? [] : [port],
    };
  }

  protected override async ask(access: ServiceAccess, scope: AskScope): Promise<void> {
    const url = this.#bind.loopback ? null : access.urlOf(this.#bind.port);
    await (url === null ? access.readyInside(scope) : access.flawlessReady(url, scope));
  }

  protected override wrap(parts: StartedParts): StartedFlawlessContainer {
    return new StartedFlawlessContainer(parts, this.#bind, this.#tokens[0]);
  }

  protected override async prepare(started: StartedFlawlessContainer): Promise<void> {
    for (const module of this.#modules) {
      await started.client.deploy(module);
    }
  }
}

/** A Flawless server that is ready. */
export class StartedFlawlessContainer extends StartedServiceContainer {
  readonly #bind: FlawlessBind;
  readonly #token: string | undefined;
  #client: Flawless | undefined;

  constructor(parts: StartedParts, bind: FlawlessBind, token: string | undefined) {
    super(parts);
    this.#bind = bind;
    this.#token = token;
  }

  /**
   * Its URL, as this machine reaches it, such as `http://127.0.0.1:24817`.
   *
   * @throws TestkitError `FLAWLESS_TESTKIT_UNREACHABLE` if its port is not published, or it listens on localhost
   */
  get url(): string {
    return this.publishedUrl(
      this.#bind.port,
      this.#bind.loopback ? loopbackAdvice : "Publish it by withPublishedPorts(27288).",
    );
  }

  /** Its URL, as other containers in its network reach it, such as `http://flawless:27288`. */
  get networkUrl(): string {
    return `http://${this.networkHost}:${this.#bind.port}`;
  }

  /**
   * A client of it; it is closed with the container.
   *
   * @throws TestkitError `FLAWLESS_TESTKIT_UNREACHABLE`, as {@link url}
   */
  get client(): Flawless {
    this.#client ??= this.closeWithIt(new Flawless({ url: this.url, token: this.#token }));
    return this.#client;
  }
}

function originalServerOf(options: FlawlessContainerOptions): OriginalServer | null {
  const { server = "flawless-ts", binary, download = false } = options;
  if (server === "flawless-ts") {
    if (binary !== undefined || download) {
      throw new InvalidOptionError(
        binary === undefined ? "download" : "binary",
        '`binary` and `download` are for the original server: say `server: "flawless"`, too.',
      );
    }
    return null;
  }
  if (binary !== undefined && download) {
    throw new InvalidOptionError(
      "binary",
      "`binary` and `download` contradict each other. Leave one of them out.",
    );
  }
  if (binary !== undefined) {
    return { binary };
  }
  if (download) {
    return { download: true };
  }
  throw new InvalidOptionError(
    "binary",
    'the original server is not part of this package: `server: "flawless"` needs `binary`, the path of your copy, or `download: true`.',
  );
}
