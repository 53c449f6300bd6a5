import { bytesOf, isBytes, type Bytes } from "../bytes.ts";
import { engine } from "../engine.ts";

type Algorithm = string | { readonly name: string };

/** The supported part of the standard's `SubtleCrypto`. */
export const subtle: {
  readonly digest: (algorithm: Algorithm, data: Bytes) => Promise<ArrayBuffer>;
} = {
  digest: async (algorithm, data) => {
    const name = typeof algorithm === "object" && algorithm !== null ? algorithm.name : algorithm;
    if (!isBytes(data)) throw new TypeError("expected an ArrayBuffer or a view of one to digest");
    const hash = engine.digest(String(name).toUpperCase(), bytesOf(data));
    if (hash === undefined) {
      throw new DOMException(
        `expected SHA-1, SHA-256, SHA-384 or SHA-512, but got ${String(name)}`,
        "NotSupportedError",
      );
    }
    return hash;
  },
};
