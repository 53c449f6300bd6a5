import { ControlPlaneProcess } from "../../testing/control-plane-process.ts";

/** A control plane in a process of its own, which is killed and started again where it was. */
export class RestartedNode implements AsyncDisposable {
  readonly #args: readonly string[];
  readonly #name: string;
  readonly #logs: string[] = [];
  #process: ControlPlaneProcess | undefined;
  #url = "";

  /** @param args of `control-plane up` */
  static async start(args: readonly string[], name: string): Promise<RestartedNode> {
    const node = new RestartedNode(args, name);
    await node.#start("127.0.0.1:0");
    return node;
  }

  private constructor(args: readonly string[], name: string) {
    this.#args = args;
    this.#name = name;
  }

  /** The same after each start. */
  get url(): string {
    return this.#url;
  }

  /** What all of its runs have logged. */
  get log(): string {
    return [...this.#logs, this.#process?.stderr].join("");
  }

  async killAndStart(): Promise<void> {
    await this[Symbol.asyncDispose]();
    await this.#start(new URL(this.#url).host);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    this.#logs.push(this.#process?.stderr ?? "");
  }

  async #start(bind: string): Promise<void> {
    const env = { NODE_ID: this.#name };
    this.#process = new ControlPlaneProcess(["up", "--bind", bind, ...this.#args], { env });
    this.#url = await this.#process.url();
  }
}
