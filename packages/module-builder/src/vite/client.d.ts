declare module "*?flawless" {
  /** The bytes of the module. */
  const wasm: Uint8Array<ArrayBuffer>;
  export default wasm;
}
