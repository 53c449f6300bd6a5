import { clearLine, cursorTo, moveCursor } from "node:readline";

const width = 30;

/** Shows a bar for each crawl: on a terminal in place, elsewhere with a new line now and then. */
export class Progress {
  readonly #labels: ReadonlyMap<number, string>;
  readonly #total: number;
  readonly #done = new Map<number, number>();
  readonly #inPlace = process.stdout.isTTY;
  #drawn = false;

  constructor(labels: ReadonlyMap<number, string>, total: number) {
    this.#labels = labels;
    this.#total = total;
  }

  advance(id: number): void {
    const done = (this.#done.get(id) ?? 0) + 1;
    this.#done.set(id, done);
    if (this.#inPlace) {
      this.#draw();
    } else if (done % 10 === 0) {
      console.log(this.#line(id));
    }
  }

  /** Writes a permanent line above the bars. */
  say(text: string): void {
    this.#erase();
    console.log(text);
    if (this.#inPlace && this.#done.size > 0) {
      this.#draw();
    }
  }

  #draw(): void {
    this.#erase();
    console.log([...this.#labels.keys()].map((id) => this.#line(id)).join("\n"));
    this.#drawn = true;
  }

  #erase(): void {
    for (let line = 0; this.#drawn && line < this.#labels.size; line += 1) {
      moveCursor(process.stdout, 0, -1);
      cursorTo(process.stdout, 0);
      clearLine(process.stdout, 0);
    }
    this.#drawn = false;
  }

  #line(id: number): string {
    const done = this.#done.get(id) ?? 0;
    const filled = Math.min(width, Math.round((done / this.#total) * width));
    const bar = "█".repeat(filled) + "░".repeat(width - filled);
    return `  ${this.#labels.get(id) ?? id}  ${bar} ${String(done).padStart(2)}/${this.#total} updates`;
  }
}
