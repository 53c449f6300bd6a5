// Packs all published packages and checks them from a user's point of view: the contents of the tarballs, publint,
// attw, and projects outside of the repository that install and use the tarballs, one of them created as
// docs/getting-started.md says. Needs a build, and the npm registry.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { useInProjects } from "./packages/fresh-projects.ts";
import { followGettingStarted } from "./getting-started/follow-page.ts";
import { initProject } from "./packages/init-project.ts";
import { pack } from "./packages/pack.ts";
import { publishedPackages } from "./packages/published-packages.ts";
import { tarballProblems } from "./packages/tarball-problems.ts";
import { toolProblems } from "./packages/tool-problems.ts";

const scratch = await mkdtemp(join(tmpdir(), "flawless-packages-"));
try {
  const tarballs = await pack(publishedPackages(), scratch);
  let bad = false;
  for (const tarball of tarballs) {
    const problems = [...tarballProblems(tarball), ...(await toolProblems(tarball))];
    console.log(`${tarball.manifest.name}: ${tarball.files.size} files`);
    for (const problem of problems) {
      bad = true;
      console.error(`  ${problem}`);
    }
  }
  if (bad) throw new Error("the packages can't be published like this");
  const projects = join(scratch, "projects");
  await useInProjects(tarballs, projects, (line) => console.log(line));
  await initProject(tarballs, projects, join(scratch, "orders"), (line) => console.log(line));
  await followGettingStarted(join(scratch, "getting-started"), (line) => console.log(line));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  await rm(scratch, { recursive: true, force: true });
}
