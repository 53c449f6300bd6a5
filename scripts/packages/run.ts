import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { repository } from "./published-packages.ts";

/** The max duration of a command, in milliseconds: an installation on a slow connection takes minutes. */
const longest = 600_000;

/** Where a command runs, and its environment. */
export interface RunOptions {
  /** Default: the repository. */
  readonly cwd?: string;
  /** Where commands are looked up first. Default: the repository's. */
  readonly bin?: string;
  /** Added to the variables of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The environment variables of a command. */
export function environmentOf({
  bin = join(repository, "node_modules/.bin"),
  env = {},
}: RunOptions): NodeJS.ProcessEnv {
  // Variables that npm sets for its scripts, such as the workspace, must not affect the npm that is started here.
  const inherited = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  return {
    ...Object.fromEntries(inherited),
    PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`,
    npm_config_update_notifier: "false",
    ...env,
  };
}

/**
 * Runs a command and returns its output.
 *
 * @throws Error with the output if the command fails or takes more than ten minutes.
 */
export async function run(
  command: string,
  parameters: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { cwd = repository } = options;
  const child = spawn(command, parameters, {
    cwd,
    env: environmentOf(options),
    stdio: ["ignore", "pipe", "pipe"],
    timeout: longest,
  });
  let out = "";
  let all = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    all += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    all += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code === 0) return out;
  throw new Error(
    `${[command, ...parameters].join(" ")} in ${cwd} ended with ${code ?? "a signal"}:\n${all.trim()}`,
  );
}
