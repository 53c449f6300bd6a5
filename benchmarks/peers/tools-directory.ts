import { fileURLToPath } from "node:url";

/** The directory for programs that are built here, and for what they compile once. */
export const toolsDirectory: string = fileURLToPath(new URL(".tools/", import.meta.url));
