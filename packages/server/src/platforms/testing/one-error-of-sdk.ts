// The same, from the entry of everything.
export { NotFoundError } from "@flawless-ts/sdk";
