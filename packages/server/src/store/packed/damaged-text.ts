/** What was packed can't be unpacked: it is not what was written. */
export class DamagedTextError extends Error {
  override readonly name: string = "DamagedTextError";
  /** SQLite's own number for a damaged file, so that whoever reads one hears the same of both. */
  readonly errcode: number = 11;

  constructor() {
    super("a packed text is damaged");
  }
}
