// Imported first by each entry of a package that needs Node 24.
import { needsNode } from "./needs-node.ts";

needsNode("24");
