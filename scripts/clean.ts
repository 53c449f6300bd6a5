// Deletes what builds have made, so that no output stays whose source is gone.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { publishedPackages, repository } from "./packages/published-packages.ts";

for (const { directory } of publishedPackages()) {
  rmSync(join(repository, directory, "dist"), { recursive: true, force: true });
}
