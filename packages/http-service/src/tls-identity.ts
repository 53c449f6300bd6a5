import { createSecureContext } from "node:tls";
import { InvalidOptionError } from "@flawless-ts/wasm-module";

/** A certificate and its key, both in PEM. */
export interface TlsFiles {
  /** The certificate, followed by the chain to its authority. */
  readonly cert: string;
  readonly key: string;
}

/** A service's TLS certificate. It can be replaced while the service runs; open connections keep the old one. */
export class TlsIdentity {
  readonly #listeners = new Set<(files: TlsFiles) => void>();
  #files: TlsFiles;

  /** @throws InvalidOptionError if the certificate or the key is invalid, or they don't match */
  constructor(files: TlsFiles) {
    this.#files = checked(files);
  }

  get files(): TlsFiles {
    return this.#files;
  }

  /** @throws InvalidOptionError as the constructor does; then the old certificate stays in use */
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
    // OpenSSL's messages don't reveal the key.
    throw new InvalidOptionError(
      "tls",
      `the certificate and its key can't be used: ${(cause as Error).message}. Both have to be PEM, and belong together.`,
      { cause },
    );
  }
  return { cert, key };
}
