// For the other packages of this project only, where they run on Node: it may change with any version.
export { readRegularFile } from "../files/read-regular-file.ts";
export { startThread } from "../start-thread.ts";
