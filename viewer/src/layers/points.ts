/** All rows as gl.POINTS: the fast path while pictures are small, and while they travel between layouts. */
import { type ProgramInfo, setUniforms } from "twgl.js";
import { BYTES_PER_ROW } from "../model/budget";
import type { Items } from "../model/items";
import { compile, type GL, makeBuffer } from "./context";
import { PLACE, SAMPLE } from "./glsl";

const VERTEX = `#version 300 es
precision highp float;
layout(location = 0) in vec2 left;
layout(location = 1) in vec2 entered;
layout(location = 2) in uint slot;
layout(location = 3) in vec2 aspect;
layout(location = 4) in uvec2 fitLess1;
layout(location = 5) in vec3 colour;
layout(location = 6) in float lit;
layout(location = 7) in uint ink;
uniform vec2 centre;
uniform vec2 scale;      // clip units per map unit
uniform float travel;
uniform float side;      // device pixels
out vec3 vOrigin;
out vec2 vFit;
out vec2 vAspect;
out vec3 vColour;
out float vLit;
flat out float vInk;
${PLACE}
void main() {
  vec2 at = (mix(left, entered, travel) - centre) * scale;
  gl_Position = skipped(lit) ? vec4(2.0, 2.0, 2.0, 1.0) : vec4(at, 0.0, 1.0);
  gl_PointSize = max(1.0, side);
  vFit = vec2(fitLess1) + 1.0;
  // A very thin picture still covers a pixel.
  vAspect = max(aspect, vec2(1.0 / gl_PointSize));
  vColour = colour;
  vLit = lit;
  vInk = float(ink);
  place(slot, vFit, vOrigin);
}`;

const FRAGMENT = `#version 300 es
precision highp float;
in vec3 vOrigin;
in vec2 vFit;
in vec2 vAspect;
in vec3 vColour;
in float vLit;
flat in float vInk;
out vec4 result;
${SAMPLE}
void main() {
  vec2 uv = (gl_PointCoord - 0.5) / vAspect + 0.5;
  if (any(lessThan(uv, vec2(0.0))) || any(greaterThan(uv, vec2(1.0)))) discard;
  result = shown(framed(atlasColour(uv, vOrigin, vFit, vColour), uv, vAspect, vInk), vLit);
}`;

export class Points {
  readonly bytes: number;
  readonly #program: ProgramInfo;
  readonly #array: WebGLVertexArrayObject;
  readonly #buffers: WebGLBuffer[];

  constructor(
    readonly gl: GL,
    readonly items: Items,
  ) {
    this.#program = compile(gl, VERTEX, FRAGMENT);
    this.#array = gl.createVertexArray();
    this.bytes = BYTES_PER_ROW * items.count;
    const positions = new Float32Array(2 * items.count);
    gl.bindVertexArray(this.#array);
    this.#buffers = [
      this.#attribute(0, 2, gl.FLOAT, positions, gl.DYNAMIC_DRAW),
      this.#attribute(1, 2, gl.FLOAT, positions, gl.DYNAMIC_DRAW),
      this.#attribute(2, 1, gl.UNSIGNED_INT, items.slots, gl.STATIC_DRAW),
      this.#attribute(3, 2, gl.UNSIGNED_SHORT, items.aspects, gl.STATIC_DRAW),
      this.#attribute(4, 2, gl.UNSIGNED_BYTE, items.fits, gl.STATIC_DRAW),
      this.#attribute(5, 3, gl.UNSIGNED_BYTE, items.colours, gl.STATIC_DRAW),
      this.#attribute(6, 1, gl.UNSIGNED_BYTE, new Uint8Array(items.count).fill(255), gl.DYNAMIC_DRAW),
      this.#attribute(7, 1, gl.UNSIGNED_BYTE, new Uint8Array(items.count), gl.DYNAMIC_DRAW),
    ];
    gl.bindVertexArray(null);
  }

  setPositions(left: Float32Array, entered: Float32Array): void {
    this.#replace(0, left);
    this.#replace(1, entered);
  }

  /** As model/highlight.ts has it. */
  setLit(lit: Uint8Array): void {
    this.#replace(6, lit);
  }

  /** 0 for no frame, else 1 + a place in the palette. */
  setInks(inks: Uint8Array): void {
    this.#replace(7, inks);
  }

  draw(uniforms: Record<string, unknown>): void {
    const { gl } = this;
    gl.useProgram(this.#program.program);
    setUniforms(this.#program, uniforms);
    gl.bindVertexArray(this.#array);
    gl.drawArrays(gl.POINTS, 0, this.items.count);
    gl.bindVertexArray(null);
  }

  #attribute(
    location: number,
    size: number,
    type: number,
    data: ArrayBufferView,
    usage: number,
  ): WebGLBuffer {
    const { gl } = this;
    const buffer = makeBuffer(gl, data as ArrayBufferView<ArrayBuffer>, usage);
    gl.enableVertexAttribArray(location);
    // Slots, fits and inks are exact whole numbers; colours, aspects and the highlight are shares of the largest value.
    if (location === 2 || location === 4 || location === 7)
      gl.vertexAttribIPointer(location, size, type, 0, 0);
    else gl.vertexAttribPointer(location, size, type, type !== gl.FLOAT, 0, 0);
    return buffer;
  }

  #replace(location: number, data: ArrayBufferView): void {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffers[location] ?? null);
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, data as ArrayBufferView<ArrayBuffer>);
  }
}
