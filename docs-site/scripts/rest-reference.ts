import type * as controlPlanePackage from "@flawless-ts/control-plane";
import type * as serverPackage from "@flawless-ts/server";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderOpenApi, type OpenApi } from "./render-openapi.ts";
import { repository, writePage } from "./places.ts";

/** Starts both services briefly, and writes a page for each from its OpenAPI document. */
export async function writeRestReference(directory: string): Promise<void> {
  const { startServer } = (await import(
    join(repository, "packages/server/dist/index.js")
  )) as typeof serverPackage;
  const { startControlPlane } = (await import(
    join(repository, "packages/control-plane/dist/index.js")
  )) as typeof controlPlanePackage;
  const data = mkdtempSync(join(tmpdir(), "flawless-docs-"));
  try {
    {
      await using server = await startServer({ directory: join(data, "server"), port: 0 });
      writePage(join(directory, "server.md"), renderOpenApi(await apiOf(server.url)));
    }
    const options = { directory: join(data, "control-plane"), port: 0, flawlessUrl: null };
    await using controlPlane = await startControlPlane(options);
    writePage(join(directory, "control-plane.md"), renderOpenApi(await apiOf(controlPlane.url)));
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

async function apiOf(url: string): Promise<OpenApi> {
  return (await (await fetch(`${url}/openapi.json`)).json()) as OpenApi;
}
