import { readFileSync } from "node:fs";

const checkIntervalMs = 250;

/** What {@link onLauncherEnd} has to know of the processes around it. */
export interface ProcessTree {
  /** Of the process that started this one; another's as soon as that one has ended. */
  readonly ppid: number;
  /** Of the process that started `pid`. Undefined where there is no such process, or the system doesn't tell. */
  parentOf(pid: number): number | undefined;
  /** With what `pid` was started. Empty where there is no such process, or the system doesn't tell. */
  commandOf(pid: number): string;
}

/**
 * Whether npm runs this process alone: by `npx NAME`, `npm exec NAME`, or as the last command of a script of `npm run`. It
 * starts a shell for it, which ends by a signal without passing it on.
 */
export function isLaunchedByNpm(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
): boolean {
  const last = env["npm_lifecycle_script"]?.split("&&").at(-1)?.trim();
  // What a script leaves in the background, or gives to another program, may be meant to stay.
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
 * Calls `listener` once, when npm or the shell between it and this process has ended. The process stays alive without it.
 *
 * @returns stops looking
 */
export function onLauncherEnd(listener: () => void, tree: ProcessTree = processTree): () => void {
  const { ppid } = tree;
  // Where the shell has made itself npm's program, npm is the parent, and what is above it has nothing to do with this.
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
    // After the name, which may hold anything, come the state and the parent: proc_pid_stat(5).
    const stat = readProcess(pid, "stat");
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 1).split(" ")[2]);
    return Number.isInteger(parent) ? parent : undefined;
  },
  commandOf: (pid) => readProcess(pid, "cmdline").replaceAll("\0", " "),
};

/** Only Linux has these files. */
function readProcess(pid: number, file: "stat" | "cmdline"): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
