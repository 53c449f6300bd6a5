interface Runtime {
  readonly process?: { readonly versions?: { readonly node?: string } };
  readonly navigator?: { readonly userAgent?: string };
}

/** Whether this is Node itself. Bun, Deno and Cloudflare's workers claim to be, too. */
export function isNode(runtime: Runtime = globalThis): boolean {
  return (
    runtime.process?.versions?.node !== undefined &&
    !("Bun" in runtime) &&
    !("Deno" in runtime) &&
    runtime.navigator?.userAgent !== "Cloudflare-Workers"
  );
}

/** The platform and its version, for people: "node v26.10.0". */
export function runtimeName(): string {
  return isNode() ? `node ${process.version}` : (navigator.userAgent ?? "unknown");
}
