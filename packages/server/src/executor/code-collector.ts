/** Less is not worth the pause. */
const worthItBytes = 64 * 2 ** 20;

/**
 * Collects the garbage of its thread once enough compiled modules were let go. Their machine code lives until every thread
 * has noticed that nobody needs them, and V8, which sees only small objects, would take its time.
 */
export class CodeCollector {
  readonly #collect: () => void;
  #bytes = 0;

  /** @param collect default: V8's own function, which is there where `--expose-gc` is set; elsewhere nothing is done */
  constructor(collect: () => void = () => void globalThis.gc?.()) {
    this.#collect = collect;
  }

  /** To be called when a module is let go, with the bytes of its file and machine code. */
  letGo(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes >= worthItBytes) {
      this.#bytes = 0;
      // What still refers to it is gone by then.
      setImmediate(this.#collect);
    }
  }
}
