// Only for this project's other packages; it may change with any version.
export { readRegularFile } from "../files/read-regular-file.ts";
