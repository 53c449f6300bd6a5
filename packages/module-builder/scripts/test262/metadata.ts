/** What a test says about itself in the comment at its top. Source: INTERPRETING.md of tc39/test262. */
export interface TestMetadata {
  readonly flags: readonly string[];
  readonly includes: readonly string[];
  readonly features: readonly string[];
  /** The name of the expected error; undefined: none. */
  readonly negative: string | undefined;
}

export function readMetadata(text: string): TestMetadata {
  const [, block = ""] = /\/\*---([\s\S]*?)---\*\//.exec(text) ?? [];
  const negative = /^negative:\s*\n((?:\s+.*\n?)+)/m.exec(block)?.[1];
  return {
    flags: listIn(block, "flags"),
    includes: listIn(block, "includes"),
    features: listIn(block, "features"),
    negative: negative === undefined ? undefined : /type:\s*(\w+)/.exec(negative)?.[1],
  };
}

/** A YAML list, on one line or on several. */
function listIn(block: string, name: string): readonly string[] {
  const inline = new RegExp(`^${name}:\\s*\\[([\\s\\S]*?)\\]`, "m").exec(block)?.[1];
  if (inline !== undefined) {
    return inline.split(",").flatMap((item) => item.trim() || []);
  }
  const lines = new RegExp(`^${name}:\\s*\\n((?:\\s*-\\s*.*\\n?)+)`, "m").exec(block)?.[1] ?? "";
  return lines.split("\n").flatMap((line) => line.replace(/^\s*-\s*/, "").trim() || []);
}

/** Features that workflows don't have by design, or that are not part of the language yet. */
const otherFeatures: ReadonlySet<string> = new Set([
  "Atomics",
  "SharedArrayBuffer",
  "cross-realm",
  "host-gc-required",
  "IsHTMLDDA",
  "tail-call-optimization",
  "ShadowRealm",
  "decorators",
  "source-phase-imports",
  "import-defer",
  "import-text",
  "import-bytes",
  "immutable-arraybuffer",
  "nonextensible-applies-to-private",
  "await-dictionary",
  "Temporal",
]);

/** Why a test doesn't apply to workflows; undefined if it does. */
export function reasonToSkip(metadata: TestMetadata, file: string): string | undefined {
  const { flags, features, includes } = metadata;
  if (
    flags.includes("module") ||
    /[\\/](?:module-code|import|export|dynamic-import)[\\/]/.test(file)
  ) {
    return "modules are bundled before they are run";
  }
  if (/[\\/]property-escapes[\\/]generated[\\/]/.test(file)) {
    return "each takes seconds";
  }
  if (/[\\/](?:global-code|eval-code)[\\/]/.test(file)) {
    return "the tests are run by eval";
  }
  if (flags.some((flag) => flag === "CanBlockIsFalse" || flag === "CanBlockIsTrue")) {
    return "there are no agents";
  }
  if (includes.some((name) => /^(?:detachArrayBuffer|atomicsHelper|testAtomics)\.js$/.test(name))) {
    return "the host detaches no buffers";
  }
  const feature = features.find((name) => otherFeatures.has(name));
  return feature === undefined ? undefined : `it needs ${feature}`;
}
