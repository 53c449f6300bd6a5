import { readFileSync } from "node:fs";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { dirname, join } from "node:path";
import { once } from "node:events";
import { repository } from "../packages/published-packages.ts";
import { run, type RunOptions } from "../packages/run.ts";
import { isPrinted, type PageStep, stepsOf } from "./page-steps.ts";
import { Terminal } from "./terminal.ts";

/** The server's URL in the page. */
const usualPlace = "127.0.0.1:27288";
/** The page's commands that start a server on the default port. */
const serverCommand = /^npm run dev$|^npx @flawless-ts\/server up /;

/**
 * Follows docs/getting-started.md, in a folder that contains only the checkout. Only the port is different, because a
 * server may already use the default one.
 *
 * @param folder must not exist yet
 * @throws Error if a command fails or prints something else than the page shows
 */
export async function followGettingStarted(
  folder: string,
  say: (line: string) => void,
): Promise<void> {
  const bin = join(folder, ".bin");
  await mkdir(bin, { recursive: true });
  // None of this repository's tools, except a Node that is new enough.
  await symlink(process.execPath, join(bin, "node"));
  await symlink(repository, join(folder, "flawless-ts"));
  const place = `127.0.0.1:${await freePort()}`;
  const page = readFileSync(join(repository, "docs/getting-started.md"), "utf8");
  const steps = stepsOf(page);
  await using reader = new Reader(folder, place, bin);
  for (const step of steps) await reader.do(step);
  const done = steps.filter(({ kind }) => kind !== "section").length;
  say(`docs/getting-started.md: ${done} files and commands do what the page says`);
}

/** A reader who follows the page. */
class Reader implements AsyncDisposable {
  readonly #place: string;
  readonly #state: string;
  readonly #terminals: Terminal[] = [];
  readonly #options: RunOptions;
  /** The shell's current folder: some commands change it. */
  #cwd: string;

  constructor(folder: string, place: string, bin: string) {
    this.#cwd = folder;
    this.#place = place;
    this.#state = join(folder, ".cwd");
    this.#options = { bin, env: { FLAWLESS_URL: `http://${place}`, NO_COLOR: "1" } };
  }

  async do(step: PageStep): Promise<void> {
    if (step.kind === "section") await this[Symbol.asyncDispose]();
    else if (step.kind === "file") await this.#save(step.path, step.text);
    else if (step.terminal === undefined) await this.#run(step.commands, step.prints);
    else await this.#open(step.commands, step.prints);
  }

  async #save(path: string, text: string): Promise<void> {
    const file = join(this.#cwd, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, this.#here(text));
  }

  async #run(commands: readonly string[], prints: readonly string[]): Promise<void> {
    const script = [...commands, `pwd > '${this.#state}'`].join("\n");
    const printed = await run("sh", ["-ec", script], { ...this.#options, cwd: this.#cwd });
    const missing = prints.filter((line) => !isPrinted(line, printed));
    if (missing.length > 0) {
      throw new Error(
        `The page shows ${JSON.stringify(missing)}, but ${JSON.stringify(commands)} printed:\n${printed}`,
      );
    }
    this.#cwd = (await readFile(this.#state, "utf8")).trim();
  }

  async #open(commands: readonly string[], prints: readonly string[]): Promise<void> {
    const command = commands.join("\n");
    const bind = `${command.startsWith("npm run") ? " --" : ""} --bind ${this.#place}`;
    const terminal = new Terminal(serverCommand.test(command) ? command + bind : command, {
      ...this.#options,
      cwd: this.#cwd,
    });
    this.#terminals.push(terminal);
    await terminal.untilPrinted(prints.map((line) => this.#here(line)));
  }

  #here(text: string): string {
    return text.replaceAll(usualPlace, this.#place);
  }

  /** Presses Ctrl-C in each terminal. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const terminal of this.#terminals.splice(0).toReversed()) {
      await terminal[Symbol.asyncDispose]();
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
