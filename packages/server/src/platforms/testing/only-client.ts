// The smallest program with a client, to measure its bundle.
export { Flawless } from "@flawless-ts/sdk";
