/** The version of this package, which is what `GET /version` and `flawless --version` tell. */
export const serverVersion: string = "0.1.0";
