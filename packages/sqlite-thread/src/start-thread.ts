import { Worker, type WorkerOptions } from "node:worker_threads";

/**
 * Starts a thread of a package: from its dist, or from its TypeScript source if the package itself runs from that.
 *
 * @param caller the `import.meta.url` of the calling module
 * @param path the path of the thread's module from there, without extension
 */
export function startThread(caller: string, path: string, options: WorkerOptions): Worker {
  const fromSource = caller.endsWith(".ts");
  const url = new URL(`${path}${fromSource ? ".ts" : ".js"}`, caller);
  const execArgv = fromSource ? ["--conditions=@flawless-ts/source"] : [];
  // Most of what a thread's start takes is compiling the sources. If Node is told to keep compiled code, threads share it.
  const { NODE_COMPILE_CACHE } = process.env;
  const env = fromSource && NODE_COMPILE_CACHE !== undefined ? { NODE_COMPILE_CACHE } : {};
  return new Worker(url, { ...options, execArgv, env });
}
