import type * as rare from "./rare.ts";

/** Loads all that few programs call; bundlers that split code put it into files of its own. */
export const loadRare = (): Promise<typeof rare> => import("./rare.ts");
