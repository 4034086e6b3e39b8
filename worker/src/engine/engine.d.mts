// What worker/bridge.cpp exports. engine.mjs and engine.wasm are put beside this file by the
// WebAssembly build (cmake --build --preset wasm-release --target engine).
export type WasmEngine = {
  push(message: string): void;
  drain(nowMs: number): string;
  /** Infinity when nothing waits for time. */
  nextWakeMs(): number;
  delete(): void;
};
export type EngineModule = {
  Engine: new () => WasmEngine;
  /** All its memory; another view once that has grown. */
  HEAPU8: Uint8Array;
};
export default function createEngine(options?: {
  onAbort?: (reason: unknown) => void;
  print?: (text: string) => void;
  printErr?: (text: string) => void;
}): Promise<EngineModule>;
