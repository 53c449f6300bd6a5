// Makes the site's pages in `.pages`: those of docs/, and the reference. To be run after the build.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { writeApiReference } from "./api-reference.ts";
import { writeCliReference } from "./cli-reference.ts";
import { copyDocs } from "./copy-docs.ts";
import { pages } from "./places.ts";
import { writeRestReference } from "./rest-reference.ts";

rmSync(pages, { recursive: true, force: true });
copyDocs();
writeCliReference(join(pages, "reference/cli"));
await writeRestReference(join(pages, "reference/rest"));
writeApiReference(join(pages, "reference/api"));
