import { concat, sized, text } from "./module-bytes.ts";

/** The id of custom sections in the binary format. */
export const customSectionId = 0;

/** A custom section for the end of a module. */
export function customSection(name: string, content: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(content);
  return concat([Uint8Array.of(customSectionId), sized(concat([text(name), bytes]))]);
}

/** Tells servers with host extensions that the module's workflows can be told to cancel: docs/host-extensions.md. */
export function extensionsSection(): Uint8Array<ArrayBuffer> {
  return customSection(
    "flawless:extensions",
    JSON.stringify({ version: 1, cancellation: "calls" }),
  );
}
