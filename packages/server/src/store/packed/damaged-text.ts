/** A packed text can't be unpacked: it is not what was written. */
export class DamagedTextError extends Error {
  override readonly name: string = "DamagedTextError";
  /** SQLite's own code for a damaged file, so that readers handle both the same way. */
  readonly errcode: number = 11;

  constructor() {
    super("a packed text is damaged");
  }
}
