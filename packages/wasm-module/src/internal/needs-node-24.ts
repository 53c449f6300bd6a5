// Imported first by each entry of a package that needs Node 24, so that an older one is told of in plain words.
const needed = 24;
const { node = String(needed) } = process.versions as Partial<NodeJS.ProcessVersions>;

if (Number(node.split(".")[0]) < needed) {
  const message = `Flawless needs Node ${needed} or newer, but this is Node ${node} (${process.execPath}). Install a newer one, or put it first on the PATH.`;
  const error = Object.assign(new Error(message), { code: "FLAWLESS_NODE_TOO_OLD" });
  // Which line found it helps nobody.
  error.stack = `Error: ${message}`;
  throw error;
}
