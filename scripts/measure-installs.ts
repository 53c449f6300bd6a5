// Shows what installing each package brings, beside the limits that a test checks. Needs a build.

import { lockedPackages } from "./installs/installed-packages.ts";
import limits from "./installs/limits.json" with { type: "json" };
import { measureInstalls } from "./installs/measure-installs.ts";

const installs = measureInstalls(Object.keys(limits), lockedPackages());
console.table(
  Object.entries(limits).map(([name, limit]) => {
    const { packages = [], megabytes = 0 } = installs.get(name) ?? {};
    return {
      package: name,
      packages: packages.length,
      "at most": limit.packages,
      MB: Number(megabytes.toFixed(1)),
      "at most, MB": limit.megabytes,
    };
  }),
);
