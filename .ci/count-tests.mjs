// Prints how many tests ran, and fails where one was skipped: on a CI machine all of them must run.
import { readFileSync } from "node:fs";

const [, , report] = process.argv;
const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
  readFileSync(report, "utf8"),
);
const skipped = numPendingTests + numTodoTests;
console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${skipped} skipped`);
process.exitCode = numFailedTests + skipped > 0 || numPassedTests === 0 ? 1 : 0;
