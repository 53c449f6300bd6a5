import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import { watchBuild } from "./watch-build.ts";

test("builds again if a file was away only while the build read it", async () => {
  using directory = new TemporaryDirectory();
  const [folder, away] = [directory.join("src"), directory.join("away")];
  mkdirSync(folder);
  const file = directory.join("src/orders.ts");
  writeFileSync(file, "1");
  const stop = new AbortController();
  let builds = 0;
  const build = async (): Promise<readonly string[]> => {
    builds += 1;
    if (builds === 1) {
      renameSync(folder, away);
      throw new Error(`Can't find ${file}`);
    }
    stop.abort();
    return [file];
  };

  // A folder that is moved back leaves no trace in the times of its files.
  await watchBuild(file, build, () => renameSync(away, folder), stop.signal);
  expect(builds).toBe(2);
});
