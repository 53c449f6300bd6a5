/** The version of this package, which is what `GET /version` and `control-plane --version` tell. */
export const controlPlaneVersion: string = "0.1.0";
