/** Raw little-endian arrays: bytes to typed arrays, checked against their reference. */
import { FormatError } from "./errors";
import type { ArrayRef, Dtype } from "./manifest";

const TYPES = {
  u8: Uint8Array<ArrayBuffer>,
  u16: Uint16Array<ArrayBuffer>,
  u32: Uint32Array<ArrayBuffer>,
  i32: Int32Array<ArrayBuffer>,
  f32: Float32Array<ArrayBuffer>,
  f64: Float64Array<ArrayBuffer>,
} as const;

export type ArrayOf<D extends Dtype> = InstanceType<(typeof TYPES)[D]>;

/** All browsers with WebGL2 run on little-endian processors, so the bytes are the array. */
export function readArray<D extends Dtype>(ref: ArrayRef, dtype: D, bytes: ArrayBuffer): ArrayOf<D> {
  if (ref.dtype !== dtype) throw new FormatError(ref.file, `dtype ${dtype}`, ref.dtype);
  const type = TYPES[dtype];
  const length = ref.shape.reduce((product, side) => product * side, 1);
  if (bytes.byteLength !== length * type.BYTES_PER_ELEMENT) {
    throw new FormatError(ref.file, `${length * type.BYTES_PER_ELEMENT} bytes`, bytes.byteLength);
  }
  return new type(bytes) as ArrayOf<D>;
}
