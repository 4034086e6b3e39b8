// What worker/kdf/bridge.cpp exports. kdf.mjs and kdf.wasm are put beside this file by the WebAssembly
// build (cmake --build --preset wasm-release --target kdf).
//
// Bytes go in and come out as copies; the module wipes its own. A failure is a value, never an exception.
type KdfBytes = Uint8Array<ArrayBuffer>;
export type KdfError = { code: string; message: string; hint: string; field: string };
export type KdfFailed = { error: KdfError };
export type KdfModule = {
  /** `memoryKib` and `passes` are 0 for every kind but `passphrase`. */
  deriveSeed(
    kind: string,
    secret: KdfBytes,
    salt: KdfBytes,
    memoryKib: number,
    passes: number,
  ): { seed: KdfBytes } | KdfFailed;
  publicKey(seed: KdfBytes): { publicKey: KdfBytes } | KdfFailed;
  wrapKeyFor(
    ephemeralSeed: KdfBytes,
    publicKey: KdfBytes,
    context: KdfBytes,
  ): { enc: KdfBytes; key: KdfBytes; nonce: KdfBytes } | KdfFailed;
  openWrapKey(
    seed: KdfBytes,
    enc: KdfBytes,
    context: KdfBytes,
  ): { key: KdfBytes; nonce: KdfBytes } | KdfFailed;
  /** From and to the words' text in UTF-8. */
  writeWords(secret: KdfBytes): { text: KdfBytes } | KdfFailed;
  readWords(text: KdfBytes): { secret: KdfBytes } | KdfFailed;
  /** Known answers of every part; false: nothing this module says can be trusted. */
  selfTest(): boolean;
};
export default function createKdf(options?: { wasmBinary?: Uint8Array }): Promise<KdfModule>;
