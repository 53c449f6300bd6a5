/** Less than this is not worth the pause. */
const worthItBytes = 64 * 2 ** 20;

/**
 * Collects its thread's garbage once enough compiled modules were released. Their machine code is freed only after
 * every thread has collected its reference, and V8 is in no hurry because it sees only small objects.
 */
export class CodeCollector {
  readonly #collect: () => void;
  #bytes = 0;

  /** @param collect default: V8's own function if `--expose-gc` is set; otherwise nothing is done */
  constructor(collect: () => void = () => void globalThis.gc?.()) {
    this.#collect = collect;
  }

  /** Call this when a module is released, with the bytes of its file and machine code. */
  letGo(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes >= worthItBytes) {
      this.#bytes = 0;
      // By then nothing refers to the module any more.
      setImmediate(this.#collect);
    }
  }
}
