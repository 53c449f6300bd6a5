import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { FastifyInstance, FastifyReply } from "#libraries/fastify";

/** A file used by pages. */
export interface Asset {
  /** Its URL, which changes with the content, so that browsers may cache it forever. */
  readonly href: string;
  readonly path: string;
  readonly type: string;
  readonly content: Buffer;
}

/** The files of the pages. */
export interface Assets {
  readonly script: Asset;
  readonly style: Asset;
  readonly icon: Asset;
}

/** They stay in `src`, because nothing compiles them. That folder is beside `dist`, where this file ends up. */
const directory = new URL("../../src/pages/browser/", import.meta.url);
/** The parts of the shared style sheet, in order: later parts may override earlier ones. */
const styles = ["theme", "layout", "forms", "tables", "states", "narrow"] as const;

/**
 * The files that all pages share. They are read on demand.
 *
 * @param prefix the path prefix of their URLs, such as `/files/`
 * @param ownStyles the service's own style sheets, which follow the shared one
 */
export function loadAssets(prefix: string, ownStyles: readonly URL[]): Assets {
  const read = (name: string): Buffer => readFileSync(new URL(name, directory));
  const readStyle = (): Buffer => {
    const shared = styles.map((name) => read(`styles/${name}.css`).toString()).join("\n");
    return Buffer.concat([Buffer.from(shared), ...ownStyles.map((own) => readFileSync(own))]);
  };
  const scriptType = "text/javascript; charset=utf-8";
  return {
    script: new LazyAsset(`${prefix}pages.js`, scriptType, () => read("pages.js")),
    style: new LazyAsset(`${prefix}pages.css`, "text/css; charset=utf-8", readStyle),
    icon: new LazyAsset(`${prefix}icon.svg`, "image/svg+xml", () => read("icon.svg")),
  };
}

/** Serves the files. */
export function serveAssets(scope: FastifyInstance, assets: Assets): void {
  for (const asset of [assets.script, assets.style, assets.icon]) {
    scope.get(asset.path, {
      schema: { hide: true },
      handler: async (_request, reply): Promise<FastifyReply> =>
        reply
          .type(asset.type)
          .header("cache-control", "private, max-age=31536000, immutable")
          .header("x-content-type-options", "nosniff")
          .send(asset.content),
    });
  }
}

class LazyAsset implements Asset {
  readonly path: string;
  readonly type: string;
  readonly #read: () => Buffer;
  #content: Buffer | undefined;
  #href: string | undefined;

  constructor(path: string, type: string, read: () => Buffer) {
    this.path = path;
    this.type = type;
    this.#read = read;
  }

  get content(): Buffer {
    return (this.#content ??= this.#read());
  }

  get href(): string {
    return (this.#href ??= `${this.path}?v=${hashOf(this.content)}`);
  }
}

function hashOf(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 12);
}
