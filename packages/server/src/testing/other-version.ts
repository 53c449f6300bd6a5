import { type FixtureName, fixtureBytes } from "@flawless-ts/test-helpers/fixtures";

/** A fixture under another version of as many characters: it does the same. */
export function fixtureAs(name: FixtureName, version: string): Buffer {
  // Its name and version are that of an export.
  const text = Buffer.from(fixtureBytes(name)).toString("latin1");
  return Buffer.from(text.replace(/%_#_%\d\.\d\.\d/, `%_#_%${version}`), "latin1");
}
