import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { type FlawlessServer, startServer } from "../../server.ts";
import { LoopbackServer } from "../../testing/loopback-server.ts";
import type { ScenarioInput, ScenarioResult } from "./scenario.ts";

const token = "a-token";
const modulePath = "/conformance.wasm";

/** What {@link ScenarioInput} refers to: a server, one that hangs up except for the module, and a dead address. */
export class ScenarioHost implements AsyncDisposable {
  readonly input: ScenarioInput;
  readonly #server: FlawlessServer;
  readonly #broken: LoopbackServer;
  readonly #directory: TemporaryDirectory;

  private constructor(
    input: ScenarioInput,
    server: FlawlessServer,
    broken: LoopbackServer,
    directory: TemporaryDirectory,
  ) {
    this.input = input;
    this.#server = server;
    this.#broken = broken;
    this.#directory = directory;
  }

  /** @param allowedOrigins the origins of pages that run the scenario */
  static async start(allowedOrigins: readonly string[] = []): Promise<ScenarioHost> {
    const directory = new TemporaryDirectory();
    const options = { directory: directory.path, port: 0, tokens: [token], allowedOrigins };
    const server = await startServer(options);
    const broken = await LoopbackServer.http(({ url, socket }, response) => {
      if (url !== modulePath) socket.destroy();
      else response.setHeader("access-control-allow-origin", "*").end(fixtureBytes("conformance"));
    });
    // Nobody else can get this port while the server has it, so nothing listens on the other address.
    const deadUrl = server.url.replace("127.0.0.1", "127.0.0.2");
    const input = {
      url: server.url,
      deadUrl,
      brokenUrl: broken.url,
      moduleUrl: `${broken.url}${modulePath}`,
      token,
    };
    return new ScenarioHost(input, server, broken, directory);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close({ graceMs: 0 });
    await this.#broken.close();
    this.#directory.remove();
  }
}

const failed = { code: "FLAWLESS_CONNECTION_FAILED" } as const;

/** What either client does on platforms that report why a request failed. */
const expectedOfWorkflows = {
  response: 5,
  result: 5,
  sameWorkflow: true,
  executed: 50,
  bigint: 50,
  timeOut: "FLAWLESS_TIMEOUT",
  abort: "FLAWLESS_ABORTED",
  afterMessage: { by: "Ann" },
  terminated: "FLAWLESS_WORKFLOW_CANCELLED",
  unknown: "FLAWLESS_NOT_FOUND",
  badToken: "FLAWLESS_UNAUTHORIZED",
  tooLarge: "FLAWLESS_ANSWER_TOO_LARGE",
  failOver: "completed",
  dead: { ...failed, maybeSent: false, attempts: 3 },
  broken: { ...failed, maybeSent: true, attempts: 1 },
  brokenAgain: { ...failed, maybeSent: true, attempts: 3 },
  closed: "FLAWLESS_CLIENT_CLOSED",
};

const expectedOfAll = (ofWorkflows: ScenarioResult): ScenarioResult => ({
  deployed: ["conformance", "1.0.0"],
  listed: ["conformance"],
  hasVersion: true,
  flawless: ofWorkflows,
  workflowClient: ofWorkflows,
});

/** The scenario's result on platforms that report why a request failed. */
export const expectedResult: ScenarioResult = expectedOfAll(expectedOfWorkflows);

/** The result on other platforms, such as browsers: what may have been sent is not retried. */
export const expectedWithoutReasons: ScenarioResult = expectedOfAll({
  ...expectedOfWorkflows,
  dead: { ...failed, maybeSent: true, attempts: 1 },
});
