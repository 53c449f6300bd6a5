import { type Assets, loadAssets, type PageLink } from "@flawless-ts/http-service/pages";

/** The navigation of all pages. */
export const pageLinks: readonly PageLink[] = [
  { path: "/", text: "Workflows" },
  { path: "/modules", text: "Modules" },
  { path: "/activities", text: "Activities" },
  { path: "/metrics", text: "Metrics" },
  { path: "/openapi.json", text: "API" },
];

/** The files of the pages. */
export const pageAssets: Assets = loadAssets(
  "/files/",
  // It stays in `src`, as nothing compiles it; that is beside `dist`, where this file is in the end.
  new URL("../../src/pages/browser/workflows.css", import.meta.url),
);
