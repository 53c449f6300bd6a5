// Imported first by each entry of a package that runs elsewhere, too. Bundlers leave it out: package.json says that it has no side
// effects, as a bundle's Node is up to whoever runs it.
import { needsNode } from "./needs-node.ts";

needsNode("22.19");
