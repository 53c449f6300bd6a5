import { InvalidOptionError } from "@flawless-ts/wasm-module";

const tokenShape = /^[\x21-\x7e]{1,1024}$/;

/** Whether `text` is a valid token: 1 to 1,024 visible ASCII characters without spaces. */
export function isToken(text: string): boolean {
  return tokenShape.test(text);
}

/**
 * The tokens that a service accepts. They can be replaced while it runs: a new token is valid from the next request on, and
 * connections that used a removed token are closed.
 */
export class TokenList {
  readonly #listeners = new Set<() => void>();
  #tokens: readonly string[];

  /** @throws InvalidOptionError if the list is empty or a token can't be sent in a header */
  constructor(tokens: readonly string[]) {
    this.#tokens = checked(tokens);
  }

  get tokens(): readonly string[] {
    return this.#tokens;
  }

  /**
   * Accepts only these tokens from now on.
   *
   * @throws InvalidOptionError as the constructor does; then the old tokens stay valid
   */
  replace(tokens: readonly string[]): void {
    this.#tokens = checked(tokens);
    for (const listener of this.#listeners) {
      listener();
    }
  }

  /** Calls `listener` after each change. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }
}

function checked(tokens: readonly string[]): readonly string[] {
  if (tokens.length === 0) {
    throw new InvalidOptionError(
      "tokens",
      "the list is empty. Give at least one token, or omit the list for an open API.",
    );
  }
  if (!tokens.every(isToken)) {
    throw new InvalidOptionError(
      "tokens",
      "a token must have 1 to 1,024 visible ASCII characters and no spaces.",
    );
  }
  return [...tokens];
}
