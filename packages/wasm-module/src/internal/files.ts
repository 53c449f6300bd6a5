// For the other packages of this project only: it may change with any version.
export { readRegularFile } from "../files/read-regular-file.ts";
