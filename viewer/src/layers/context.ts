/** The WebGL2 context and its limits; small helpers around GL objects. */
import { createProgramInfo, type ProgramInfo } from "twgl.js";
import { GraphicsError } from "../format/errors";
import type { GpuLimits } from "../model/budget";

export type GL = WebGL2RenderingContext;

export function openContext(canvas: HTMLCanvasElement): GL {
  const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false, stencil: false });
  if (gl) return gl;
  throw new GraphicsError(
    "This browser offers no WebGL2.",
    "Use a current Firefox, Chrome, Edge or Safari, and allow hardware acceleration in its settings.",
  );
}

export function limitsOf(gl: GL): GpuLimits {
  return {
    textureSize: gl.getParameter(gl.MAX_TEXTURE_SIZE) as number,
    layers: gl.getParameter(gl.MAX_ARRAY_TEXTURE_LAYERS) as number,
  };
}

/** The largest point the browser draws, in device pixels. */
export function largestPoint(gl: GL): number {
  return (gl.getParameter(gl.ALIASED_POINT_SIZE_RANGE) as Float32Array)[1] ?? 1;
}

export function compile(gl: GL, vertex: string, fragment: string): ProgramInfo {
  let complaint = "";
  const info = createProgramInfo(gl, [vertex, fragment], (message: string) => {
    complaint = message;
  }) as ProgramInfo | null;
  if (info) return info;
  throw new GraphicsError(`A shader was refused: ${complaint}`, "Update the browser or the graphics driver.");
}

/** A buffer of some data, or of so many bytes that are still to come. */
export function makeBuffer(gl: GL, data: ArrayBufferView | number, usage: number): WebGLBuffer {
  const buffer = gl.createBuffer();
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  if (typeof data === "number") gl.bufferData(gl.ARRAY_BUFFER, data, usage);
  else gl.bufferData(gl.ARRAY_BUFFER, data as ArrayBufferView<ArrayBuffer>, usage);
  return buffer;
}
