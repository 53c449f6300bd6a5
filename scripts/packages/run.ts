import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { repository } from "./published-packages.ts";

/** Longest time that a command may take, in milliseconds: an installation on a slow line takes minutes. */
const longest = 600_000;

/**
 * Runs a command and gives what it printed. Commands are looked up in `bin` first: by default the repository's.
 *
 * @throws Error with the output when the command fails or takes more than ten minutes.
 */
export async function run(
  command: string,
  parameters: readonly string[],
  options: { readonly cwd?: string; readonly bin?: string } = {},
): Promise<string> {
  const { cwd = repository, bin = join(repository, "node_modules/.bin") } = options;
  // What npm tells its scripts by variables, such as a workspace, is not meant for the npm that is started here.
  const inherited = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  const env = {
    ...Object.fromEntries(inherited),
    PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`,
    npm_config_update_notifier: "false",
  };
  const child = spawn(command, parameters, {
    cwd,
    env,
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
