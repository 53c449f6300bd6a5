import { loadAssets, type Site } from "@flawless-ts/http-service/pages";
import { controlPlaneVersion } from "../version.ts";

/** What all pages have in common. */
export const site: Site = {
  product: "Control plane for Flawless",
  version: controlPlaneVersion,
  links: [
    { path: "/", text: "Dashboard" },
    { path: "/#workers-title", text: "Workers" },
    { path: "/list", text: "Job list" },
    { path: "/openapi.json", text: "API" },
  ],
  assets: loadAssets("/dashboard/files/", [
    // It stays in `src`, because nothing compiles it. That folder is beside `dist`, where this file ends up.
    new URL("../../src/pages/browser/dashboard.css", import.meta.url),
  ]),
};
