import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** A file that pages ask for. */
export interface Asset {
  /** Its address; another content has another one, so that browsers may keep it for good. */
  readonly href: string;
  readonly path: string;
  readonly type: string;
  readonly content: Buffer;
}

/** The files of the pages, sent as they stand in the source. */
export interface Assets {
  readonly script: Asset;
  readonly style: Asset;
  readonly icon: Asset;
}

/** They stay in `src`, as nothing compiles them; that is beside `dist`, where this file is in the end. */
const directory = new URL("../../src/pages/browser/", import.meta.url);

/** Reads the files of the pages. */
export function loadAssets(): Assets {
  return {
    script: load("dashboard.js", "text/javascript; charset=utf-8"),
    style: load("dashboard.css", "text/css; charset=utf-8"),
    icon: load("icon.svg", "image/svg+xml"),
  };
}

function load(name: string, type: string): Asset {
  const content = readFileSync(new URL(name, directory));
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const path = `/dashboard/files/${name}`;
  return { href: `${path}?v=${hash}`, path, type, content };
}
