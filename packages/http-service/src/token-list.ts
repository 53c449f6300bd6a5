import { InvalidOptionError } from "@flawless-ts/wasm-module";

const tokenShape = /^[\x21-\x7e]{1,1024}$/;

/** Whether a text can be a token: 1 to 1,024 visible ASCII characters without spaces. */
export function isToken(text: string): boolean {
  return tokenShape.test(text);
}

/**
 * The tokens that a service lets in. They can be replaced while it runs: a token that is added counts from the next
 * request on, and connections that showed one that is gone are closed.
 */
export class TokenList {
  readonly #listeners = new Set<() => void>();
  #tokens: readonly string[];

  /** @throws InvalidOptionError where the list is empty or a token could not be sent in a header */
  constructor(tokens: readonly string[]) {
    this.#tokens = checked(tokens);
  }

  get tokens(): readonly string[] {
    return this.#tokens;
  }

  /**
   * Lets in these tokens only, from now on.
   *
   * @throws InvalidOptionError as the constructor does; the tokens of before stay valid then
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
      "the list is empty. Give at least one token, or leave the list out for an open API.",
    );
  }
  if (!tokens.every(isToken)) {
    throw new InvalidOptionError(
      "tokens",
      "a token has to consist of 1 to 1,024 visible ASCII characters without spaces.",
    );
  }
  return [...tokens];
}
