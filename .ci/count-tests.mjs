// Prints how many tests of all suites ran, and fails where one was skipped: on a CI machine all of them must run.
//   node .ci/count-tests.mjs REPORT...
import { readFileSync } from "node:fs";

const total = { passed: 0, failed: 0, skipped: 0 };
let complete = true;
for (const path of process.argv.slice(2)) {
  try {
    const report = JSON.parse(readFileSync(path, "utf8"));
    total.passed += report.numPassedTests;
    total.failed += report.numFailedTests;
    total.skipped += report.numPendingTests + report.numTodoTests;
    // A file that can't be loaded, or an error outside of tests, is no failed test.
    complete &&= report.success && report.numPassedTests > 0;
  } catch (error) {
    console.log(`no report of a suite: ${error.message}`);
    complete = false;
  }
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = complete && total.failed + total.skipped === 0 ? 0 : 1;
