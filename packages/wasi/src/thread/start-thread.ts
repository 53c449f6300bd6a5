import { Worker, type WorkerOptions } from "node:worker_threads";

const fromSource = import.meta.url.endsWith(".ts");

/**
 * Starts one of this package's threads, from dist or, if the package itself runs from its TypeScript source, from
 * there. It sees nothing of the process's environment.
 *
 * @param name of a file in this folder, without extension
 */
export function startThread(name: string, options: WorkerOptions): Worker {
  const url = new URL(`./${name}${fromSource ? ".ts" : ".js"}`, import.meta.url);
  const execArgv = fromSource ? ["--conditions=@flawless-ts/source"] : [];
  return new Worker(url, { ...options, execArgv, env: {} });
}
