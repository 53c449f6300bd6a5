import { type FixtureName, fixtureBytes } from "@flawless-ts/test-helpers/fixtures";

/** A fixture under another version of the same length, with the same behavior. */
export function fixtureAs(name: FixtureName, version: string): Buffer {
  // Its name and version are in the name of an export.
  const text = Buffer.from(fixtureBytes(name)).toString("latin1");
  return Buffer.from(text.replace(/%_#_%\d\.\d\.\d/, `%_#_%${version}`), "latin1");
}
