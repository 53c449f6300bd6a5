import { loadAssets, type Site } from "@flawless-ts/http-service/pages";
import { serverVersion } from "../server-version.ts";

/** What all pages have. */
export const site: Site = {
  product: "Flawless for TypeScript",
  version: serverVersion,
  links: [
    { path: "/", text: "Workflows" },
    { path: "/modules", text: "Modules" },
    { path: "/schedules", text: "Schedules" },
    { path: "/activities", text: "Activities" },
    { path: "/metrics", text: "Metrics" },
    { path: "/openapi.json", text: "API" },
  ],
  assets: loadAssets(
    "/files/",
    // They stay in `src`, as nothing compiles them; that is beside `dist`, where this file is in the end.
    ["workflows", "timeline", "actions"].map(
      (name) => new URL(`../../src/pages/browser/${name}.css`, import.meta.url),
    ),
  ),
};
