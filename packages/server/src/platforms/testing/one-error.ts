// A program that needs only one class.
export { NotFoundError } from "@flawless-ts/sdk/client";
