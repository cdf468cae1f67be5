import * as tf from "@tensorflow/tfjs";
import type { Wasm } from "./wasm";

/** tfjs's name of this backend. */
export const SHARED_WASM = "shared-wasm";

/** A tensor's values: a block of the shared memory, or strings. */
interface Data {
  readonly pointer: number;
  readonly size: number;
  readonly dtype: tf.DataType;
  readonly strings: tf.backend_util.BackendValues | undefined;
  references: number;
}

/** The view type of a dtype. */
export type View = Float32Array | Int32Array | Uint8Array;

/**
 * A tfjs backend whose tensors live in one WebAssembly memory that several threads share. It keeps the books: which
 * tensor has which block, and how many tensors share it. The kernels are in `kernels/` and `assembly/`.
 */
export class SharedWasmBackend extends tf.KernelBackend {
  private readonly data: tf.DataStorage<Data>;

  constructor(readonly wasm: Wasm) {
    super();
    this.data = new tf.DataStorage(this, tf.engine());
  }

  /** A new tensor whose values are yet to be written. */
  output(shape: readonly number[], dtype: tf.DataType): tf.TensorInfo {
    const dataId = {};
    this.insert(dataId, null, tf.util.sizeFromShape(shape as number[]), dtype, 1);
    return { dataId, shape: shape as number[], dtype };
  }

  /** Another tensor over the same values. */
  alias(info: tf.TensorInfo, shape: readonly number[] = info.shape): tf.TensorInfo {
    this.incRef(info.dataId);
    return { dataId: info.dataId, shape: shape as number[], dtype: info.dtype };
  }

  /** Where a tensor's values begin. */
  pointer(info: tf.TensorInfo): number {
    return this.data.get(info.dataId).pointer;
  }

  /** A tensor's values where they lie. */
  view(info: tf.TensorInfo): View {
    return this.viewOf(this.data.get(info.dataId));
  }

  override write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object {
    const dataId = {};
    this.insert(dataId, values, tf.util.sizeFromShape(shape), dtype, 1);
    return dataId;
  }

  override move(
    dataId: object,
    values: tf.backend_util.BackendValues,
    shape: number[],
    dtype: tf.DataType,
    refCount: number,
  ): void {
    this.insert(dataId, values, tf.util.sizeFromShape(shape), dtype, refCount);
  }

  override readSync(dataId: object): tf.backend_util.BackendValues {
    const data = this.data.get(dataId);
    return data.strings ?? this.viewOf(data).slice();
  }

  override async read(dataId: object): Promise<tf.backend_util.BackendValues> {
    return this.readSync(dataId);
  }

  override disposeData(dataId: object, force = false): boolean {
    if (!this.data.has(dataId)) return true;
    const data = this.data.get(dataId);
    if (--data.references > 0 && !force) return false;
    if (data.pointer !== 0) this.wasm.free(data.pointer);
    this.data.delete(dataId);
    return true;
  }

  override refCount(dataId: object): number {
    return this.data.has(dataId) ? this.data.get(dataId).references : 0;
  }

  override incRef(dataId: object): void {
    this.data.get(dataId).references++;
  }

  override numDataIds(): number {
    return this.data.numDataIds();
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override async time(query: () => void): Promise<tf.BackendTimingInfo> {
    const start = performance.now();
    query();
    return { kernelMs: performance.now() - start };
  }

  override timerAvailable(): boolean {
    return true;
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override dispose(): void {
    void this.wasm.stop();
  }

  private insert(
    dataId: object,
    values: tf.backend_util.BackendValues | null,
    size: number,
    dtype: tf.DataType,
    references: number,
  ): void {
    if (dtype === "complex64") throw new Error('Backend: complex numbers need tfjs\'s own: tf.setBackend("cpu")');
    const strings = dtype === "string" ? (values ?? []) : undefined;
    const bytes = dtype === "string" ? 0 : size * tf.util.bytesPerElement(dtype);
    const data = { pointer: bytes === 0 ? 0 : this.wasm.allocate(bytes), size, dtype, strings, references };
    this.data.set(dataId, data);
    if (values !== null && bytes > 0) this.viewOf(data).set(values as View);
  }

  private viewOf({ pointer, size, dtype }: Data): View {
    if (dtype === "float32") return this.wasm.float32(pointer, size);
    if (dtype === "int32") return this.wasm.int32(pointer, size);
    return this.wasm.uint8(pointer, size);
  }
}
