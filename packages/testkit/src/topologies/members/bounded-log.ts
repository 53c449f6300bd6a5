const maxCharacters = 1024 * 1024;

/** The last part of a log, so that a member that logs for hours doesn't fill the memory. */
export class BoundedLog {
  #parts: string[] = [];
  #length = 0;

  add(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
    if (this.#length > 2 * maxCharacters) {
      this.#parts = [this.text];
      this.#length = maxCharacters;
    }
  }

  get text(): string {
    return this.#parts.join("").slice(-maxCharacters);
  }
}
