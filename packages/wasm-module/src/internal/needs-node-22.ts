// Imported first by each entry of a package that also runs on other platforms. Bundlers omit it: package.json says that
// it has no side effects, because a bundle's Node is up to whoever runs it.
import { needsNode } from "./needs-node.ts";

needsNode("22.19");
