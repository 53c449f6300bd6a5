import { Worker, type WorkerOptions } from "node:worker_threads";

/**
 * Starts a thread of a package: from its dist, or, where the package itself runs from its TypeScript source, from that.
 *
 * @param caller the `import.meta.url` of the module that asks
 * @param path of the thread's module from there, without ending
 */
export function startThread(caller: string, path: string, options: WorkerOptions): Worker {
  const fromSource = caller.endsWith(".ts");
  const url = new URL(`${path}${fromSource ? ".ts" : ".js"}`, caller);
  const execArgv = fromSource ? ["--conditions=@flawless-ts/source"] : [];
  return new Worker(url, { ...options, execArgv, env: {} });
}
