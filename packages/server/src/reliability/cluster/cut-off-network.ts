import { spawn, spawnSync } from "node:child_process";
import { endWithThisProcess } from "@flawless-ts/test-helpers";

/** The addresses of both ends. */
const near = "10.99.0.1";
const far = "10.99.0.2";

/**
 * A separate network for some processes, with one cable to the rest of the machine. If it is pulled, nothing arrives on
 * either side, without any error. Needs root, and `ip` from iproute2.
 */
export class CutOffNetwork implements Disposable {
  /** The address of the rest of the machine, as seen from the network. */
  readonly near: string = near;
  /** The address of the network, as seen from the rest of the machine. */
  readonly far: string = far;
  readonly #name = `flawless-${process.pid}`;

  constructor() {
    ip("netns", "add", this.#name);
    try {
      ip(
        "link",
        "add",
        "flawless0",
        "type",
        "veth",
        "peer",
        "name",
        "flawless1",
        "netns",
        this.#name,
      );
      ip("addr", "add", `${near}/24`, "dev", "flawless0");
      ip("link", "set", "flawless0", "up");
      ip("-n", this.#name, "addr", "add", `${far}/24`, "dev", "flawless1");
      ip("-n", this.#name, "link", "set", "lo", "up");
      ip("-n", this.#name, "link", "set", "flawless1", "up");
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Prefix of a command that runs in the network. */
  get launcher(): readonly string[] {
    return ["ip", "netns", "exec", this.#name];
  }

  pullCable(): void {
    ip("link", "set", "flawless0", "down");
  }

  plugIn(): void {
    ip("link", "set", "flawless0", "up");
  }

  /** Sends a request from inside the network, independent of the cable. */
  async ask(
    url: string,
    init: { readonly method?: string; readonly headers?: object; readonly body?: string } = {},
  ): Promise<{ readonly status: number; readonly text: string }> {
    const script =
      "const [url, init] = process.argv.slice(1); const answer = await fetch(url, JSON.parse(init));" +
      "console.log(JSON.stringify({ status: answer.status, text: await answer.text() }));";
    const [program = "", ...args] = this.launcher;
    const node = [process.execPath, "--input-type=module", "-e", script, url, JSON.stringify(init)];
    const child = spawn(program, [...args, ...node], { stdio: ["ignore", "pipe", "inherit"] });
    endWithThisProcess(child);
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    await new Promise((resolve) => child.once("close", resolve));
    return JSON.parse(output) as { readonly status: number; readonly text: string };
  }

  [Symbol.dispose](): void {
    spawnSync("ip", ["netns", "del", this.#name]);
  }
}

function ip(...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync("ip", args, { encoding: "utf8" });
  if (status !== 0) {
    throw new Error(`ip ${args.join(" ")}: ${error?.message ?? stderr}`);
  }
}
