/** The version of this package, as shown by `GET /version` and `flawless --version`. */
export const serverVersion: string = "0.1.0";
