import { readFileSync } from "node:fs";

const pageBytes = 4_096;
const lookEveryMs = 20;

/** Watches from outside how much memory a process and its children use. Linux only. */
export class PeakMemory implements Disposable {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #peak = 0;

  constructor(pid: number) {
    this.#pid = pid;
    this.#look();
    this.#timer = setInterval(() => this.#look(), lookEveryMs);
  }

  /** The peak so far, in bytes. */
  get bytes(): number {
    this.#look();
    return this.#peak;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    this.#peak = Math.max(this.#peak, memoryOf(this.#pid));
  }
}

function memoryOf(pid: number): number {
  const pages = Number(read(`/proc/${pid}/statm`).split(" ")[1] ?? 0);
  const children = read(`/proc/${pid}/task/${pid}/children`).trim().split(" ").filter(Boolean);
  return children.reduce((sum, child) => sum + memoryOf(Number(child)), pages * pageBytes);
}

/** The file's text; empty if the process has ended. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
