/** The version of this package, as shown by `GET /version` and `control-plane --version`. */
export const controlPlaneVersion: string = "0.1.0";
