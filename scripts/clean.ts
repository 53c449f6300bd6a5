// Deletes all build output, so that none is left over from deleted sources.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { publishedPackages, repository } from "./packages/published-packages.ts";

for (const { directory } of publishedPackages()) {
  rmSync(join(repository, directory, "dist"), { recursive: true, force: true });
}
