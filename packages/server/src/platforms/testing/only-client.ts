// The smallest program with a client: its bundle is measured.
export { Flawless } from "@flawless-ts/sdk";
