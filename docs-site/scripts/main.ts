// Makes the site's pages in `.pages`: those of docs/, and the reference. Needs a build.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { writeApiReference } from "./api-reference.ts";
import { askPrograms, writeCliReference } from "./cli-reference.ts";
import { writeConfigurationReference } from "./configuration-reference.ts";
import { copyDocs } from "./copy-docs.ts";
import { pages } from "./places.ts";
import { writeRestReference } from "./rest-reference.ts";

rmSync(pages, { recursive: true, force: true });
copyDocs();
const programs = askPrograms();
writeCliReference(join(pages, "reference/cli"), programs);
writeConfigurationReference(join(pages, "configuration.md"), programs);
await writeRestReference(join(pages, "reference/rest"));
writeApiReference(join(pages, "reference/api"));
