import type { Socket } from "node:net";
import { constants } from "node:os";
import { basename } from "node:path";
import { isLaunchedByNpm, onLauncherEnd } from "./launcher.ts";

const names = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** Options of {@link StopSignals}. */
export interface StopSignalsOptions {
  /** SIGHUP reloads files instead of stopping the command. Default: false. */
  readonly hangUpReloads?: boolean;
  /** Stop at the end of standard input, too, which comes when the process at its other end is gone. Default: false. */
  readonly inputEndStops?: boolean | undefined;
}

/**
 * Turns the first SIGTERM, SIGINT or SIGHUP into a promise; a second one ends the process at once. If npm runs the command,
 * npm's end counts as SIGTERM, because the shell in between doesn't pass signals on.
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
      // It still needs a listener: without one, SIGHUP would end a process that doesn't watch its files yet.
      if (signal === "SIGHUP" && hangUpReloads) {
        return;
      }
      count += 1;
      if (count > 1) {
        // The exit code that shells use for a signal.
        process.exit(128 + constants.signals[signal]);
      }
      resolve(signal);
    };
    for (const name of names) {
      process.on(name, this.#listener);
    }
    if (inputEndStops) {
      process.stdin.once("end", () => resolve("SIGTERM")).resume();
      // Otherwise it would keep a stopped process alive.
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
