import { loadAssets, type Site } from "@flawless-ts/http-service/pages";
import { serverVersion } from "../server-version.ts";

/** What all pages share. */
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
    // They stay in `src`, because nothing compiles them; the compiled version of this file is in `dist` next to it.
    ["workflows", "timeline", "actions"].map(
      (name) => new URL(`../../src/pages/browser/${name}.css`, import.meta.url),
    ),
  ),
};
