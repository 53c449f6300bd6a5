import { readFileSync } from "node:fs";

const checkIntervalMs = 250;

/** What {@link onLauncherEnd} needs to know about the processes around it. */
export interface ProcessTree {
  /** The parent's process id. It changes as soon as the parent has ended. */
  readonly ppid: number;
  /** The id of the parent of `pid`. Undefined if there is no such process, or the system doesn't say. */
  parentOf(pid: number): number | undefined;
  /** The command line of `pid`. Empty if there is no such process, or the system doesn't say. */
  commandOf(pid: number): string;
}

/**
 * Whether npm runs only this process: by `npx NAME`, `npm exec NAME`, or as the last command of an `npm run` script. npm
 * starts a shell for it, which a signal ends without being passed on.
 */
export function isLaunchedByNpm(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
): boolean {
  const last = env["npm_lifecycle_script"]?.split("&&").at(-1)?.trim();
  // A process that a script runs in the background, or in a pipe, may be meant to stay.
  return (
    last !== undefined &&
    !/[&|;\n]/.test(last.replaceAll(/\d?>&\d?/g, "")) &&
    startsWith(last, name)
  );
}

function startsWith(command: string, name: string): boolean {
  return [name, `'${name}'`, `"${name}"`].some(
    (spelled) => command === spelled || command.startsWith(`${spelled} `),
  );
}

/**
 * Calls `listener` once when npm, or the shell between npm and this process, has ended. It doesn't keep the process alive.
 *
 * @returns a function that stops watching
 */
export function onLauncherEnd(listener: () => void, tree: ProcessTree = processTree): () => void {
  const { ppid } = tree;
  // If the shell replaced itself by this program, npm is the parent, and npm's own ancestors don't matter.
  const above = tree.parentOf(ppid);
  const npm = above !== undefined && tree.commandOf(above).startsWith("npm ") ? above : undefined;
  const timer = setInterval(() => {
    if (tree.ppid !== ppid || (npm !== undefined && tree.parentOf(ppid) !== npm)) {
      clearInterval(timer);
      listener();
    }
  }, checkIntervalMs).unref();
  return () => clearInterval(timer);
}

const processTree: ProcessTree = {
  get ppid() {
    return process.ppid;
  },
  parentOf(pid) {
    // The state and the parent follow the name, which may contain anything: proc_pid_stat(5).
    const stat = readProcess(pid, "stat");
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 1).split(" ")[2]);
    return Number.isInteger(parent) ? parent : undefined;
  },
  commandOf: (pid) => readProcess(pid, "cmdline").replaceAll("\0", " "),
};

/** These files exist only on Linux. */
function readProcess(pid: number, file: "stat" | "cmdline"): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
