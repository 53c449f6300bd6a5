import type { Socket } from "node:net";
import { constants } from "node:os";
import { basename } from "node:path";
import { isLaunchedByNpm, onLauncherEnd } from "./launcher.ts";

const names = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** Options of {@link StopSignals}. */
export interface StopSignalsOptions {
  /** SIGHUP stops nothing: it means that files are to be read again. Default: false. */
  readonly hangUpReloads?: boolean;
  /** The end of standard input stops, too: it ends with the process that holds its other end. Default: false. */
  readonly inputEndStops?: boolean | undefined;
}

/**
 * Turns the first SIGTERM, SIGINT or SIGHUP into a promise; a second one ends the process at once. Where npm runs the
 * command, its end counts as SIGTERM: the shell that it takes keeps to itself what npm passes on.
 */
export class StopSignals implements Disposable {
  /** Resolves with the first signal. */
  readonly first: Promise<NodeJS.Signals>;
  readonly #listener: (signal: NodeJS.Signals) => void;
  readonly #forgetLauncher: (() => void) | undefined;

  constructor({ hangUpReloads = false, inputEndStops = false }: StopSignalsOptions = {}) {
    const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
    let count = 0;
    this.first = promise;
    this.#listener = (signal) => {
      // It has a listener all the same: without one, it would end the process that has no files to follow yet.
      if (signal === "SIGHUP" && hangUpReloads) {
        return;
      }
      count += 1;
      if (count > 1) {
        // As a shell shows the end by a signal.
        process.exit(128 + constants.signals[signal]);
      }
      resolve(signal);
    };
    for (const name of names) {
      process.on(name, this.#listener);
    }
    if (inputEndStops) {
      process.stdin.once("end", () => resolve("SIGTERM")).resume();
      // Else it would keep a process that has stopped.
      (process.stdin as Partial<Pick<Socket, "unref">>).unref?.();
    }
    const command = basename(process.argv[1] ?? "", ".js");
    if (isLaunchedByNpm(process.env, command)) {
      this.#forgetLauncher = onLauncherEnd(() => resolve("SIGTERM"));
    }
  }

  [Symbol.dispose](): void {
    this.#forgetLauncher?.();
    for (const name of names) {
      process.off(name, this.#listener);
    }
  }
}
