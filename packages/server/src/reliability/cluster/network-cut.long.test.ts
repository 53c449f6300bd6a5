import { describeUnless, testLoopbackOnly } from "@flawless-ts/test-helpers";
import { missingForPostgres } from "@flawless-ts/test-helpers/postgres";

const isRoot = process.getuid?.() === 0;
const missing =
  isRoot || process.env["CI"] !== undefined
    ? missingForPostgres()
    : "networks between nodes are made by root only";

describeUnless(missing, "nodes with a network between them", () => {
  testLoopbackOnly(import.meta.dirname);
});
