import { clearLine, cursorTo } from "node:readline";
import type { Job } from "@flawless-ts/sdk";
import { shareBar, statesLine } from "./states.ts";

/** Shows the jobs by state: on a terminal in place, elsewhere with a new line for each change. */
export class Progress {
  readonly #reportsExpected: number;
  readonly #inPlace = process.stdout.isTTY;
  #shown = "";

  constructor(reportsExpected: number) {
    this.#reportsExpected = reportsExpected;
  }

  show(jobs: readonly Job[], reports: number): void {
    const states = statesLine(jobs);
    const line = `  ${states}   ${shareBar(reports, this.#reportsExpected)}`;
    if (this.#inPlace) {
      this.#erase();
      process.stdout.write(line);
      this.#shown = line;
    } else if (states !== this.#shown) {
      console.log(line);
      this.#shown = states;
    }
  }

  /** Writes a permanent line. */
  say(text: string): void {
    this.#erase();
    console.log(text);
    if (this.#inPlace) {
      process.stdout.write(this.#shown);
    }
  }

  /** Leaves the current output in place. */
  end(): void {
    if (this.#inPlace) {
      console.log();
      this.#shown = "";
    }
  }

  #erase(): void {
    if (this.#inPlace) {
      cursorTo(process.stdout, 0);
      clearLine(process.stdout, 0);
    }
  }
}
