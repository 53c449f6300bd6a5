import { createSecureContext } from "node:tls";
import { InvalidOptionError } from "@flawless-ts/wasm-module";

/** A certificate and its key, both in PEM. */
export interface TlsFiles {
  /** The certificate, followed by those that lead to its authority. */
  readonly cert: string;
  readonly key: string;
}

/** Who a service is on TLS. It can be replaced while the service runs; connections that are open keep theirs. */
export class TlsIdentity {
  readonly #listeners = new Set<(files: TlsFiles) => void>();
  #files: TlsFiles;

  /** @throws InvalidOptionError where the certificate or the key can't be used, or they are no pair */
  constructor(files: TlsFiles) {
    this.#files = checked(files);
  }

  get files(): TlsFiles {
    return this.#files;
  }

  /** @throws InvalidOptionError as the constructor does; the certificate of before stays in use then */
  replace(files: TlsFiles): void {
    this.#files = checked(files);
    for (const listener of this.#listeners) {
      listener(this.#files);
    }
  }

  /** Calls `listener` after each change. */
  onChange(listener: (files: TlsFiles) => void): void {
    this.#listeners.add(listener);
  }
}

function checked({ cert, key }: TlsFiles): TlsFiles {
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    // OpenSSL's messages show nothing of the key.
    throw new InvalidOptionError(
      "tls",
      `the certificate and its key can't be used: ${(cause as Error).message}. Both have to be PEM, and belong together.`,
      { cause },
    );
  }
  return { cert, key };
}
